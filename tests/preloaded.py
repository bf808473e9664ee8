"""What the server has loaded that tests fork their processes from (``tests.dbt_commands``)."""

import gc
from importlib import import_module

for name in (
    *("dbt.cli.main", "dbt.task.build", "dbt.adapters.duckdb", "splink", "pandas"),
    *("pyarrow.parquet", "tests.integration.killed_apply"),
):
    import_module(name)

# Else the first collection of a forked process writes to all of its memory, which copies it.
gc.freeze()
