"""Which dbt run made each table, so that publishing copies only the tables that were made since.

A published file tells in ``publishing.versions`` what it was made of. A table of the same version
is the same table; the next file begins as a copy of the last one and replaces the others.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
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


def begin_with(
    con: duckdb.DuckDBPyConnection,
    published: Path,
    aside: Path,
    schema: str,
    versions: dict[str, str],
) -> set[str]:
    """Attach ``aside`` as ``copy``, with what of the published file is still right.

    Returns the tables it holds already. Where fewer than half would stay, it begins empty: the
    room that replaced tables leave is not given back.
    """
    held = _held(con, published)
    same = {name for name, version in held.items() if version and versions.get(name) == version}
    if 2 * len(same) >= len(versions.keys() & held.keys()) > 0:
        shutil.copyfile(published, aside)
        con.execute(f"attach {literal(aside)} as copy")
        for name in held.keys() - same:
            con.execute(f"drop table copy.{quoted(schema)}.{quoted(name)}")
        con.execute("drop schema copy.publishing cascade")
        con.execute("checkpoint copy")
        return same
    con.execute(f"attach {literal(aside)} as copy")
    con.execute(f"create schema copy.{quoted(schema)}")
    return set()


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


def _held(con: duckdb.DuckDBPyConnection, published: Path) -> dict[str, str | None]:
    """Versions by table of a published file; empty where it is not there or does not tell."""
    import duckdb

    if not published.exists():
        return {}
    con.execute(f"attach {literal(published)} as published (read_only)")
    try:
        return dict(con.execute("from published.publishing.versions").fetchall())
    except duckdb.CatalogException:
        return {}
    finally:
        con.execute("detach published")
