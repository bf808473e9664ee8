"""One load: find what is new of each source, check it, hand it to dlt."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources._engine import declared_anew
from connectors.sources._engine.declared_anew import fingerprint
from connectors.sources._engine.discovery import find_source, source_names
from connectors.sources._engine.files import Todo, changed_files, open_file
from connectors.sources._engine.pipeline import run_pipeline, working_folder
from connectors.sources._engine.raw_tables import (
    ensure_tables,
    refresh_views,
    remove_unfinished,
)
from connectors.sources._engine.state import SourceState, latest_tried, read_state
from connectors.sources.declaration import Source, Table
from connectors.sources.results import (
    InputMissing,
    LoadResult,
    Progress,
    Report,
    TableResult,
)
from goldthread.warehouse import Run, connect

if TYPE_CHECKING:
    import duckdb

    from connectors.sources._engine.batches import Part
    from goldthread.settings import Settings


def load_all(
    settings: Settings,
    run: Run,
    sources: list[str] | None = None,
    report: Report | None = None,
) -> list[LoadResult]:
    """Load what is new of all sources, or of the named ones, in alphabetical order.

    Raises LookupError for a source that does not exist, before anything is loaded;
    LoadError (InputMissing, UnreadableFile, NotWritten) when it has to stop, WarehouseBusy when the
    warehouse is held.
    """
    # The home's own may be made later. A volume that is not mounted is no day without news.
    if settings.input_dir != settings.home / "input" and not settings.input_dir.is_dir():
        raise InputMissing(
            f"There is no folder {settings.input_dir}, which GOLDTHREAD_INPUT_DIR names; "
            "put the source files there (docs/inputs.md), or name their folder."
        )
    names = source_names() if sources is None else sorted(set(sources))
    loads = [Load(settings, find_source(name), run, report) for name in names]
    results = []
    con = connect(settings)
    try:
        for load in loads:
            started = time.monotonic()
            if load.prepare(con):
                load.stage(con)
                load.hand_over(con)
            results.append(
                LoadResult(load.source.name, tuple(load.results), time.monotonic() - started)
            )
        refresh_views(con)
    finally:
        con.close()
    return results


@dataclass
class Load:
    """One source in one load; the steps are called in this order.

    results: one a table, in the declaration's order.
    """

    settings: Settings
    source: Source
    run: Run
    report: Report | None

    def __post_init__(self) -> None:
        self.results = [TableResult(table.name) for table in self.source.tables]
        self._todo: dict[str, list[Todo]] = {}
        self._anew: set[str] = set()
        self._state = SourceState()
        self._parts: dict[str, list[Path]] = {}
        self._files_done = 0
        self._rows = 0

    @property
    def _folder(self) -> Path:
        return self.settings.dlt_dir / "parts" / self.source.name

    def prepare(self, con: duckdb.DuckDBPyConnection) -> bool:
        """Make the raw tables, mend a killed load, see what is new. Says whether anything is."""
        for folder in (self._folder, working_folder(self.settings, self.source.name)):
            shutil.rmtree(folder, ignore_errors=True)
        ensure_tables(con, self.source, self.settings.input_dir)
        self._state = read_state(con, self.source.name)
        remove_unfinished(con, self.source, self._state.run_number)
        moment = latest_tried(con, self._state.run_number)
        self._anew = declared_anew.begun(con, self.source)
        for table in self.source.tables:
            declared = fingerprint(table)
            if self._state.declared.setdefault(table.name, declared) != declared:
                self._anew.add(table.name)
            known, is_anew = self._state.of(table.name), table.name in self._anew
            self._todo[table.name] = changed_files(
                self.settings, table, known, moment, is_anew=is_anew
            )
        return any(self._todo.values())

    def stage(self, con: duckdb.DuckDBPyConnection) -> None:
        """Check and type all changed files into Parquet parts."""
        self._folder.mkdir(parents=True)
        declared_anew.begin(con, self.source, sorted(self._anew))
        for position, table in enumerate(self.source.tables):
            if self._todo[table.name]:
                self.results[position] = self._stage_table(con, table)
        self._state.run_number = self.run.run_number

    def hand_over(self, con: duckdb.DuckDBPyConnection) -> None:
        """Let dlt append the parts and keep the state."""
        try:
            run_pipeline(con, self.settings, self.source.name, self._parts, self._state)
            declared_anew.finish(con, self.source)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _stage_table(self, con: duckdb.DuckDBPyConnection, table: Table) -> TableResult:
        from connectors.sources._engine.batches import read_ahead
        from connectors.sources._engine.settle import settle
        from connectors.sources._engine.staging import Stage

        known = self._state.of(table.name)
        stage = Stage(con, table, self._folder, self.run.as_of, self.run.run_id)
        for reading, batch in read_ahead(self._readings(table), stage.use_time):
            if batch is None:
                stage.open(reading)
            else:
                stage.add(batch)
                self._rows += batch.read
            self._show(self._files_done + len(stage.readings) - 1)
        stage.close()
        self._files_done += len(stage.readings)
        self._show(self._files_done)
        result = settle(stage, self.source, known, is_anew=table.name in self._anew)
        self._state.declared[table.name] = fingerprint(table)
        for reading in stage.readings:
            known[reading.source_file] = reading.state
        for name, paths in stage.outcome.items():
            if paths:
                self._parts.setdefault(name, []).extend(paths)
        changed = [reading for reading in stage.readings if reading.kind != "same"]
        return replace(result, files=len(changed))

    def _readings(self, table: Table) -> Iterator[Part]:
        """Each changed file as it begins, followed by its batches."""
        for item in self._todo[table.name]:
            reading = open_file(item, table)
            yield reading, None
            for batch in reading.batches:
                yield reading, batch

    def _show(self, files_done: int) -> None:
        if self.report:
            files = sum(map(len, self._todo.values()))
            self.report(Progress(self.source.name, files_done, files, self._rows))
