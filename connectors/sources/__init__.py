"""Inbound connectors: one folder a source, each a declaration; one engine for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.sources._engine.discovery import find_source, source_names
from connectors.sources._engine.unread import unread_files, unread_told
from connectors.sources.declaration import Column, Source, Table
from connectors.sources.results import (
    InputMissing,
    LoadError,
    LoadResult,
    NewerHome,
    NotWritten,
    Progress,
    Report,
    SourceWrong,
    TableResult,
    UnreadableFile,
)

if TYPE_CHECKING:
    from goldthread.settings import Settings
    from goldthread.warehouse import Run

__all__ = [
    "Column",
    "InputMissing",
    "LoadError",
    "LoadResult",
    "NewerHome",
    "NotWritten",
    "Progress",
    "Report",
    "Source",
    "SourceWrong",
    "Table",
    "TableResult",
    "UnreadableFile",
    "find_source",
    "load_all",
    "load_source",
    "source_names",
    "unread_files",
    "unread_told",
]


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
    from connectors.sources._engine.load import load_all as load

    return load(settings, run, sources, report)


def load_source(settings: Settings, name: str, run: Run) -> LoadResult:
    """Load what is new of one source."""
    return load_all(settings, run, [name])[0]
