"""dagster-dbt without dbt Core in this process, as it runs beside dbt Fusion.

dbt works in a process of its own. To import it here as well, for the names of its statuses, takes
as long as to import Dagster.
"""

import sys

_dbt = sys.modules.get("dbt")
# What is None in there cannot be imported; typeshed knows only modules as values.
sys.modules["dbt"] = None  # type: ignore[assignment]
try:
    from dagster_dbt import (
        DagsterDbtTranslator,
        DbtCliInvocation,
        DbtCliResource,
        DbtProject,
        dbt_assets,
    )
finally:
    del sys.modules["dbt"]
    if _dbt is not None:
        sys.modules["dbt"] = _dbt

__all__ = [
    "DagsterDbtTranslator",
    "DbtCliInvocation",
    "DbtCliResource",
    "DbtProject",
    "dbt_assets",
]
