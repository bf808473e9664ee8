"""The rows of ``runs``: one an apply, opened before anything is sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from connectors.sync.results import Plan

if TYPE_CHECKING:
    import duckdb


def begin_run(
    con: duckdb.DuckDBPyConnection, plan: Plan, now: datetime, *, after: int = 0
) -> tuple[int, str]:
    """Open a run; whatever was still open was interrupted. Returns its number and its name.

    after: a number that is taken, though this ledger may not know of it.
    """
    open_runs = con.execute("select run_number from ledger.runs where state = 'running'").fetchall()
    for (number,) in open_runs:
        _close(con, number, "interrupted", None)
    row = con.execute("select coalesce(max(run_number), 0) + 1 from ledger.runs").fetchone()
    assert row is not None
    number = max(int(row[0]), after + 1)
    # The number leads: a run that replays an earlier moment still sorts later.
    name = f"{number:06d}-{now:%Y%m%dT%H%M%SZ}"
    con.execute(
        """
        insert into ledger.runs by name select
            $number as run_number, $run_id as run_id, $name as run_name,
            $destination as destination, $object as object_name, $mode as mode,
            $purpose as purpose, $decided_at::timestamp as decided_at, $now::timestamp as
            applied_at, 'running' as state, $adds as added_count, $changes as changed_count,
            $removes as removed_count, $unchanged as unchanged_count, $left as left_count,
            $resends as resent_count, $held_back_count as held_back_count, $held_back as held_back
        """,
        {
            "number": number,
            "run_id": f"{plan.sync}/{name}",
            "name": name,
            "destination": plan.destination,
            "object": plan.object,
            "mode": plan.mode,
            "purpose": plan.purpose,
            "decided_at": plan.decided_at,
            "now": now,
            "adds": plan.adds,
            "changes": plan.changes,
            "removes": plan.removes,
            "unchanged": plan.unchanged,
            "left": plan.left,
            "resends": plan.resends,
            "held_back_count": sum(plan.held_back.values()),
            "held_back": orjson.dumps(plan.held_back).decode(),
        },
    )
    return number, name


def end_run(
    con: duckdb.DuckDBPyConnection, number: int, *, sent: int, requests: int, stopped: str | None
) -> dict[str, dict[str, int]]:
    """Close a run. Returns the rows it was to send, counted by status and reason.

    stopped: why it did not send all of them, or not all that its plan had.
    """
    con.execute(
        "update ledger.runs set sent_count = ?, request_count = ? where run_number = ?",
        [sent, requests, number],
    )
    outcomes = _outcomes(con, number)
    is_complete = set(outcomes) <= {"ok"} and stopped is None
    _close(con, number, "succeeded" if is_complete else "incomplete", stopped)
    return outcomes


def _close(con: duckdb.DuckDBPyConnection, number: int, state: str, stopped: str | None) -> None:
    counts = {status: sum(rows.values()) for status, rows in _outcomes(con, number).items()}
    con.execute(
        "update ledger.runs set state = ?, stopped = ?, acknowledged_count = ?, "
        "rejected_count = ?, undelivered_count = ? where run_number = ?",
        [
            state,
            stopped,
            counts.get("ok", 0),
            counts.get("rejected", 0),
            counts.get("retryable", 0),
            number,
        ],
    )


def _outcomes(con: duckdb.DuckDBPyConnection, number: int) -> dict[str, dict[str, int]]:
    rows = con.execute(
        """
        select
            coalesce(row_outcomes.status, batches.status) as status,
            coalesce(case when row_outcomes.status is null then batches.reason
                else row_outcomes.reason end, '') as reason,
            count(*)
        from ledger.batches
        inner join ledger.rows on batches.batch_id = rows.batch_id
        left join ledger.row_outcomes
            on rows.batch_id = row_outcomes.batch_id
            and rows.position = row_outcomes.position
        where batches.last_run_number = ?
        group by 1, 2
        order by 1, 2
        """,
        [number],
    ).fetchall()
    outcomes: dict[str, dict[str, int]] = {}
    for status, reason, count in rows:
        outcomes.setdefault(status, {})[reason] = count
    return outcomes
