"""Which files of a table are new or changed, and how each is opened."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources._engine.batches import Batch, FileState, Reading
from connectors.sources.declaration import Table
from connectors.sources.results import UnreadableFile

if TYPE_CHECKING:
    from goldthread.settings import Settings


@dataclass(frozen=True)
class Todo:
    """A file of a table that is to be read.

    again: whether its known rows are to be judged again, since more times are possible by now or
        the declaration changed.
    """

    path: Path
    source_file: str
    known: FileState | None
    again: bool = False


def changed_files(
    settings: Settings,
    table: Table,
    known: dict[str, FileState],
    as_of: datetime,
    *,
    is_anew: bool,
) -> list[Todo]:
    """Files whose size or time differs from what was loaded, and those that hold a time that was
    refused as too far ahead and is possible at ``as_of``; by name. Hidden files are left out.

    is_anew: the table's declaration is another one than that of the last load: all of its files.
    Raises UnreadableFile for a link to nothing, and for a folder that has the name of a file.
    """
    moment = (as_of - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    todo = []
    for path in sorted(paths_of(settings, table)):
        if not path.is_file():
            _refuse_what_leads_nowhere(path, table)
            continue
        source_file = shown_name(path.relative_to(settings.input_dir))
        try:
            size, mtime_ns = fingerprint(path)
        except FileNotFoundError:
            # Taken away since it was listed.
            continue
        before = known.get(source_file)
        again = before is not None and (
            is_anew or (before.possible_from is not None and before.possible_from <= moment)
        )
        if again or before is None or (before.size, before.mtime_ns) != (size, mtime_ns):
            todo.append(Todo(path, source_file, before, again))
    return todo


def paths_of(settings: Settings, table: Table) -> set[Path]:
    """What fits the table's patterns, but hidden files."""
    patterns = map(_in_either_case, table.files)
    paths = {path for pattern in patterns for path in settings.input_dir.glob(pattern)}
    return {path for path in paths if not path.name.startswith(".")}


def _in_either_case(pattern: str) -> str:
    """A pattern that CONTACTS.CSV fits, too: on other systems, where it may come from, it does."""
    return re.sub(
        r"\[[^]]*\]|[a-zA-Z]",
        lambda found: found[0] if found[0][0] == "[" else f"[{found[0].lower()}{found[0].upper()}]",
        pattern,
    )


def shown_name(path: Path) -> str:
    """The name as text that any database takes, whatever bytes the file system allows."""
    return os.fsencode(path.as_posix()).decode("utf-8", errors="backslashreplace")


def fingerprint(path: Path) -> tuple[int, int]:
    """Size and time of change; of an SQLite file, its write-ahead log included."""
    # The log stands beside the file itself, not beside a link to it.
    file = path.resolve()
    stats = [file.stat()]
    try:
        log = file.with_name(file.name + "-wal").stat()
    except OSError:
        # There is none, or its writer took it away just now.
        pass
    else:
        # An empty one, as our own reading leaves it, tells nothing new.
        stats += [log] if log.st_size else []
    return sum(stat.st_size for stat in stats), max(stat.st_mtime_ns for stat in stats)


def open_file(item: Todo, table: Table) -> Reading:
    """Start reading a file in its table's format.

    Raises UnreadableFile, here or while its batches are read, when the file cannot be opened or
    another program keeps it locked.
    """
    from connectors.sources._engine.sqlite_rows import read_sqlite

    try:
        size, mtime_ns = fingerprint(item.path)
        if table.format == "sqlite":
            reading = read_sqlite(item.path, item.source_file, item.known, table)
        else:
            reading = _read_text(item, table)
    except OSError as error:
        raise _unreadable(item.path, error) from error
    # What is written from here on makes the file a changed one next time.
    reading.state.size, reading.state.mtime_ns = size, mtime_ns
    reading.batches = _with_clear_errors(item.path, reading.batches)
    return reading


def _read_text(item: Todo, table: Table) -> Reading:
    """Start reading a CSV file or JSON lines; only the known part is read before iteration."""
    from connectors.sources._engine.csv_rows import csv_batches
    from connectors.sources._engine.jsonl import jsonl_batches
    from connectors.sources._engine.streams import TextFile

    file = TextFile(item.path, item.known, from_start=table.newest == "file", again=item.again)
    reading = Reading(item.source_file, file.kind, file.first_row, file.state)
    if reading.kind == "same":
        file.finish(file.next_chunk())
    else:
        read = csv_batches if table.format == "csv" else jsonl_batches
        reading.batches = read(file, table)
    return reading


def _with_clear_errors(path: Path, batches: Iterator[Batch]) -> Iterator[Batch]:
    try:
        yield from batches
    except (OSError, sqlite3.OperationalError) as error:
        raise _unreadable(path, error) from error


def _refuse_what_leads_nowhere(path: Path, table: Table) -> None:
    """Raise UnreadableFile where a disk is not mounted: rows would silently stay out.

    A link to it leads nowhere then, and a container finds a folder in the file's place. A folder
    that only fits a pattern may well be meant to be left alone.
    """
    if path.is_symlink() and not path.exists():
        raise _unreadable(path, f"it is a link to {path.readlink()}, which is not there")
    if path.is_dir() and not any(re.search(r"[*?[]", pattern) for pattern in table.files):
        raise _unreadable(path, "it is a folder, not a file")


def _unreadable(path: Path, error: Exception | str) -> UnreadableFile:
    return UnreadableFile(
        f"{path} cannot be read: {error}. Mend it or take it out of the input folder, then load "
        "again; what was loaded before stays loaded."
    )
