"""What a command needs of the warehouse before it can begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.cli._exit import ExitCode, Stop

if TYPE_CHECKING:
    import duckdb


def require_table(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Raise Stop where ``table`` (schema.name) was not built yet."""
    known = con.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        table.split("."),
    ).fetchone()
    if known is None:
        raise Stop(
            f"The warehouse holds no {table} yet; run `goldthread build` first.", ExitCode.NOT_READY
        )
