"""A table of an SQLite file → Arrow. Every value comes as text: SQLite's columns hold anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa

from connectors.sources._engine.batches import (
    MAX_FIELD_BYTES,
    Batch,
    BrokenRow,
    FileState,
    Kind,
    Reading,
    shown,
)
from connectors.sources.declaration import Table

ROWS_A_BATCH = 50_000
BUSY_SECONDS = 10.0


def read_sqlite(path: Path, source_file: str, known: FileState | None, table: Table) -> Reading:
    """Start reading one table; the file is opened read-only and seen as of one moment.

    Raises sqlite3.OperationalError, in iteration, when another program keeps it locked.
    """
    state = FileState(version=0 if known is None else known.version + 1)
    kind: Kind = "new" if known is None else "rewritten"
    return Reading(source_file, kind, 1, state, _batches(path, table))


def _batches(path: Path, table: Table) -> Iterator[Batch]:
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS
    )
    connection.text_factory = bytes
    try:
        yield from _read_table(connection, table)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        broken = BrokenRow(0, f"{path.name} cannot be read ({error}): deliver it again", "")
        yield _to_batch([], [], table, [broken])
    finally:
        connection.close()


def _read_table(connection: sqlite3.Connection, table: Table) -> Iterator[Batch]:
    assert table.sqlite_table is not None
    quoted = _quote(table.sqlite_table)
    connection.execute("begin")
    names = [row[1].decode() for row in connection.execute(f"pragma table_info({quoted})")]
    if not names:
        return
    cells = ", ".join(f"cast({_quote(name)} as text)" for name in names)
    try:
        rows = connection.execute(f"select rowid, {cells} from {quoted} order by rowid")
    except sqlite3.OperationalError as error:
        if "rowid" not in str(error):
            raise
        rows = connection.execute(f"select row_number() over (), {cells} from {quoted}")
    while found := rows.fetchmany(ROWS_A_BATCH):
        good, broken = _decode(found, names, table)
        yield _to_batch(good, names, table, broken)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


Row = tuple[int | str | None, ...]


def _decode(
    found: list[tuple[int | bytes | None, ...]], names: list[str], table: Table
) -> tuple[list[Row], list[BrokenRow]]:
    """Rows as text, and those that are none: wrong UTF-8, NUL, fields over the limit."""
    good: list[Row] = []
    broken: list[BrokenRow] = []
    for row in found:
        number = row[0]
        assert isinstance(number, int)
        cells: list[str | None] = []
        reason = ""
        for name, cell in zip(names, row[1:], strict=True):
            if cell is None:
                cells.append(None)
                continue
            assert isinstance(cell, bytes)
            if b"\0" in cell:
                reason = reason or f"{name} holds a NUL byte: remove it"
            elif len(cell) > MAX_FIELD_BYTES:
                reason = reason or (
                    f"{name} has {len(cell)} bytes: a field may have {MAX_FIELD_BYTES}"
                )
            try:
                cells.append(cell.decode())
            except UnicodeDecodeError as error:
                reason = reason or f"{name} is not UTF-8: byte 0x{cell[error.start]:02x}"
                cells.append(shown(cell))
        if reason:
            by_name = dict(zip(names, cells, strict=True))
            key = ":".join(str(by_name.get(column)) for column in table.key)
            broken.append(BrokenRow(number, reason, shown(orjson.dumps(by_name)), key))
        else:
            good.append((number, *cells))
    return good, broken


def _to_batch(rows: list[Row], names: list[str], table: Table, broken: list[BrokenRow]) -> Batch:
    cells = list(zip(*rows, strict=True))
    place = {name.lower(): index for index, name in enumerate(names, 1)}
    columns = {"row_number": pa.array(cells[0] if cells else [], pa.int64())}
    known: set[int] = set()
    for column in table.columns:
        index = place.get(column.source_key.lower())
        if index is None or not cells:
            columns[column.name] = pa.nulls(len(rows), pa.string())
        else:
            columns[column.name] = pa.array(cells[index], pa.string())
        if index is not None:
            known.add(index)
    others = [(index, name) for index, name in enumerate(names, 1) if index not in known]
    columns["_extra"] = pa.array([_extra(row, others) for row in rows], pa.string())
    size = sum(len(cell) for row in rows for cell in row[1:] if isinstance(cell, str))
    return Batch(pa.table(columns), broken, len(rows) + len(broken), size)


def _extra(row: Row, others: list[tuple[int, str]]) -> str | None:
    values = {name: row[index] for index, name in others if row[index] is not None}
    return orjson.dumps(values).decode() if values else None
