"""Which dbt run made each table, so that publishing looks only at the tables that were made since.

A published file tells in ``publishing.versions`` what it was made of. A table of the same version
is the same table. The next file begins as a copy of the last one, and the other tables are brought
up to date or replaced.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from goldthread.warehouse.differences import bring_up_to_date
from goldthread.warehouse.files import literal, quoted, remove_database

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import duckdb


def table_versions(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The dbt run that made each model's table, by model; of the attached ``warehouse``."""
    rows = con.execute(
        "select split_part(node_id, '.', 3), ran_in from warehouse.raw_goldthread.build_results "
        "where starts_with(node_id, 'model.') and ran_in is not null qualify row_number() over "
        "(partition by node_id order by build_number desc) = 1"
    ).fetchall()
    return dict(rows)


def was_built_since(published: Path, warehouse: Path, table: str) -> bool:
    """Whether the warehouse's table is another than the published one of that name.

    False where that cannot be told: while a run holds the warehouse, or where there is none.
    """
    import duckdb

    with duckdb.connect() as con:
        try:
            con.execute(f"attach {literal(warehouse)} as warehouse (read_only)")
            built = table_versions(con).get(table)
        except (duckdb.IOException, duckdb.CatalogException, duckdb.BinderException):
            return False
        return built is not None and built != _held(con, published).get(table)


def begin_with(
    con: duckdb.DuckDBPyConnection,
    published: Path,
    aside: Path,
    schema: str,
    wanted: Mapping[str, str | None],
) -> tuple[set[str], set[str]]:
    """Attach ``aside`` as ``copy``, with what of the published file is right or was made so.

    wanted: the version of each table that is to be there. Returns the tables that are as they were
    and those that were brought up to date. Where more than half of all rows would be written again,
    it begins empty: the room that replaced tables leave is not given back. So it does where the
    published file is damaged.
    """
    import duckdb

    held = _held(con, published)
    if held:
        shutil.copyfile(published, aside)
        con.execute(f"attach {literal(aside)} as copy")
        same = {name for name, version in wanted.items() if version and held.get(name) == version}
        renewed = set()
        try:
            for name in wanted.keys() & held.keys() - same:
                if bring_up_to_date(con, f"{quoted(schema)}.{quoted(name)}"):
                    renewed.add(name)
        except duckdb.IOException:
            # The damaged place; where it is in the warehouse, copying tells.
            same, renewed = set(), set()
        stale = held.keys() - same - renewed
        if 2 * _row_count(con, stale) <= _row_count(con, held):
            for name in stale:
                con.execute(f"drop table copy.{quoted(schema)}.{quoted(name)}")
            con.execute("drop schema copy.publishing cascade")
            con.execute("checkpoint copy")
            return same, renewed
        con.execute("detach copy")
        remove_database(aside)
    con.execute(f"attach {literal(aside)} as copy")
    con.execute(f"create schema copy.{quoted(schema)}")
    return set(), set()


def note_versions(
    con: duckdb.DuckDBPyConnection, tables: list[str], versions: dict[str, str]
) -> None:
    """Write into ``copy`` what its tables were made of; one of unknown making has no version."""
    con.execute("create schema copy.publishing")
    con.execute("create table copy.publishing.versions (table_name varchar, version varchar)")
    rows = ", ".join(
        f"({literal(name)}, {literal(versions[name]) if name in versions else 'null'})"
        for name in tables
    )
    if rows:
        con.execute(f"insert into copy.publishing.versions values {rows}")


def _row_count(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> int:
    """How many rows these tables of ``copy`` hold, deleted ones included."""
    sizes = con.execute(
        "select table_name, estimated_size from duckdb_tables() where database_name = 'copy'"
    ).fetchall()
    return sum(size for name, size in sizes if name in tables)


def _held(con: duckdb.DuckDBPyConnection, published: Path) -> dict[str, str | None]:
    """Versions by table of a published file; empty where it is not there, damaged, or silent."""
    import duckdb

    if not published.exists():
        return {}
    try:
        con.execute(f"attach {literal(published)} as published (read_only)")
        return dict(con.execute("from published.publishing.versions").fetchall())
    except (duckdb.CatalogException, duckdb.IOException):
        return {}
    finally:
        con.execute("detach database if exists published")
