"""Small helpers for writing files safely, locking them and naming them in SQL."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def flush(path: Path) -> None:
    """Make a file's content, or a folder's entries, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_database(path: Path) -> None:
    """Remove a DuckDB file and the log of changes beside it, as far as they are there."""
    for each in (path, path.with_name(path.name + ".wal")):
        each.unlink(missing_ok=True)


def try_lock(handle: int, *, is_shared: bool = False) -> bool:
    """Lock an open file, without waiting; False when somebody else holds the lock.

    is_shared: others may hold it as well, if they share it too."""
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def literal(value: Path | str) -> str:
    """A SQL string literal, for statements that take no parameters (attach, copy, comment)."""
    return "'" + str(value).replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
