"""One load of one source: find what is new, check it, hand it to dlt."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources._engine.batches import FileState, Reading, read_ahead
from connectors.sources._engine.discovery import find_source, source_names
from connectors.sources._engine.raw_tables import (
    ensure_tables,
    refresh_views,
    remove_unfinished,
)
from connectors.sources._engine.state import SourceState, read_state
from connectors.sources.declaration import Source, Table
from connectors.sources.results import LoadResult, Progress, Report, TableResult
from goldthread.warehouse import Run, connect

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


@dataclass(frozen=True)
class Todo:
    """A file of a table that changed since it was last loaded."""

    path: Path
    source_file: str
    known: FileState | None


def load_all(
    settings: Settings,
    run: Run,
    sources: list[str] | None = None,
    report: Report | None = None,
) -> list[LoadResult]:
    """Load what is new of all sources, or of the named ones, in alphabetical order.

    Raises LookupError for a source that does not exist, before anything is loaded.
    """
    names = source_names() if sources is None else sorted(set(sources))
    declared = [find_source(name) for name in names]
    results = [_load(settings, source, run, report) for source in declared]
    _refresh(settings)
    return results


def load_source(
    settings: Settings, name: str, run: Run, report: Report | None = None
) -> LoadResult:
    """Load what is new of one source."""
    return load_all(settings, run, [name], report)[0]


def _refresh(settings: Settings) -> None:
    con = connect(settings)
    try:
        refresh_views(con)
    finally:
        con.close()


def _load(settings: Settings, source: Source, run: Run, report: Report | None) -> LoadResult:
    started = time.monotonic()
    con = connect(settings)
    try:
        ensure_tables(con, source)
        state = read_state(con, source.name)
        remove_unfinished(con, source, state.run_number)
        todo = {table.name: _changed_files(settings, table, state) for table in source.tables}
        if not any(todo.values()):
            results = tuple(TableResult(table.name) for table in source.tables)
            return LoadResult(source.name, results, time.monotonic() - started)
        folder = settings.dlt_dir / "parts" / source.name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        state.run_number = run.run_number
        parts, results = _stage(con, source, run, todo, state, folder, report)
    finally:
        con.close()
    from connectors.sources._engine.pipeline import run_pipeline

    run_pipeline(settings, source.name, parts, state)
    shutil.rmtree(folder)
    return LoadResult(source.name, results, time.monotonic() - started)


def _changed_files(settings: Settings, table: Table, state: SourceState) -> list[Todo]:
    """Files whose size or time differs from what was loaded, by name."""
    from connectors.sources._engine.sqlite_rows import sqlite_fingerprint

    paths = {path for pattern in table.files for path in settings.input_dir.glob(pattern)}
    known = state.of(table.name)
    todo = []
    for path in sorted(paths):
        if path.name.startswith(".") or not path.is_file():
            continue
        source_file = path.relative_to(settings.input_dir).as_posix()
        if table.sqlite_table:
            source_file = f"{source_file}:{table.sqlite_table}"
            now = sqlite_fingerprint(path)
        else:
            stat = path.stat()
            now = FileState(size=stat.st_size, mtime_ns=stat.st_mtime_ns)
        before = known.get(source_file)
        if before is None or (before.size, before.mtime_ns) != (now.size, now.mtime_ns):
            todo.append(Todo(path, source_file, before))
    return todo


def _stage(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    run: Run,
    todo: dict[str, list[Todo]],
    state: SourceState,
    folder: Path,
    report: Report | None,
) -> tuple[dict[str, list[Path]], tuple[TableResult, ...]]:
    """Check and type all changed files; gives the Parquet parts by table."""
    from connectors.sources._engine.settle import settle
    from connectors.sources._engine.staging import Stage

    parts: dict[str, list[Path]] = {}
    results: list[TableResult] = []
    files = sum(map(len, todo.values()))
    files_done = rows = 0
    for table in source.tables:
        if not todo[table.name]:
            results.append(TableResult(table.name))
            continue
        stage = Stage(con, table, folder, run.as_of, run.run_id)
        for item in todo[table.name]:
            reading = open_file(item, table)
            state.of(table.name)[item.source_file] = reading.state
            if reading.kind != "same":
                stage.open(reading)
                for batch in read_ahead(reading.batches):
                    stage.add(batch)
                    rows += batch.read
                    if report:
                        report(Progress(source.name, files_done, files, rows))
            files_done += 1
        stage.flush()
        result = settle(stage, source)
        results.append(replace(result, files=len(stage.readings)))
        for name, paths in stage.outcome.items():
            parts.setdefault(name, []).extend(paths)
    return parts, tuple(results)


def open_file(item: Todo, table: Table) -> Reading:
    """Start reading a file in its table's format."""
    from connectors.sources._engine.csv_rows import read_csv
    from connectors.sources._engine.jsonl import read_jsonl
    from connectors.sources._engine.sqlite_rows import read_sqlite

    readers = {"csv": read_csv, "jsonl": read_jsonl, "sqlite": read_sqlite}
    return readers[table.format](item.path, item.source_file, item.known, table)
