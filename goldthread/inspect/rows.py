"""Rows of a query by the names of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from goldthread.warehouse.errors import NoColumn

if TYPE_CHECKING:
    import duckdb

Row = dict[str, Any]


class _Read(Row):
    """Raises NoColumn for a column that it has not."""

    def __missing__(self, name: str) -> Any:
        raise NoColumn(name)


def rows(con: duckdb.DuckDBPyConnection, query: str, **values: Any) -> list[Row]:
    """The rows of a query as column → value. values: its parameters, ``$name`` in the query."""
    result = con.execute(query, values)
    names = [column[0] for column in result.description or ()]
    return [_Read(zip(names, row, strict=True)) for row in result.fetchall()]
