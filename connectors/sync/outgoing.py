"""From a difference to batches: cut to size, and written to the ledger before they are sent."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import orjson

from connectors.destinations.base import Limits
from connectors.sync.ledger import ledger_id
from connectors.sync.spec import SyncSpec

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# A row costs its payload, its key and this much around them; a body, this much around its rows.
_ROW_BYTES, _BODY_BYTES = 40, 500


def cut(con: duckdb.DuckDBPyConnection, limits: Limits, *, snapshots: bool) -> None:
    """Fill ``outgoing`` with the rows to add, change and remove, each in its batch.

    Removals come first, so that a value that moves from one key to another is free when it arrives.
    Rows that were refused last time travel apart: they must not spoil the others' batches. Keys of
    different shape (the sync's key was changed) do not share a batch either.
    """
    con.execute(
        f"""
        create table numbered as
        with

        sorted as (

            select
                key_hash,
                kind,
                customer_id,
                audience,
                destination_key,
                payload_hash,
                desired_row,
                was_refused,
                case when kind = 'remove' then cast(json_structure(destination_key) as varchar) end
                    as key_shape,
                -- The fields, which of a removal are its key, and the key as text, in which a
                -- colon or percent sign takes three bytes.
                coalesce(payload_bytes, octet_length(encode(destination_key)))
                    + octet_length(encode(destination_key))
                    + 2 * length(regexp_replace(destination_key, '[^:%]', '', 'g'))
                    + {_ROW_BYTES} as row_bytes

            from difference

            where kind in ('add', 'change', 'remove')

        )

        select
            * exclude (key_shape, was_refused),
            hash(key_shape, was_refused) as sort,
            row_number() over (order by kind <> 'remove', key_shape, was_refused, key_hash)
                as sequence
        from sorted
        """
    )
    con.register("cuts", _cuts(con, limits, snapshots=snapshots))
    con.execute(
        f"""
        create table outgoing as
        select
            numbered.* exclude (row_bytes, sort),
            case
                when {"true" if snapshots else "false"} then 'snapshot'
                when numbered.kind = 'remove' then 'remove'
                else 'upsert'
            end as operation,
            cuts.batch_number,
            numbered.sequence - cuts.first_sequence as position
        from numbered asof join cuts on numbered.sequence >= cuts.first_sequence
        """
    )
    con.unregister("cuts")
    con.execute("drop table numbered")


def _cuts(con: duckdb.DuckDBPyConnection, limits: Limits, *, snapshots: bool) -> pa.Table:
    """Where each batch begins: when rows or bytes are full, or the next row is of another sort."""
    import numpy as np
    import pyarrow as pa

    rows = con.execute("select row_bytes, sort from numbered order by sequence").fetchnumpy()
    ends = np.cumsum(rows["row_bytes"].astype(np.int64))
    changes = np.flatnonzero(rows["sort"][1:] != rows["sort"][:-1]) + 1
    count = len(ends)
    starts: list[int] = []
    start = 0
    while start < count:
        starts.append(start)
        if snapshots:
            break
        before = int(ends[start - 1]) if start else 0
        full = int(np.searchsorted(ends, before + limits.bytes - _BODY_BYTES, side="right"))
        change = int(np.searchsorted(changes, start, side="right"))
        stop = int(changes[change]) if change < len(changes) else count
        start = max(start + 1, min(start + limits.rows, full, stop))
    return pa.table(
        {
            "batch_number": pa.array(range(1, len(starts) + 1), pa.int64()),
            "first_sequence": pa.array([start + 1 for start in starts], pa.int64()),
        }
    )


def intend(con: duckdb.DuckDBPyConnection, spec: SyncSpec, run_number: int) -> None:
    """Write the batches of ``outgoing`` to the ledger, before any of them is sent.

    An idempotency key is a hash of the ledger, the sync, the run, a random number of the run, and
    the batch's rows in order. A copy of a ledger that was put back counts its runs anew: without
    the random number a later change could get the key of a former one, which a receiver ignores.
    """
    con.execute(
        """
        create table new_batches as
        select
            batch_number,
            batch_number + (select coalesce(max(batch_id), 0) from ledger.batches) as batch_id,
            any_value(operation) as operation,
            count(*) as row_count,
            case when any_value(operation) = 'remove'
                then any_value(cast(to_json(json_keys(destination_key)) as varchar))
            end as key_names,
            sha256(concat_ws(' ', ?, ?, ?, ?, batch_number, string_agg(
                concat_ws(' ', kind, key_hash, payload_hash), ' ' order by sequence
            ))) as idempotency_key
        from outgoing
        group by batch_number
        """,
        [ledger_id(con), spec.name, run_number, uuid.uuid4().hex],
    )
    con.execute("begin")
    con.execute(
        "update ledger.batches set last_run_number = ? where state = 'pending'", [run_number]
    )
    con.execute(
        "insert into ledger.batches select batch_id, idempotency_key, ?, ?, operation, "
        "coalesce(key_names, ?), row_count, 'pending', 'retryable', 'not_sent', null, 0, false, "
        "false from new_batches",
        [run_number, run_number, orjson.dumps(sorted(spec.fields)).decode()],
    )
    con.execute(
        "insert into ledger.rows select batch_id, position, kind, key_hash, payload_hash, "
        "customer_id, audience from outgoing inner join new_batches using (batch_number)"
    )
    con.execute(
        "insert into ledger.live select key_hash, destination_key, customer_id, audience, null, ? "
        "from outgoing where kind = 'add'",
        [run_number],
    )
    con.execute("commit")
    # Into the file itself: whoever moves it after a crash may forget the log beside it.
    con.execute("checkpoint ledger")
    con.execute("drop table new_batches")
