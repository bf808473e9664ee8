"""A warehouse that is published over and over: each run stamps its number into several tables.

A reader that sees two numbers, or not as many rows as its number promises, has seen a torn file.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

from goldthread.settings import Settings
from goldthread.warehouse import begin_run, connect
from goldthread.warehouse.builds import close_build, open_build
from goldthread.warehouse.publish import publish

AS_OF = datetime(2026, 11, 1, 6)


def row_count(run_number: int) -> int:
    """Stamped rows of a run: no two runs in a row have as many."""
    return 5_000 + run_number % 10 * 100


def prepare(folder: Path, home: Path | None = None) -> Settings:
    """A scratch home in ``folder``, with a copy of ``home``'s warehouse if one is given.

    Its dbt project is empty: nothing is built here, only published.
    """
    settings = Settings(folder / "home", folder / "home" / "input", folder / "project")
    settings.home.mkdir(parents=True)
    (settings.project_dir / "models").mkdir(parents=True)
    if home is not None:
        shutil.copyfile(home / "warehouse.duckdb", settings.warehouse_path)
    return settings


def publish_next(settings: Settings) -> int:
    """Stamp and publish the next run; returns its number once its files stand in place."""
    results = settings.home / "results.json"
    with connect(settings) as con:
        run = begin_run(con, settings, AS_OF, "readers benchmark")
        number = open_build(con, run, is_full=True)
        con.execute("create schema if not exists marts")
        con.execute(
            "create or replace table marts.current_run as "
            "select ? as run_id, ?::bigint as run_number, ?::timestamp as as_of",
            [run.run_id, run.run_number, run.as_of],
        )
        for table in ("stamped_customers", "stamped_orders"):
            con.execute(
                f"create or replace table marts.{table} as "
                "select i as customer_id, ?::bigint as run_number from range(?) as t(i)",
                [run.run_number, row_count(run.run_number)],
            )
        passed = {
            "unique_id": "test.stage.it_passed.1",
            "status": "pass",
            "message": None,
            "failures": None,
            "compiled_code": None,
        }
        results.write_text(
            json.dumps({"metadata": {"invocation_id": run.run_id}, "results": [passed]})
        )
        close_build(con, number, results)
    publish(settings, [])
    return run.run_number
