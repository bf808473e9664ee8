"""State that outlives the warehouse: the tables a model declares with ``config.meta.state``.

A model that says ``state: {name: identity_assignment_log}`` is exported to
``state/identity_assignment_log.parquet`` after each build that passed. Its first build in a new
warehouse reads ``source('raw_goldthread', 'state_identity_assignment_log')``, a view onto that
file, or onto nothing, with the columns the model's YAML gives. ``append_only: true`` says that rows
never go.

The folder is the authority: tables of a build that failed or was killed, or of a warehouse that
does not know the newest exported run (an older backup), are dropped and rebuilt from it. So no
registry entry counts that was never part of an audited build, and a killed run loses nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.warehouse.builds import Standing, audit
from goldthread.warehouse.connection import Run, start_run
from goldthread.warehouse.contents import content_note, content_of, noted_content
from goldthread.warehouse.dbt_process import target_dir
from goldthread.warehouse.errors import NothingLoaded, StateRefused
from goldthread.warehouse.files import flush, literal, quoted
from goldthread.warehouse.others import adopt_build

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from goldthread.declarations import Declared
    from goldthread.settings import Settings

# The runs themselves are state too: run numbers must go on counting in a new warehouse.
RUNS = "runs"


@dataclass(frozen=True)
class StateTable:
    """One model whose rows outlive the warehouse: columns as (name, type) in the YAML's order."""

    name: str
    model: str
    columns: tuple[tuple[str, str], ...]
    is_append_only: bool


def state_tables(project_dir: Path) -> list[StateTable]:
    """The models that declare state, by name; read from the YAML, as no manifest may exist yet.

    Raises ValueError when a declaration has no name or a column of such a model has no data_type.
    """
    from goldthread.declarations import read_declared

    declared = read_declared(project_dir / "models", word="state:")
    tables = (_state_table(model) for model in declared if "state" in model.meta)
    return sorted(tables, key=lambda table: table.name)


def begin_run(
    con: duckdb.DuckDBPyConnection, settings: Settings, as_of: datetime, command: str
) -> Run:
    """Start a run on sound state: what ``goldthread load`` calls before it loads anything."""
    settle_state(con, settings)
    return start_run(con, as_of, command)


