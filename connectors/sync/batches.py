"""The pending batches of a ledger with their payload, read page by page to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from connectors.destinations.base import Batch
from connectors.sync.spec import SyncSpec

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_PAGE_ROWS = 50_000


def stage(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``staged`` with the rows of all pending batches, old and new, in sending order."""
    con.execute(
        """
        create table staged as
        select
            batches.idempotency_key,
            batches.operation,
            dense_rank() over (
                order by
                    batches.operation <> 'remove',
                    batches.run_number,
                    batches.batch_number
            ) as place,
            rows.position,
            coalesce(difference.destination_key, live.destination_key) as destination_key,
            difference.payload
        from ledger.batches
        inner join ledger.rows on batches.idempotency_key = rows.idempotency_key
        left join difference on rows.key_hash = difference.key_hash
        left join ledger.live on rows.key_hash = live.key_hash
        where batches.state = 'pending'
        order by place, rows.position
        """
    )


def batches(
    con: duckdb.DuckDBPyConnection, spec: SyncSpec, run_name: str, *, removals: bool
) -> Iterator[Batch]:
    """The staged batches of one phase, a page of rows in memory at a time."""
    counts = con.execute(
        "select place, any_value(idempotency_key), count(*) from staged "
        "where (operation = 'remove') = ? group by place order by place",
        [removals],
    ).fetchall()
    page: list[tuple[int, str, int]] = []
    for count in counts:
        page.append(count)
        if sum(each[2] for each in page) >= _PAGE_ROWS:
            yield from _page(con, spec, run_name, page, removals=removals)
            page = []
    if page:
        yield from _page(con, spec, run_name, page, removals=removals)


def _page(
    con: duckdb.DuckDBPyConnection,
    spec: SyncSpec,
    run_name: str,
    page: list[tuple[int, str, int]],
    *,
    removals: bool,
) -> Iterator[Batch]:
    rows = con.execute(
        "select destination_key, payload from staged where place between ? and ? "
        "order by place, position",
        [page[0][0], page[-1][0]],
    ).to_arrow_table()
    keys = [orjson.loads(text) for text in rows.column("destination_key").to_pylist()]
    whole = None if removals else fields_table(rows.column("payload"))
    start = 0
    for _, idempotency_key, count in page:
        part = keys[start : start + count]
        yield Batch(
            sync=spec.name,
            object_name=spec.object,
            operation="remove" if removals else "upsert",
            idempotency_key=idempotency_key,
            table=_key_table(part) if whole is None else whole.slice(start, count),
            keys=[key_text(key) for key in part],
            run=run_name,
        )
        start += count


def snapshot(
    con: duckdb.DuckDBPyConnection, spec: SyncSpec, run_name: str, idempotency_key: str
) -> Batch:
    """All rows that may be sent now, in the order of their keys."""
    rows = con.execute(
        "select destination_key, payload from desired order by destination_key"
    ).to_arrow_table()
    return Batch(
        sync=spec.name,
        object_name=spec.object,
        operation="snapshot",
        idempotency_key=idempotency_key,
        table=fields_table(rows.column("payload")),
        keys=[key_text(orjson.loads(text)) for text in rows.column("destination_key").to_pylist()],
        run=run_name,
    )


def fields_table(payload: pa.ChunkedArray) -> pa.Table:
    """A column of structs as a table with one column a field."""
    import pyarrow as pa

    structs = payload.combine_chunks()
    return pa.table(
        dict(zip([field.name for field in structs.type], structs.flatten(), strict=True))
    )


def key_text(key: dict[str, Any]) -> str:
    """A destination key as one text."""
    return ":".join(str(value) for value in key.values())


def _key_table(keys: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist(keys)
