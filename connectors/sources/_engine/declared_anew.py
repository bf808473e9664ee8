"""Tables whose declaration was changed: their files are read again, as if they were new.

Otherwise a slip that was mended in a declaration would hold for ever for the rows that were loaded
by it, and rows of later files would stand beside them in another reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources._engine.known_rows import same_key
from connectors.sources.declaration import Column, Source, Table
from connectors.sources.results import SourceWrong
from goldthread.warehouse.files import literal, quoted

# A table that stands in the raw schema while others there are read anew.
BEGUN = "_read_anew"

if TYPE_CHECKING:
    import duckdb

    from connectors.sources._engine.staging import Stage


def fingerprint(table: Table) -> str:
    """A hash of all in a declaration that decides how a row is read.

    Not of what only chooses files or words, such as ``files`` and ``meaning``.
    """
    columns = [_how_read(column) for column in table.columns]
    read = (columns, table.format, table.key, table.identifying, table.dated_by, table.sqlite_table)
    return hashlib.sha256(repr(read).encode()).hexdigest()


def begun(con: duckdb.DuckDBPyConnection, source: Source) -> set[str]:
    """Tables that a killed load had begun to read anew: rows of them may be missing."""
    is_there = con.execute(
        "select 1 from duckdb_tables() where database_name = current_database() "
        f"and schema_name = {literal(source.schema)} and table_name = {literal(BEGUN)}"
    ).fetchone()
    if not is_there:
        return set()
    return {name for (name,) in con.execute(f"from {source.schema}.{BEGUN}").fetchall()}


def begin(con: duckdb.DuckDBPyConnection, source: Source, tables: Iterable[str]) -> None:
    """Note, before any row of these tables is removed, that they are being read anew."""
    if names := ", ".join(f"({literal(name)})" for name in tables):
        con.execute(
            f"create or replace table {source.schema}.{BEGUN} as from (values {names}) as t(name)"
        )


def finish(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Take that note away, once the rows are loaded."""
    con.execute(f"drop table if exists {source.schema}.{BEGUN}")


def remove_former(stage: Stage, raw: str, incoming: str) -> None:
    """Remove rows by the former declaration that this load brings in the new reading.

    What no file holds any more stays. incoming: the good rows of the load, as a relation.
    """
    files = ", ".join(literal(reading.source_file) for reading in stage.readings)
    # Under a new key the former rows have none.
    no_key = " or ".join(f"known.{quoted(name)} is null" for name in stage.table.key)
    stage.con.execute(
        f"delete from {raw} as known where known._source_file in ({files}) and ({no_key}) "
        f"or exists (from {incoming} as incoming where {same_key(stage.table)} and "
        "(incoming._source_file = known._source_file or incoming._row_hash = known._row_hash))"
    )


def change_type(
    con: duckdb.DuckDBPyConnection, source: Source, table: str, column: str, kind: str, folder: Path
) -> None:
    """Give a column the type that is declared now; values that do not fit it become null.

    folder: the input folder, from which they are read again. Raises SourceWrong, before anything is
    changed, when such a value comes from a file that is no longer there.
    """
    raw, name = f"{source.schema}.{quoted(table)}", quoted(column)
    cast = f"try_cast({name} as {kind})"
    former = con.sql(f"select {name} from {raw} limit 0").types[0]
    changed = con.execute(
        f"select distinct _source_file from {raw} "
        f"where {name} is distinct from try_cast({cast} as {former})"
    ).fetchall()
    gone = sorted(file for (file,) in changed if not (folder / file).exists())
    if gone:
        raise SourceWrong(
            f"connectors/sources/{source.name}/source.py declares {table}.{column} as {kind}, "
            f"which values of {gone[0]} do not fit, and that file is no longer in {folder}. "
            "Put back the file, or declare the new kind under another column name."
        )
    con.execute(f"alter table {raw} alter column {name} type {kind} using {cast}")


def _how_read(column: Column) -> dict[str, object]:
    """What a column says of itself beyond the defaults, so that a new kind of rule, which nobody
    uses yet, changes nothing. A function counts by its name: it has no lasting text."""
    said = {rule.name: getattr(column, rule.name) for rule in fields(column)}
    said["derives"] = [
        (name, getattr(read, "__qualname__", type(read).__name__)) for name, read in column.derives
    ]
    defaults = {rule.name: rule.default for rule in fields(column)} | {"derives": []}
    return {
        name: value for name, value in said.items() if name != "meaning" and value != defaults[name]
    }
