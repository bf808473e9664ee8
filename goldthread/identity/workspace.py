"""A private in-memory database beside the caller's tables, gone without trace afterwards."""

from __future__ import annotations

import logging
import uuid
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb


# Scratch databases that a relation reads: they go when it does.
_in_use: set[str] = set()


@contextmanager
def scratch(session: Any) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor whose tables and views land in an in-memory database of its own.

    session: a DuckDB connection, or dbt's wrapper of one. The caller's tables are readable by
    their full name; the scratch database is dropped when the block ends, or with the relation that
    was ``handed_over``.
    """
    cursor: duckdb.DuckDBPyConnection = session.cursor()
    name = f"scratch_{uuid.uuid4().hex}"
    row = cursor.execute("select current_catalog(), current_schema()").fetchone()
    assert row is not None
    cursor.execute(f"attach ':memory:' as {name}")
    cursor.execute(f"use {name}")
    try:
        yield cursor
    finally:
        cursor.execute(f'use "{row[0]}"."{row[1]}"')
        if name not in _in_use:
            cursor.execute(f"detach {name}")
        cursor.close()


def handed_over(
    session: Any, cursor: duckdb.DuckDBPyConnection, query: str
) -> duckdb.DuckDBPyRelation:
    """The result of a query over the scratch database, worked out where it is read: ``session``.

    So its rows are written once, to where they are to stay. Arrow would be made on one core and
    read on one core.
    """
    row = cursor.execute("select current_catalog()").fetchone()
    assert row is not None
    cursor.execute(f"create view result as {query}")
    relation: duckdb.DuckDBPyRelation = session.sql(f"from {row[0]}.main.result")
    _in_use.add(row[0])
    # At exit the connection is closed already, and its databases with it. The attribute is
    # documented, but missing in the type stubs.
    weakref.finalize(relation, _detach, session, row[0]).atexit = False  # type: ignore[misc]
    return relation


def _detach(session: Any, name: str) -> None:
    _in_use.discard(name)
    cursor = session.cursor()
    cursor.execute(f"detach {name}")
    cursor.close()


def adopt(cursor: duckdb.DuckDBPyConnection, name: str, table: Any) -> None:
    """Make a table readable as ``name`` inside the scratch database.

    table: a DuckDB relation, read in place where it names its tables in full (dbt's ``ref`` does);
    or an Arrow table or data frame.
    """
    import duckdb

    if isinstance(table, duckdb.DuckDBPyRelation):
        try:
            cursor.execute(f"create view {name} as {table.sql_query()}")
            return
        except duckdb.CatalogException:
            table = table.to_arrow_table()
    cursor.register("adopted", table)
    cursor.execute(f"create table {name} as from adopted")
    cursor.unregister("adopted")


def row_count(cursor: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table holds, or a sub-query in brackets."""
    row = cursor.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


def for_splink(cursor: duckdb.DuckDBPyConnection, table: str) -> Any:
    """A table of the scratch database as a Linker takes it.

    Splink asks for the columns of a name, whatever database that stands in: it is told one that
    nobody else has.
    """
    from splink import DuckDBAPI

    name = f"{table}_{uuid.uuid4().hex}"
    cursor.execute(f"create view {name} as from {table}")
    return DuckDBAPI(cursor).register(name)


@contextmanager
def quiet_splink() -> Iterator[None]:
    """Splink without its running commentary."""
    logger = logging.getLogger("splink")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
