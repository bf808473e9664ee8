"""Rows of a query by the names of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]


def rows(con: duckdb.DuckDBPyConnection, query: str, **values: Any) -> list[Row]:
    """The rows of a query as column → value. values: its parameters, ``$name`` in the query."""
    result = con.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
