"""Walking the types of nested columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType


def element_type(kind: DuckDBPyType) -> DuckDBPyType | None:
    """The type of what a list or an array holds; None for every other type."""
    return _children(kind)[0][1] if kind.id in ("list", "array") else None


def members(value: str, kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """SQL and type of each field of a struct, or of a map's keys and of its values as lists; none
    for every other type.

    value: SQL of this type.
    """
    import duckdb

    if kind.id == "struct":
        return [(f"struct_extract({value}, {literal(name)})", of) for name, of in _children(kind)]
    if kind.id == "map":
        return [(f"map_{side}s({value})", duckdb.list_type(of)) for side, of in _children(kind)]
    return []


def _children(kind: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    return cast("list[tuple[str, DuckDBPyType]]", kind.children)
