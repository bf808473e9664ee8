"""From a difference to batches: cut to size, and written to the ledger before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from connectors.destinations.base import Limits
from connectors.sync.ledger import ledger_id
from connectors.sync.spec import SyncSpec

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# A row costs its payload, its key and this much around them; a body costs this much around its
# rows.
_ROW_BYTES, _BODY_BYTES = 40, 500
_PAGE_ROWS = 50_000


def cut(con: duckdb.DuckDBPyConnection, spec: SyncSpec, limits: Limits, *, snapshots: bool) -> None:
    """Fill ``outgoing`` with the rows to add, change and remove, each in its batch.

    Removals come first, so that a value that moves from one key to another is free when it arrives.
    Rows that were refused last time travel apart: they shall not spoil the others' batches.
    """
    con.execute(
        f"""
        create table numbered as
        select
            *,
            case
                when {"true" if snapshots else "false"} then 'snapshot'
                when kind = 'remove' then 'remove'
                else 'upsert'
            end as operation,
            -- Keys of different shape (the key was changed) do not share a batch.
            case when kind = 'remove' then cast(json_structure(destination_key) as varchar) end
                as key_shape,
            coalesce(payload_bytes, 0) + octet_length(encode(destination_key)) + {_ROW_BYTES}
                as row_bytes,
            row_number() over (order by kind <> 'remove', key_shape, was_refused, key_hash)
                as sequence
        from difference
        where kind in ('add', 'change', 'remove')
        """
    )
    con.register("cuts", _cuts(con, limits, snapshots=snapshots))
    con.execute(
        """
        create table outgoing as
        select
            numbered.* exclude (row_bytes, key_shape, was_refused, payload_bytes),
            cuts.batch_number,
            numbered.sequence - cuts.first_sequence as position
        from numbered asof join cuts on numbered.sequence >= cuts.first_sequence
        """
    )
    con.unregister("cuts")
    con.execute("drop table numbered")


def _cuts(con: duckdb.DuckDBPyConnection, limits: Limits, *, snapshots: bool) -> pa.Table:
    """Where each batch begins: when rows or bytes are full, or the next row is of another sort."""
    import pyarrow as pa

    sizes = con.execute(
        "select operation || coalesce(key_shape, '') || was_refused, row_bytes from numbered "
        "order by sequence"
    )
    starts: list[int] = []
    sequence = rows = size = 0
    sort: str | None = None
    while chunk := sizes.fetchmany(_PAGE_ROWS):
        for row_sort, row_bytes in chunk:
            sequence += 1
            is_full = rows >= limits.rows or size + row_bytes > limits.bytes
            if not starts or (not snapshots and (is_full or row_sort != sort)):
                starts.append(sequence)
                sort, rows, size = row_sort, 0, _BODY_BYTES
            rows += 1
            size += row_bytes
    numbers = range(1, len(starts) + 1)
    return pa.table(
        {
            "batch_number": pa.array(numbers, pa.int64()),
            "first_sequence": pa.array(starts, pa.int64()),
        }
    )


def intend(con: duckdb.DuckDBPyConnection, spec: SyncSpec, run_number: int) -> None:
    """Write the batches of ``outgoing`` to the ledger, before any of them is sent.

    An idempotency key is a hash of the ledger, the sync, the run and the batch's rows in order.
    """
    con.execute(
        """
        create table new_batches as
        select
            batch_number,
            any_value(operation) as operation,
            count(*) as row_count,
            case when any_value(operation) = 'remove'
                then any_value(cast(to_json(json_keys(destination_key)) as varchar)) end as
                key_names, sha256(concat_ws(' ', ?, ?, ?, batch_number, string_agg(
                concat_ws(' ', kind, key_hash, payload_hash), ' ' order by sequence
            ))) as idempotency_key
        from outgoing
        group by batch_number
        """,
        [ledger_id(con), spec.name, run_number],
    )
    con.execute("begin")
    con.execute(
        "update ledger.batches set last_run_number = ? where state = 'pending'", [run_number]
    )
    con.execute(
        "insert into ledger.batches select idempotency_key, ?, ?, batch_number, operation, "
        "coalesce(key_names, ?), row_count, 'pending', 'retryable', 'not_sent', null, 0, false, "
        "false from new_batches",
        [run_number, run_number, orjson.dumps(sorted(spec.fields)).decode()],
    )
    con.execute(
        "insert into ledger.rows select idempotency_key, position, kind, key_hash, payload_hash, "
        "customer_id, audience from outgoing inner join new_batches using (batch_number) "
        "order by sequence"
    )
    con.execute(
        "insert into ledger.live select key_hash, destination_key, customer_id, audience, null, ? "
        "from outgoing where kind = 'add'",
        [run_number],
    )
    con.execute("commit")
    con.execute("drop table new_batches")
