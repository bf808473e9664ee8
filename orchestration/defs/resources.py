"""What assets ask for by name: the home, held by one run at a time, and dbt."""

import dagster as dg

from orchestration.home import Home
from orchestration.project import dbt_resource

defs = dg.Definitions(
    resources={"home": Home(), "dbt": dbt_resource()},
    executor=dg.in_process_executor,
)
