"""What merges and splits of customers mean for audiences, consents and destinations."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from connectors.sync.concerned import concerned_rows
from goldthread.inspect.rows import Row, rows
from goldthread.warehouse.files import literal
from goldthread.warehouse.published import published_marts

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

RUNS = "memory.main.runs"


class UnknownRun(LookupError):
    """No run has that number or id."""


@dataclass(frozen=True)
class RepairPlan:
    """since_run: number of the run after which changes count. Lists hold rows as column → value.

    changes: merges, splits and retirements, with both ids. memberships: of the customers concerned,
    those that are open and those that ended since. consents: theirs as they are now.
    destination_records: what the next apply of each sync does with the rows of all ids concerned.
    unplanned: sync → why that cannot be told.
    """

    since_run: int
    changes: list[Row]
    memberships: list[Row]
    consents: list[Row]
    destination_records: list[Row]
    unplanned: dict[str, str]


def repair_plan(settings: Settings, since: str | None = None) -> RepairPlan:
    """What needs repair because customers merged or split, and how the syncs will repair it.

    since: number or id of a run; changes published later count. Default: those of the published run
    alone. Reads what is published, the runs in the state folder and the ledgers of the syncs; sends
    and writes nothing. Raises NothingPublished before the first publish, UnknownRun.
    """
    with published_marts(settings) as con:
        con.execute("set timezone = 'UTC'")
        runs = settings.state_dir / "runs.parquet"
        con.execute(f"create table {RUNS} as from read_parquet({literal(runs)})")
        number = _run_before(con, since)
        changes = rows(
            con,
            "select change_type, customer_id, previous_customer_id, run_number, changed_at "
            f"from marts.identity_changes join {RUNS} using (run_id) "
            "where run_number > $number and change_type in ('merged', 'split', 'retired') "
            "order by all",
            number=number,
        )
        held = {change[name] for change in changes for name in ("customer_id", _PREVIOUS)}
        ids = sorted(held - {None})
        memberships = rows(
            con,
            "select audience, customer_id, entered_at, exited_at from marts.audience_memberships "
            "where list_contains($ids::varchar[], customer_id) and (exited_at is null or exited_at "
            f">= (select min(as_of) from {RUNS} where run_number > $number)) order by all",
            ids=ids,
            number=number,
        )
        consents = rows(
            con,
            "select customer_id, purpose, status, source, effective_at from marts.consents "
            "where list_contains($ids::varchar[], customer_id) order by all",
            ids=ids,
        )
        as_of = rows(con, "select as_of from marts.current_run")[0]["as_of"]
    records, unplanned = concerned_rows(settings, as_of, ids)
    return RepairPlan(
        number, changes, memberships, consents, [asdict(record) for record in records], unplanned
    )


_PREVIOUS = "previous_customer_id"


def _run_before(con: duckdb.DuckDBPyConnection, since: str | None) -> int:
    """The number of the run that is asked for, or of the one before the published run."""
    if since is None:
        found = rows(con, "select run_number - 1 as run_number from marts.current_run")
    else:
        found = rows(
            con,
            f"select run_number from {RUNS} where run_id = $since "
            "or cast(run_number as varchar) = $since",
            since=since,
        )
    if not found:
        raise UnknownRun(
            f"No run has the number or id {since!r}; `marts.identity_changes` lists run ids."
        )
    return int(found[0]["run_number"])
