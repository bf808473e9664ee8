"""Builds of somebody's own: what a plain dbt command made of the warehouse's tables.

dbt leaves the results of its last command only, where it was told to. So each command that makes
tables notes itself in ``raw_goldthread.dbt_commands`` first (the macro ``note_command``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.warehouse.builds import TABLES, built_run_id, close_build, open_build
from goldthread.warehouse.connection import current_run
from goldthread.warehouse.coverage import covers_project
from goldthread.warehouse.dbt_process import read_artifact
from goldthread.warehouse.files import literal
from goldthread.warehouse.unchanged import forget_basis

if TYPE_CHECKING:
    import duckdb

# dbt commands that leave results, but no tables.
_LOOKING = ("compile", "generate", "show", "test")


def adopt_build(con: duckdb.DuckDBPyConnection, results_path: Path) -> bool:
    """Record a build somebody ran with plain ``dbt build`` in the current run; True when it did.

    ``run_results.json`` does not know Goldthread's run. It is the current run's when dbt built
    ``current_run`` in it and that table now names the current run; full, if it left out no check.
    """
    content = _others_results(con, results_path)
    if content is None:
        return False
    run = current_run(con)
    built_clock = any(
        result["unique_id"].endswith(".current_run") and result["status"] == "success"
        for result in content["results"]
    )
    if built_clock and built_run_id(con) == run.run_id:
        is_full = covers_project(content, results_path.with_name("manifest.json"))
        close_build(con, open_build(con, run, is_full=is_full), results_path)
        # Nobody knows which code made these tables.
        forget_basis(con)
        if is_full:
            forget_commands(con)
        return True
    return False


def was_built_by_others(con: duckdb.DuckDBPyConnection, results_path: Path) -> bool:
    """Whether dbt commands of somebody's own made tables that no full build has made since."""
    results = _others_results(con, results_path)
    noted = con.execute("select count(*) from raw_goldthread.dbt_commands").fetchone()
    if noted != (0,):
        return True
    return results is not None and results.get("args", {}).get("which") not in _LOOKING


def forget_commands(con: duckdb.DuckDBPyConnection) -> None:
    """Forget what was noted: all tables were made since, or are about to be."""
    con.execute("delete from raw_goldthread.dbt_commands")


def _others_results(con: duckdb.DuckDBPyConnection, results_path: Path) -> dict[str, Any] | None:
    """What dbt left of a command that is none of the recorded builds."""
    con.execute(TABLES)
    if (content := read_artifact(results_path)) is None:
        return None
    known = con.execute(
        "select count(*) from raw_goldthread.builds "
        f"where invocation_id = {literal(content['metadata']['invocation_id'])}"
    ).fetchone()
    return content if known == (0,) else None
