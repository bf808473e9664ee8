"""From what was answered to what the destination holds: the ledger's bookkeeping after sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from connectors.destinations.base import Status

if TYPE_CHECKING:
    import duckdb

    from connectors.sync.spec import Mode


@dataclass(frozen=True)
class RowAnswer:
    """How one row of a batch ended, where it is not as the batch did.

    position: in the batch as written. sent_key: the idempotency key it travelled under in the end.
    """

    position: int
    status: Status
    reason: str | None
    response_status: int | None
    sent_key: str


@dataclass(frozen=True)
class Delivery:
    """How one batch ended: ``done`` (all its rows are decided) or still ``pending`` (no clear
    answer).

    status, reason, response_status: of the batch, and of all its rows but those in ``answers``.
    attempts: requests made, retries and splits included. is_doubtful: one of them had no clear
        answer.
    """

    idempotency_key: str
    state: Literal["done", "pending"]
    status: Status
    reason: str | None
    response_status: int | None
    attempts: int
    is_doubtful: bool
    answers: Sequence[RowAnswer] = field(default=())


def record(con: duckdb.DuckDBPyConnection, deliveries: Sequence[Delivery]) -> None:
    """Write the answers down, durably, in one transaction. They take effect with `settle`."""
    import pyarrow as pa

    batches = pa.Table.from_pylist(
        [
            {name: value for name, value in vars(delivery).items() if name != "answers"}
            for delivery in deliveries
        ],
        schema=_BATCH_SCHEMA(),
    )
    answers = pa.Table.from_pylist(
        [
            {"idempotency_key": delivery.idempotency_key, **vars(answer)}
            for delivery in deliveries
            for answer in delivery.answers
        ],
        schema=_ANSWER_SCHEMA(),
    )
    con.register("answered_batches", batches)
    con.register("answered_rows", answers)
    con.execute("begin")
    con.execute(
        """
        update ledger.batches set
            state = answered.state,
            status = answered.status,
            reason = answered.reason,
            response_status = answered.response_status,
            attempt_count = batches.attempt_count + answered.attempts,
            is_doubtful = batches.is_doubtful or answered.is_doubtful
        from answered_batches as answered
        where batches.idempotency_key = answered.idempotency_key
        """
    )
    con.execute(
        "insert into ledger.row_outcomes select batches.batch_id, answered.position, "
        "answered.status, answered.reason, answered.response_status, answered.sent_key "
        "from answered_rows as answered "
        "inner join ledger.batches on answered.idempotency_key = batches.idempotency_key"
    )
    con.execute("commit")
    con.unregister("answered_batches")
    con.unregister("answered_rows")


def release_unsent(con: duckdb.DuckDBPyConnection, run_number: int) -> None:
    """Decide the batches that a run which stopped early made but never tried to send.

    To be called when sending has ended, not after a crash: there, no attempt on record proves
    nothing. Their rows are where they were before, and free for the next difference.
    """
    con.execute(
        "update ledger.batches set state = 'done' "
        "where state = 'pending' and run_number = ? and attempt_count = 0",
        [run_number],
    )


def settle(con: duckdb.DuckDBPyConnection) -> None:
    """Carry the outcome of every decided batch into ``live`` and ``refusals``, once.

    Acknowledged: live holds the new payload, or the row no longer. Refused after doubt, or unknown:
    uncertain. Refused plainly: as before, and gone if it was never there.
    """
    con.execute(
        """
        create or replace table settling as
        select
            rows.kind,
            rows.key_hash,
            rows.payload_hash,
            rows.customer_id,
            rows.audience,
            batches.last_run_number as run_number,
            case
                when batches.state = 'unknown' then 'unknown'
                when coalesce(row_outcomes.status, batches.status) = 'ok' then 'ok'
                when batches.is_doubtful then 'unknown'
                else coalesce(row_outcomes.status, batches.status)
            end as outcome
        from ledger.rows
        inner join ledger.batches on rows.batch_id = batches.batch_id
        left join ledger.row_outcomes
            on rows.batch_id = row_outcomes.batch_id
            and rows.position = row_outcomes.position
        where batches.state in ('done', 'unknown') and not batches.is_settled
        """
    )
    con.execute("begin")
    con.execute(
        """
        update ledger.live set
            payload_hash = case when outcome = 'ok' then settling.payload_hash end,
            customer_id = settling.customer_id,
            audience = settling.audience,
            run_number = settling.run_number
        from settling
        where live.key_hash = settling.key_hash
            and (outcome = 'unknown' or (outcome = 'ok' and kind <> 'remove'))
        """
    )
    con.execute(
        """
        delete from ledger.live using settling
        where live.key_hash = settling.key_hash
            and (
                (kind = 'remove' and outcome = 'ok')
                or (kind = 'add' and outcome in ('rejected', 'retryable'))
            )
        """
    )
    # A row that got no answer was refused last time all the same.
    con.execute(
        "delete from ledger.refusals using settling where refusals.key_hash = settling.key_hash "
        "and outcome in ('ok', 'rejected')"
    )
    con.execute(
        "insert into ledger.refusals select key_hash, payload_hash from settling "
        "where outcome = 'rejected'"
    )
    con.execute(
        "update ledger.batches set is_settled = true "
        "where state in ('done', 'unknown') and not is_settled"
    )
    con.execute("commit")
    con.execute("drop table settling")


def abandon(con: duckdb.DuckDBPyConnection, mode: Mode, *, snapshots: bool) -> list[str]:
    """Turn the pending batches that cannot be repeated to the letter into unknown ones, and settle.

    Needs ``desired``. A snapshot is never repeated: a new one holds all rows. Returns the
    idempotency keys of the abandoned.
    """
    can_change = "true" if snapshots else "false"
    found = con.execute(
        f"""
        select distinct batches.idempotency_key
        from ledger.batches
        inner join ledger.rows on batches.batch_id = rows.batch_id
        left join desired on rows.key_hash = desired.key_hash
        left join ledger.live on rows.key_hash = live.key_hash
        where batches.state = 'pending'
            and (
                {can_change}
                or case
                    when rows.kind = 'remove'
                        then desired.key_hash is not null or live.key_hash is null or ? <> 'mirror'
                    else rows.payload_hash is distinct from desired.payload_hash
                end
            )
        order by 1
        """,
        [mode],
    ).fetchall()
    keys = [row[0] for row in found]
    con.execute(
        "update ledger.batches set state = 'unknown', status = 'retryable', "
        "reason = coalesce(reason || ', ', '') || 'superseded' "
        "where list_contains(?::varchar[], idempotency_key)",
        [keys],
    )
    settle(con)
    return keys


def _BATCH_SCHEMA() -> object:
    import pyarrow as pa

    return pa.schema(
        [
            ("idempotency_key", pa.string()),
            ("state", pa.string()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("response_status", pa.int32()),
            ("attempts", pa.int64()),
            ("is_doubtful", pa.bool_()),
        ]
    )


def _ANSWER_SCHEMA() -> object:
    import pyarrow as pa

    return pa.schema(
        [
            ("idempotency_key", pa.string()),
            ("position", pa.int64()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("response_status", pa.int32()),
            ("sent_key", pa.string()),
        ]
    )
