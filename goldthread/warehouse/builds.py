"""What became of the builds of a run: the record that publishing and state rely on.

``raw_goldthread.builds`` has one row per dbt invocation, written before it starts, so that one that
was killed is known as such; ``raw_goldthread.build_results`` has one row per node it ran or kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.warehouse.connection import Run, current_run
from goldthread.warehouse.dbt_process import read_artifact
from goldthread.warehouse.errors import BuildFailed
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

GOOD_STATUSES = ("success", "pass", "warn", "no-op")

TABLES = """
create schema if not exists raw_goldthread;
create table if not exists raw_goldthread.builds (
    build_number bigint, run_id varchar, invocation_id varchar, is_full boolean, is_finished boolean
);
create table if not exists raw_goldthread.build_results (
    build_number bigint, node_id varchar, status varchar, message varchar,
    failing_row_count bigint, compiled_sql varchar
);
create table if not exists raw_goldthread.dbt_commands (invocation_id varchar);
alter table raw_goldthread.build_results add column if not exists ran_in varchar;
"""


@dataclass(frozen=True)
class NodeOutcome:
    """How one dbt node ended; ``compiled_sql`` of a failed test selects its bad rows."""

    node_id: str
    status: str
    message: str | None
    failing_row_count: int | None
    compiled_sql: str | None

    @property
    def resource_type(self) -> str:
        return self.node_id.split(".")[0]

    @property
    def name(self) -> str:
        """``test.goldthread.unique_customers_customer_id.1a2b3c`` → the third part.

        A unit test's third part is its model, the fourth its own name.
        """
        return self.node_id.split(".")[3 if self.resource_type == "unit_test" else 2]

    @property
    def is_good(self) -> bool:
        return self.status in GOOD_STATUSES


class Standing(Enum):
    """What the builds of the current run amount to."""

    NOT_BUILT = "not built"
    UNFINISHED = "unfinished"
    FAILED = "failed"
    PASSED = "passed"


@dataclass(frozen=True)
class Audit:
    """The standing of a run's tables, and the nodes that failed, not those skipped for them."""

    run: Run
    standing: Standing
    failed: tuple[NodeOutcome, ...] = ()


def open_build(
    con: duckdb.DuckDBPyConnection, run: Run, *, is_full: bool, kept: Collection[str] = ()
) -> int:
    """Note that dbt is about to start; returns the build's number. ``is_full``: no selection.

    kept: ids of nodes it leaves out as unchanged; their outcomes become this build's own.
    """
    con.execute(TABLES)
    row = con.execute("select max(build_number) from raw_goldthread.builds").fetchone()
    assert row is not None
    number = int(row[0] or 0) + 1
    con.execute("begin")
    if kept:
        names = ", ".join(map(literal, kept))
        con.execute(
            f"update raw_goldthread.build_results set build_number = {number} "
            f"where build_number = {number - 1} and node_id in ({names})"
        )
    con.execute(
        f"insert into raw_goldthread.builds values "
        f"({number}, {literal(run.run_id)}, null, {is_full}, false)"
    )
    # Only the current run's builds are ever asked for.
    con.execute(f"delete from raw_goldthread.builds where run_id <> {literal(run.run_id)}")
    con.execute(
        "delete from raw_goldthread.build_results "
        "where build_number not in (select build_number from raw_goldthread.builds)"
    )
    con.execute("commit")
    return number


def close_build(
    con: duckdb.DuckDBPyConnection, number: int, results_path: Path
) -> list[NodeOutcome]:
    """Record the outcome dbt left in ``run_results.json``; returns it, in the order of execution.

    Raises BuildFailed when dbt ended before it wrote all of it.
    """
    content = read_artifact(results_path)
    if content is None:
        raise BuildFailed(
            f"dbt ended without results; its log is in {results_path.parent} or logs."
        )
    outcomes = [_outcome(result) for result in content["results"]]
    # A hook that went well is nothing that was built.
    outcomes = [one for one in outcomes if one.resource_type != "operation" or not one.is_good]
    invocation = literal(content["metadata"]["invocation_id"])
    con.execute("begin")
    con.execute(
        f"update raw_goldthread.builds set is_finished = true, invocation_id = {invocation} "
        f"where build_number = {number}"
    )
    # Whoever began it, its outcome is recorded now.
    con.execute(f"delete from raw_goldthread.dbt_commands where invocation_id = {invocation}")
    con.execute(
        "insert into raw_goldthread.build_results select ?, unnest(?::varchar[]), "
        "unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::bigint[]), unnest(?::varchar[]), "
        f"{invocation}",
        [
            number,
            [outcome.node_id for outcome in outcomes],
            [outcome.status for outcome in outcomes],
            [outcome.message for outcome in outcomes],
            [outcome.failing_row_count for outcome in outcomes],
            [outcome.compiled_sql for outcome in outcomes],
        ],
    )
    con.execute("commit")
    return outcomes


def audit(con: duckdb.DuckDBPyConnection) -> Audit:
    """Judge the tables as they stand: the newest outcome of every node since the last full build.

    Raises NothingLoaded when the warehouse holds no run.
    """
    run = current_run(con)
    con.execute(TABLES)
    builds = con.execute(
        "select build_number, is_full, is_finished from raw_goldthread.builds "
        f"where run_id = {literal(run.run_id)} order by build_number"
    ).fetchall()
    full = [number for number, is_full, is_finished in builds if is_full and is_finished]
    first = full[-1] if full else 0
    if any(not is_finished for number, _, is_finished in builds if number > first):
        return Audit(run, Standing.UNFINISHED)
    if not full:
        # Tables of this run that no finished full build accounts for: a build of somebody's own
        # that was killed, or only parts of one.
        is_touched = bool(builds) or built_run_id(con) == run.run_id
        return Audit(run, Standing.UNFINISHED if is_touched else Standing.NOT_BUILT)
    newest = con.execute(
        "select node_id, status, message, failing_row_count, compiled_sql "
        f"from raw_goldthread.build_results where build_number >= {first} "
        "qualify row_number() over (partition by node_id order by build_number desc) = 1 "
        "order by build_number, node_id"
    ).fetchall()
    bad = [outcome for outcome in (NodeOutcome(*row) for row in newest) if not outcome.is_good]
    if not bad:
        return Audit(run, Standing.PASSED)
    causes = [outcome for outcome in bad if outcome.status != "skipped"]
    return Audit(run, Standing.FAILED, tuple(causes or bad))


def _outcome(result: Mapping[str, Any]) -> NodeOutcome:
    is_bad = result["status"] not in GOOD_STATUSES
    return NodeOutcome(
        node_id=result["unique_id"],
        status=result["status"],
        message=result.get("message"),
        failing_row_count=result.get("failures"),
        compiled_sql=result.get("compiled_code") if is_bad else None,
    )


def built_run_id(con: duckdb.DuckDBPyConnection) -> str | None:
    """The run the marts were last built for, as ``marts.current_run`` says; None before any."""
    exists = con.execute(
        "select count(*) from information_schema.tables "
        "where table_schema = 'marts' and table_name = 'current_run'"
    ).fetchone()
    if exists == (0,):
        return None
    row = con.execute("select max(run_id) from marts.current_run").fetchone()
    return row[0] if row else None
