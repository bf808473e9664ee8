"""Publishing: audited copies of the marts, swapped in whole.

Each file is built aside by an in-memory DuckDB that reads the warehouse and writes the copy, made
read-only and renamed over the old one. Of the old one it takes over the tables that no build made
since, and the rows that no build changed. Who has the old file open keeps reading it.

The marts have two names. DuckDB names a database after its file, so that in ``marts.duckdb``
``marts.customers`` may mean two things and is refused; in ``goldthread.duckdb`` it is the table.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.warehouse.builds import Standing
from goldthread.warehouse.connection import (
    FAST_WRITING,
    Run,
    connect,
    why_closed,
    work_within_limits,
)
from goldthread.warehouse.dbt_process import manifest_path, read_artifact, target_dir
from goldthread.warehouse.errors import PublishRefused
from goldthread.warehouse.files import flush, literal, quoted, remove_database
from goldthread.warehouse.others import adopt_build, was_built_by_others
from goldthread.warehouse.state import export_state
from goldthread.warehouse.transform import Failure, failures, judge
from goldthread.warehouse.versions import begin_with, note_versions, table_versions

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

READ_ONLY = 0o444


class ChecksFailed(PublishRefused):
    """The last build failed; ``failures`` names each check and holds some of its rows."""

    def __init__(self, failed: Sequence[Failure]) -> None:
        names = ", ".join(failure.name for failure in failed)
        super().__init__(f"Not published, the old files stay: {names} failed.")
        self.failures = tuple(failed)


@dataclass(frozen=True)
class Published:
    """One published file: its path, size in bytes and the rows of each table."""

    path: Path
    size: int
    rows: dict[str, int]


@dataclass(frozen=True)
class SyncRow:
    """What ``activation.syncs`` tells plan and apply of one sync."""

    name: str
    spec_json: str


def publish(settings: Settings, syncs: Sequence[SyncRow]) -> tuple[Run, list[Published]]:
    """Publish ``marts.duckdb`` (= ``goldthread.duckdb``) and ``activation.duckdb`` of this run.

    Raises ChecksFailed when the last build failed, PublishRefused when there was none since the
    last load, NothingLoaded before the first load, WarehouseBusy when the warehouse is held.
    """
    run = require_passed(settings)
    with connect(settings) as con:
        # Nothing may be seen that could be forgotten: ids are safe before they are published.
        export_state(con, settings)
    settings.published_dir.mkdir(parents=True, exist_ok=True)
    nodes = _nodes(manifest_path(settings))
    try:
        built = [
            _copy(settings, settings.marts_path, "marts", nodes, ()),
            _copy(settings, settings.activation_path, "activation", nodes, syncs),
        ]
        marts, activation = (path for path, _ in built)
        # Linked before the first swap: a second name that cannot be made must leave all old files.
        for path in (marts, _second_name(marts, settings.bi_path), activation):
            os.replace(path, _final(path))
    finally:
        # What a full disk left unfinished would take the room that is lacking.
        for target in (settings.marts_path, settings.bi_path, settings.activation_path):
            remove_database(_aside(target))
    flush(settings.published_dir)
    return run, [Published(_final(path), _final(path).stat().st_size, rows) for path, rows in built]


def require_passed(settings: Settings) -> Run:
    """The current run, if all of it was built and passed; raises as ``publish`` does."""
    results = target_dir(settings) / "run_results.json"
    with connect(settings) as con:
        adopt_build(con, results)
        is_touched = was_built_by_others(con, results)
    verdict = judge(settings)
    if verdict.standing is Standing.FAILED:
        raise ChecksFailed(failures(settings, verdict.failed))
    if verdict.standing is Standing.NOT_BUILT:
        raise PublishRefused(
            "Not published: what was loaded last has not been built; run `goldthread build` first."
        )
    if verdict.standing is Standing.UNFINISHED:
        raise PublishRefused(
            "Not published: the last build was stopped, or built only a part; "
            "run `goldthread build` without --select first."
        )
    if is_touched:
        raise PublishRefused(
            "Not published: after the checks, a dbt command of somebody's own made tables that "
            "nobody has checked; run `goldthread build` first."
        )
    return verdict.run


def _copy(
    settings: Settings,
    target: Path,
    schema: str,
    nodes: Sequence[dict[str, Any]],
    syncs: Sequence[SyncRow],
) -> tuple[Path, dict[str, int]]:
    """Build one file aside; returns its path and the rows of each table."""
    import duckdb

    aside = _aside(target)
    remove_database(aside)
    with duckdb.connect() as con:
        work_within_limits(con, settings)
        con.execute(FAST_WRITING)
        con.execute("set max_vacuum_tasks = 0")
        try:
            con.execute(f"attach {literal(settings.warehouse_path)} as warehouse (read_only)")
        except duckdb.IOException as error:
            raise why_closed(settings, error) from error
        versions = table_versions(con)
        comments = _descriptions(nodes)
        tables = _tables(con, schema, nodes)
        wanted = {table: versions.get(table) for table in tables}
        same, renewed = begin_with(con, target, aside, schema, wanted)
        rows = {}
        for table in tables:
            name = f'copy."{schema}"."{table}"'
            if table not in same | renewed:
                con.execute(f'create table {name} as from warehouse."{schema}"."{table}"')
            if table not in same:
                _comment(con, name, comments.get(table, {}))
            counted = con.execute(f"select count(*) from {name}").fetchone()
            rows[table] = int(counted[0]) if counted else 0
        written = list(rows)
        if schema == "activation":
            _describe_run(con, syncs)
            written += ["current_run", "syncs"]
        note_versions(con, written, versions)
        con.execute("checkpoint copy")
        con.execute("detach copy")
    _seal(aside)
    return aside, rows


def _describe_run(con: duckdb.DuckDBPyConnection, syncs: Sequence[SyncRow]) -> None:
    """What plan and apply need besides rows: the run they act for, and every sync's spec."""
    # It is there already where nothing was built since the last publish.
    con.execute(
        "create or replace table copy.activation.current_run as from warehouse.marts.current_run"
    )
    con.execute("create table copy.activation.syncs (name varchar, spec_json varchar)")
    for sync in syncs:
        con.execute("insert into copy.activation.syncs values (?, ?)", [sync.name, sync.spec_json])


