"""What a table holds, as one short text that changes when a row comes, goes or changes.

A Parquet file can carry the text of the table it was written from.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

# What the loader writes on every row. A row loaded again, even an equal one, has another run.
_LINEAGE = (
    ("_load_run", "_source_file", "_file_version", "_row_number", "_row_hash"),
    ("_load_run", "source_table", "source_file", "_file_version", "row_number"),
)

_NOTE = "goldthread_content"


def content_of(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> str | None:
    """The content of a table or view; None when there is none of that name.

    Of a table with the loader's columns these are enough, and a quarter of the work.
    """
    typed = con.execute(
        f"select column_name, data_type from duckdb_columns() where schema_name = {literal(schema)}"
        f" and table_name = {literal(table)} and database_name = current_database() order by all"
    ).fetchall()
    if not typed:
        return None
    columns = {name for name, _ in typed}
    lineage = next((names for names in _LINEAGE if columns.issuperset(names)), None)
    hashed = ", ".join(lineage) if lineage else "rows"
    row = con.execute(
        f"select count(*) || ' ' || coalesce(sum(hash({hashed})), 0) "
        f"from {quoted(schema)}.{quoted(table)} as rows"
    ).fetchone()
    assert row is not None
    shape = hashlib.sha256(repr(typed).encode()).hexdigest()
    return f"{row[0]} {shape}"


def content_note(content: str) -> str:
    """The option of ``copy … (format parquet, …)`` that notes a content in the file."""
    return f"kv_metadata {{{_NOTE}: {literal(content)}}}"


def noted_content(con: duckdb.DuckDBPyConnection, path: Path) -> str | None:
    """The content noted in a Parquet file; None where nothing is noted, or no file."""
    if not path.exists():
        return None
    row = con.execute(
        f"select decode(value) from parquet_kv_metadata({literal(path)}) "
        f"where decode(key) = {literal(_NOTE)}"
    ).fetchone()
    return str(row[0]) if row else None
