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
    """Fill ``staged`` with the rows of all pending batches, old and new: keys and places only.

    is_refused: its batch holds a row that was rejected last time in just this form.
    """
    con.execute(
        """
        create table staged as
        with

        pending as materialized (

            select
                batches.batch_id,
                batches.idempotency_key,
                batches.operation,
                rows.position,
                difference.destination_key,
                difference.desired_row,
                difference.was_refused

            from ledger.rows

            inner join ledger.batches on rows.batch_id = batches.batch_id

            inner join difference on rows.key_hash = difference.key_hash

            where batches.state = 'pending'

        )

        select
            * exclude (was_refused),
            batch_id in (select batch_id from pending where was_refused) as is_refused
        from pending
        """
    )


def batches(
    con: duckdb.DuckDBPyConnection, spec: SyncSpec, run_name: str, *, removals: bool, refused: bool
) -> Iterator[Batch]:
    """The staged batches of one phase, oldest first, a page of rows in memory at a time.

    removals: those, or all others. refused: those with rows that were refused before, or the rest.
    """
    counts = con.execute(
        "select batch_id, any_value(idempotency_key), count(*) from staged "
        "where (operation = 'remove') = ? and is_refused = ? group by batch_id order by batch_id",
        [removals, refused],
    ).fetchall()
    page: list[tuple[int, str, int]] = []
    for count in counts:
        page.append(count)
        if sum(each[2] for each in page) >= _PAGE_ROWS:
            yield from _page(con, spec, run_name, page, removals=removals, refused=refused)
            page = []
    if page:
        yield from _page(con, spec, run_name, page, removals=removals, refused=refused)


def _page(
    con: duckdb.DuckDBPyConnection,
    spec: SyncSpec,
    run_name: str,
    page: list[tuple[int, str, int]],
    *,
    removals: bool,
    refused: bool,
) -> Iterator[Batch]:
    rows = con.execute(
        """
        select staged.destination_key, desired.payload
        from staged
        left join desired on staged.desired_row = desired.rowid
        where staged.batch_id between ? and ? and (staged.operation = 'remove') = ?
            and staged.is_refused = ?
        order by staged.batch_id, staged.position
        """,
        [page[0][0], page[-1][0], removals, refused],
    ).to_arrow_table()
    keys = [orjson.loads(text) for text in rows.column("destination_key").to_pylist()]
    whole = None if removals else _fields_table(rows.column("payload"))
    start = 0
    for _, idempotency_key, count in page:
        part = keys[start : start + count]
        yield Batch(
            sync=spec.name,
            object_name=spec.object,
            operation="remove" if removals else "upsert",
            idempotency_key=idempotency_key,
            table=_key_table(part) if whole is None else whole.slice(start, count),
            keys=[_key_text(key) for key in part],
            run=run_name,
        )
        start += count


def snapshot(
    con: duckdb.DuckDBPyConnection, spec: SyncSpec, run_name: str, idempotency_key: str
) -> Batch:
    """All rows that may be sent now, in the order of their keys; columns as the sync lists them."""
    rows = con.execute(
        "select destination_key, payload from desired order by destination_key"
    ).to_arrow_table()
    return Batch(
        sync=spec.name,
        object_name=spec.object,
        operation="snapshot",
        idempotency_key=idempotency_key,
        table=_fields_table(rows.column("payload")).select(list(spec.fields)),
        keys=[_key_text(orjson.loads(text)) for text in rows.column("destination_key").to_pylist()],
        run=run_name,
    )


def _fields_table(payload: pa.ChunkedArray) -> pa.Table:
    """A column of structs as a table with one column a field."""
    import pyarrow as pa

    structs = payload.combine_chunks()
    names = [field.name for field in structs.type]
    return pa.table(dict(zip(names, structs.flatten(), strict=True)))


def _key_text(key: dict[str, Any]) -> str:
    """The values joined by ``:``; one within a value is told apart, else two keys could be one."""
    values = [str(value) for value in key.values()]
    if len(values) > 1:
        values = [value.replace("%", "%25").replace(":", "%3A") for value in values]
    return ":".join(values)


def _key_table(keys: list[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    columns = {name: [key.get(name) for key in keys] for name in keys[0]}
    return pa.table({name: pa.array(values, _type(values)) for name, values in columns.items()})


def _type(values: list[Any]) -> pa.DataType | None:
    """The type Arrow cannot find by itself, as it decides by the first value."""
    import pyarrow as pa

    whole = [value for value in values if isinstance(value, int)]
    return pa.uint64() if max(whole, default=0) >= 2**63 else None
