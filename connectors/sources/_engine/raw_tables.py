"""The raw schema of a source: its tables, what a killed load left in them, the shared views."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources._engine.declared_anew import change_type
from connectors.sources.declaration import Source
from connectors.sources.raw_columns import PROBLEM_TABLES, table_columns
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    import duckdb


def ensure_tables(con: duckdb.DuckDBPyConnection, source: Source, input_dir: Path) -> None:
    """Create the source's schema and tables, and columns declared since, where they lack.

    A column whose declared type changed gets the new one. Raises SourceWrong where that would lose
    values of files that are no longer in ``input_dir``.
    """
    wanted = {table.name: table_columns(table) for table in source.tables}
    wanted.update({name: list(columns) for name, columns in PROBLEM_TABLES.items()})
    present: dict[str, dict[str, str]] = {}
    # DuckDB imports pandas for a statement with parameters, which takes longer than all of this.
    schema = literal(source.schema)
    for name, column, kind in con.execute(
        "select table_name, column_name, lower(data_type) from duckdb_columns() "
        f"where schema_name = {schema} and database_name = current_database()"
    ).fetchall():
        present.setdefault(name, {})[column] = kind
    con.execute(f"create schema if not exists {source.schema}")
    for name, columns in wanted.items():
        if name not in present:
            fields = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
            con.execute(f"create table {source.schema}.{quoted(name)} ({fields})")
            continue
        for column, kind in columns:
            if column not in present[name]:
                con.execute(
                    f"alter table {source.schema}.{quoted(name)} add column {quoted(column)} {kind}"
                )
            elif present[name][column] != kind:
                change_type(con, source, name, column, kind, input_dir)


def remove_unfinished(con: duckdb.DuckDBPyConnection, source: Source, finished: int) -> None:
    """Take out rows of loads after run number ``finished``: they were killed half-way."""
    runs = con.execute(
        f"select run_id from raw_goldthread.runs where run_number > {finished}"
    ).fetchall()
    names = ", ".join(literal(run_id) for (run_id,) in runs)
    if not names:
        return
    for name in [*(table.name for table in source.tables), *PROBLEM_TABLES]:
        con.execute(f"delete from {source.schema}.{quoted(name)} where _load_run in ({names})")


def refresh_views(con: duckdb.DuckDBPyConnection) -> None:
    """Gather quarantined rows and value issues of all sources in ``raw_goldthread``."""
    con.execute("create schema if not exists raw_goldthread")
    for view, columns in PROBLEM_TABLES.items():
        schemas = con.execute(
            f"select schema_name from duckdb_tables() where table_name = {literal(view)} "
            "and database_name = current_database() and starts_with(schema_name, 'raw_') "
            "and schema_name <> 'raw_goldthread' order by schema_name"
        ).fetchall()
        names = ", ".join(name for name, _ in columns if not name.startswith("_"))
        parts = [f"select {names} from {schema}.{view}" for (schema,) in schemas]
        if parts:
            con.execute(
                f"create or replace view raw_goldthread.{view} as {' union all '.join(parts)}"
            )
