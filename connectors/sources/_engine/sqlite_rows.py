"""A table of an SQLite file → Arrow. Every value comes as text: SQLite's columns hold anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

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
from goldthread.warehouse.files import quoted

ROWS_A_BATCH = 50_000
BUSY_SECONDS = 10.0
ROW_NUMBERS = ("rowid", "_rowid_", "oid")


def read_sqlite(path: Path, source_file: str, known: FileState | None, table: Table) -> Reading:
    """Start reading one table; the file is opened read-only and seen as of one moment.

    Raises sqlite3.OperationalError, in iteration, when another program keeps it locked.
    """
    state = FileState(version=0 if known is None else known.version + 1)
    kind: Kind = "new" if known is None else "rewritten"
    return Reading(source_file, kind, 1, state, _batches(path, table))


def _batches(path: Path, table: Table) -> Iterator[Batch]:
    try:
        with closing(_open(path)) as connection:
            yield from _read_table(connection, table)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        broken = BrokenRow(0, f"{path.name} cannot be read ({error}): deliver it again", "")
        yield Batch(_to_batch([], [], table).rows, [broken], 1, 0)


def _open(path: Path) -> sqlite3.Connection:
    """The file, read-only, also in a folder where nothing may be written.

    There SQLite opens no file whose changes go through a log, since it makes two more beside it.
    Without a log there is nothing to follow, and the file is read as it stands.
    """
    file = path.resolve()
    try:
        return _connected(file, "mode=ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN:
            raise
        if file.with_name(file.name + "-wal").exists():
            raise sqlite3.OperationalError(
                f"{error}; its write-ahead log can be read only in a folder that may be written "
                "to: deliver a copy made with `vacuum into`"
            ) from error
        return _connected(file, "mode=ro&immutable=1")


def _connected(file: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS)
    try:
        connection.text_factory = bytes
        # The file itself is opened by the first look at it.
        connection.execute("select 1 from sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _read_table(connection: sqlite3.Connection, table: Table) -> Iterator[Batch]:
    assert table.sqlite_table is not None
    source = quoted(table.sqlite_table)
    connection.execute("begin")
    names = [row[1].decode() for row in connection.execute(f"pragma table_info({source})")]
    if not names:
        yield Batch(_to_batch([], [], table).rows, [_no_table(connection, table)], 1, 0)
        return
    cells = ", ".join(f"cast({quoted(name)} as text)" for name in names)
    # SQLite's own number of a row, under a name that no column has taken; in a view it is null.
    is_table = connection.execute(
        "select 1 from sqlite_master where type = 'table' and lower(name) = lower(?)",
        [table.sqlite_table],
    ).fetchone()
    taken = {name.lower() for name in names}
    own = next((name for name in ROW_NUMBERS if is_table and name not in taken), None)
    number = own or "row_number() over ()"
    try:
        rows = connection.execute(f"select {number}, {cells} from {source} order by 1")
    except sqlite3.OperationalError as error:
        if f"no such column: {own}" not in str(error):
            raise
        rows = connection.execute(f"select row_number() over (), {cells} from {source}")
    while found := rows.fetchmany(ROWS_A_BATCH):
        yield _to_batch(found, names, table)


def _no_table(connection: sqlite3.Connection, table: Table) -> BrokenRow:
    """That the file does not hold the table, with the names of those that it holds."""
    found = connection.execute(
        "select name from sqlite_master where type in ('table', 'view') "
        "and name not like 'sqlite\\_%' escape '\\' order by name"
    ).fetchall()
    held = ", ".join(shown(name) for (name,) in found) or "none"
    return BrokenRow(
        0, f"there is no table {table.sqlite_table}: the file must hold it; its tables: {held}", ""
    )


# The row's number and its cells.
Row = tuple[int | bytes | None, ...]


def _to_batch(found: list[Row], names: list[str], table: Table) -> Batch:
    declared = {column.source_key.lower() for column in table.columns}
    columns = [pa.array(cells, pa.binary()) for cells in list(zip(*found, strict=True))[1:]]
    for place, name in enumerate(names):
        if name.lower() not in declared:
            columns[place] = _without_odd_cells(columns[place])
    numbers = pa.array([row[0] for row in found], pa.int64())
    odd = _odd_rows(columns)
    broken = [_broken(found[index], names, table) for index in odd]
    size = sum(pc.sum(pc.binary_length(column)).as_py() or 0 for column in columns)
    if odd:
        keep = np.ones(len(found), bool)
        keep[odd] = False
        numbers = numbers.filter(pa.array(keep))
        columns = [column.filter(pa.array(keep)) for column in columns]
    texts = {
        name.lower(): column.view(pa.string()) for name, column in zip(names, columns, strict=True)
    }
    absent = pa.nulls(len(numbers), pa.string())
    rows = {"row_number": numbers}
    for column in table.columns:
        rows[column.name] = texts.get(column.source_key.lower(), absent)
    others = {name: texts[name.lower()] for name in names if name.lower() not in declared}
    rows["_extra"] = _extra(others, len(numbers))
    return Batch(pa.table(rows), broken, len(found), size)


def _odd_rows(columns: list[pa.Array]) -> list[int]:
    """Positions of the rows with wrong UTF-8, a NUL or a field over the limit, in order."""
    odd: set[int] = set()
    for column in columns:
        suspects = pc.or_(
            pc.match_substring(column, b"\0"),
            pc.greater(pc.binary_length(column), MAX_FIELD_BYTES),
        )
        odd.update(np.flatnonzero(suspects.fill_null(False)).tolist())
        try:
            column.view(pa.string()).validate(full=True)
        except pa.ArrowInvalid:
            cells = enumerate(column.to_pylist())
            odd.update(index for index, cell in cells if cell is not None and _utf8_error(cell))
    return sorted(odd)


def _without_odd_cells(column: pa.Array) -> pa.Array:
    """A column that nobody declared, such as a picture: what is no text in it is null."""
    odd = _odd_rows([column])
    if not odd:
        return column
    keep = np.ones(len(column), bool)
    keep[odd] = False
    return pc.if_else(pa.array(keep), column, pa.scalar(None, pa.binary()))


def _utf8_error(cell: bytes) -> UnicodeDecodeError | None:
    try:
        cell.decode()
    except UnicodeDecodeError as error:
        return error
    return None


def _broken(row: Row, names: list[str], table: Table) -> BrokenRow:
    """What is wrong with an odd row: the first thing, by the order of its cells."""
    declared = {column.source_key.lower() for column in table.columns}
    reasons = []
    by_name: dict[str, str | None] = {}
    for name, cell in zip(names, row[1:], strict=True):
        if not isinstance(cell, bytes):
            by_name[name] = None
            continue
        error = _utf8_error(cell)
        by_name[name] = shown(cell) if error else cell.decode()
        if name.lower() not in declared:
            continue
        if b"\0" in cell:
            reasons.append(f"{name} holds a NUL byte: remove it")
        elif len(cell) > MAX_FIELD_BYTES:
            reasons.append(f"{name} has {len(cell)} bytes: a field may have {MAX_FIELD_BYTES}")
        elif error:
            reasons.append(f"{name} is not UTF-8: byte 0x{cell[error.start]:02x}")
    texts = {name.lower(): text for name, text in by_name.items()}
    source_keys = {column.name: column.source_key.lower() for column in table.columns}
    keys = [text for name in table.key if (text := texts.get(source_keys[name]))]
    key = ":".join(keys) or None
    assert isinstance(row[0], int)
    return BrokenRow(row[0], reasons[0], shown(orjson.dumps(by_name)), key)


def _extra(others: dict[str, pa.Array], count: int) -> pa.Array:
    """The undeclared columns of each row as a JSON object; null where all of them are null."""
    if not others:
        return pa.nulls(count, pa.string())
    objects = []
    for cells in zip(*(column.to_pylist() for column in others.values()), strict=True):
        values = {name: cell for name, cell in zip(others, cells, strict=True) if cell is not None}
        objects.append(orjson.dumps(values).decode() if values else None)
    return pa.array(objects, pa.string())
