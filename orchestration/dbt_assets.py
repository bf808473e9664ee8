"""dagster-dbt without dbt Core in this process, as it runs beside dbt Fusion.

dbt works in a process of its own. Importing it here as well, only for the names of its statuses,
takes as long as importing Dagster.
"""

import sys
from typing import Any

_modules: dict[str, Any] = sys.modules
_dbt = _modules.get("dbt")
# A module that is None in there cannot be imported.
_modules["dbt"] = None
try:
    from dagster_dbt import (
        DagsterDbtTranslator,
        DbtCliInvocation,
        DbtCliResource,
        DbtProject,
        dbt_assets,
    )
finally:
    del _modules["dbt"]
    if _dbt is not None:
        _modules["dbt"] = _dbt

__all__ = [
    "DagsterDbtTranslator",
    "DbtCliInvocation",
    "DbtCliResource",
    "DbtProject",
    "dbt_assets",
]
