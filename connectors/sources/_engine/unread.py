"""Files of the input folder that no source reads: a mistyped name would go unnoticed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources._engine.discovery import find_source, source_names
from connectors.sources._engine.files import paths_of, shown_name

if TYPE_CHECKING:
    from goldthread.settings import Settings

# What SQLite keeps beside a database (https://www.sqlite.org/tempfiles.html).
COMPANIONS = ("-journal", "-shm", "-wal")

SHOWN = 5


def unread_files(settings: Settings) -> list[str]:
    """Their names under the input folder, sorted; without what begins with ``.`` or ``_``.

    Raises SourceWrong where a declaration is wrong.
    """
    tables = [table for name in source_names() for table in find_source(name).tables]
    read = {path for table in tables for path in paths_of(settings, table)}
    read |= {
        path.with_name(path.name + companion)
        for table in tables
        if table.format == "sqlite"
        for path in paths_of(settings, table)
        for companion in COMPANIONS
    }
    return sorted(
        shown_name(path.relative_to(settings.input_dir))
        for path in _files_under(settings.input_dir)
        if path not in read
    )


def unread_told(settings: Settings, names: list[str]) -> str:
    """What people are told of these files; at least one."""
    some = ", ".join(names[:SHOWN])
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    of_many = f"{len(names):,} files in {settings.input_dir} fit"
    lead = f"1 file in {settings.input_dir} fits" if len(names) == 1 else of_many
    return (
        f"{lead} no source: {some}{more}. docs/inputs.md lists the paths that are read; what "
        "begins with _ or . may lie beside them"
    )


def _files_under(folder: Path) -> list[Path]:
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        found += [Path(parent, name) for name in files if not name.startswith((".", "_"))]
    return found