def _nodes(manifest: Path) -> list[dict[str, Any]]:
    """What the project makes tables of; nothing where dbt left no manifest."""
    nodes = (read_artifact(manifest) or {"nodes": {}})["nodes"].values()
    return [node for node in nodes if node["resource_type"] in ("model", "seed", "snapshot")]


def _tables(
    con: duckdb.DuckDBPyConnection, schema: str, nodes: Sequence[dict[str, Any]]
) -> list[str]:
    """The tables of a schema, but those that a former project made and nobody makes or checks."""
    rows = con.execute(
        "select table_name from information_schema.tables "
        "where table_catalog = 'warehouse' and table_schema = ? order by table_name",
        [schema],
    ).fetchall()
    made = {node.get("alias") or node["name"] for node in nodes if node["schema"] == schema}
    # dbt's own leftovers of an interrupted replacement are no tables of ours.
    return [name for (name,) in rows if "__dbt_" not in name and (not nodes or name in made)]


def _descriptions(nodes: Sequence[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Descriptions by table and column ('' = the table's own): BI tools show them."""
    return {
        node["name"]: {
            "": node["description"],
            **{name: column["description"] for name, column in node["columns"].items()},
        }
        for node in nodes
        if node["resource_type"] == "model" and node["schema"] in ("marts", "activation")
    }


def _comment(con: duckdb.DuckDBPyConnection, table: str, comments: dict[str, str]) -> None:
    held = {row[0] for row in con.execute(f"describe {table}").fetchall()}
    for column, text in comments.items():
        said = literal(text.strip())
        if not column:
            con.execute(f"comment on table {table} is {said}")
        elif column in held:
            con.execute(f"comment on column {table}.{quoted(column)} is {said}")


def _seal(path: Path) -> None:
    """Flush a finished file to disk and forbid writing to it."""
    flush(path)
    path.chmod(READ_ONLY)


def _second_name(aside: Path, target: Path) -> Path:
    """Name a finished file for ``target`` too; not by a symbolic link, which DuckDB resolves."""
    second = _aside(target)
    second.unlink(missing_ok=True)
    try:
        second.hardlink_to(aside)
    except OSError:
        # Some network and container file systems know no hard links.
        shutil.copyfile(aside, second)
        _seal(second)
    return second


def _aside(target: Path) -> Path:
    """``marts.duckdb`` → ``.marts.duckdb.tmp``."""
    return target.with_name(f".{target.name}.tmp")


def _final(aside: Path) -> Path:
    """``.marts.duckdb.tmp`` → ``marts.duckdb``."""
    return aside.with_name(aside.name.removeprefix(".").removesuffix(".tmp"))