def settle_state(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Bring warehouse and state folder together, and (re-)create the ``state_…`` views.

    Sound tables are exported; unsound ones are dropped, so that the next build restores them.
    """
    tables = state_tables(settings.project_dir)
    _refuse_damage(con, settings, (RUNS, *(table.name for table in tables)))
    con.execute("create schema if not exists raw_goldthread")
    if not _is_descendant(con, settings):
        _take_over_runs(con, settings)
        _drop_models(con, tables)
    else:
        standing = _standing(con, settings)
        if standing is Standing.PASSED:
            export_state(con, settings)
        elif standing in (Standing.FAILED, Standing.UNFINISHED):
            _drop_models(con, tables)
    for table in tables:
        _create_view(con, settings, table)


def export_state(con: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, int]:
    """Write every state table that is built to the state folder; rows by state name.

    A file that holds the same rows already is left alone. The others are written aside first and
    swapped in together, runs first.
    Raises StateRefused, leaving every file as it was, when a file would lose rows it must not lose
    or cannot be read.
    """
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    sources = {RUNS: ("raw_goldthread.runs", True)}
    for table in state_tables(settings.project_dir):
        relation = _relation(con, table.model)
        if relation is not None:
            sources[table.name] = (relation, table.is_append_only)
    _refuse_damage(con, settings, sources)
    rows = {}
    for name, (relation, is_append_only) in sources.items():
        rows[name] = _count(con, relation)
        _refuse_loss(con, settings, name, rows[name], is_append_only)
    aside = {}
    for name, (relation, _) in sources.items():
        schema, model = relation.replace('"', "").split(".")
        content = content_of(con, schema, model) or ""
        if content != noted_content(con, _parquet(settings, name)):
            aside[name] = settings.state_dir / f".{name}.parquet.tmp"
            con.execute(
                f"copy (from {relation}) to {literal(aside[name])} "
                f"(format parquet, {content_note(content)})"
            )
            flush(aside[name])
    for name, path in aside.items():
        os.replace(path, _parquet(settings, name))
    if aside:
        flush(settings.state_dir)
    return rows


def _state_table(model: Declared) -> StateTable:
    state = model.meta["state"]
    untyped = [name for name, data_type in model.types.items() if not data_type]
    if not state.get("name") or untyped or not model.types:
        raise ValueError(
            f"{model.path}: model {model.name} keeps state, so config.meta.state needs a name and "
            f"every column a data_type (missing: {', '.join(untyped) or 'none'})."
        )
    return StateTable(
        name=state["name"],
        model=model.name,
        columns=tuple((name, str(data_type)) for name, data_type in model.types.items()),
        is_append_only=bool(state.get("append_only", False)),
    )


def _standing(con: duckdb.DuckDBPyConnection, settings: Settings) -> Standing:
    try:
        adopt_build(con, target_dir(settings) / "run_results.json")
        return audit(con).standing
    except NothingLoaded:
        return Standing.NOT_BUILT


def _is_descendant(con: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Whether this warehouse went through the newest exported run."""
    exported = _parquet(settings, RUNS)
    if not exported.exists():
        return True
    if _relation(con, RUNS, "raw_goldthread") is None:
        return False
    missing = con.execute(
        f"select count(*) from read_parquet({literal(exported)}) "
        "anti join raw_goldthread.runs using (run_id)"
    ).fetchone()
    return missing == (0,)


def _take_over_runs(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    exported = f"read_parquet({literal(_parquet(settings, RUNS))})"
    con.execute(f"create table if not exists raw_goldthread.runs as from {exported} limit 0")
    con.execute(
        f"insert into raw_goldthread.runs by name from {exported} "
        "anti join raw_goldthread.runs using (run_id)"
    )


def _drop_models(con: duckdb.DuckDBPyConnection, tables: list[StateTable]) -> None:
    for table in tables:
        relation = _relation(con, table.model)
        if relation is not None:
            con.execute(f"drop table {relation}")


def _create_view(con: duckdb.DuckDBPyConnection, settings: Settings, table: StateTable) -> None:
    """A view with exactly the declared columns; one the file does not have yet is null."""
    path = _parquet(settings, table.name)
    held: set[str] = set()
    if path.exists():
        described = con.execute(f"describe from read_parquet({literal(path)})").fetchall()
        held = {row[0] for row in described}
    columns = ", ".join(
        f"cast({quoted(name) if name in held else 'null'} as {data_type}) as {quoted(name)}"
        for name, data_type in table.columns
    )
    source = f"from read_parquet({literal(path)})" if held else "where false"
    view = f"raw_goldthread.{quoted('state_' + table.name)}"
    con.execute(f"create or replace view {view} as select {columns} {source}")


def _refuse_damage(
    con: duckdb.DuckDBPyConnection, settings: Settings, names: Iterable[str]
) -> None:
    import duckdb

    for path in (_parquet(settings, name) for name in names):
        try:
            if path.exists():
                _count(con, f"read_parquet({literal(path)})")
        except duckdb.Error as error:
            raise StateRefused(
                f"{path} cannot be read: {str(error).splitlines()[0]}. Put back a copy of it. "
                "Without one, move it away and give `goldthread publish`: it writes the file "
                "again from the warehouse, if the last build there passed."
            ) from error


def _refuse_loss(
    con: duckdb.DuckDBPyConnection, settings: Settings, name: str, rows: int, is_append_only: bool
) -> None:
    path = _parquet(settings, name)
    if not path.exists():
        return
    held = _count(con, f"read_parquet({literal(path)})")
    if rows < held and (is_append_only or rows == 0):
        raise StateRefused(
            f"{path} holds {held:,} rows and the warehouse only {rows:,}: exporting would lose "
            "history. Nothing was written. Delete the warehouse file to rebuild it from the state "
            "folder, or move the state file away if its history is really to be given up."
        )


def _relation(con: duckdb.DuckDBPyConnection, table: str, schema: str | None = None) -> str | None:
    within = f"and table_schema = {literal(schema)} " if schema else ""
    row = con.execute(
        f"select table_schema from information_schema.tables where table_name = {literal(table)} "
        f"and table_type = 'BASE TABLE' {within}and table_catalog = current_database()"
    ).fetchone()
    return f"{quoted(row[0])}.{quoted(table)}" if row else None


def _count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = con.execute(f"select count(*) from {relation}").fetchone()
    assert row is not None
    return int(row[0])


def _parquet(settings: Settings, name: str) -> Path:
    return settings.state_dir / f"{name}.parquet"
