"""The daily job: from source files to syncs, in one process, since DuckDB takes one writer."""

from __future__ import annotations

import dagster as dg

daily = dg.define_asset_job(
    "daily",
    selection=dg.AssetSelection.all(),
    description="Load, check, build, publish and send everything.",
    tags={"warehouse": "duckdb"},
    executor_def=dg.in_process_executor,
)

daily_schedule = dg.ScheduleDefinition(
    name="daily_schedule",
    job=daily,
    cron_schedule="0 5 * * *",
    execution_timezone="UTC",
    description="Every morning; switched off until someone turns it on.",
)
