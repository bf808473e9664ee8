"""What can stop a run, in people's words. The command line turns each into its own exit code."""

from __future__ import annotations


class HomeRefused(RuntimeError):
    """The home cannot be where it is; the message says why and what to do."""


class WarehouseBusy(RuntimeError):
    """Another process holds the warehouse; the message names it and says what to do."""


class WarehouseDamaged(RuntimeError):
    """The warehouse's file cannot be read; the message says what to do."""


class StateRefused(RuntimeError):
    """The state folder cannot be read, or writing it would lose what it holds; the message says
    which table and why."""


class ModelRefused(RuntimeError):
    """A file of the identity model cannot be used; the message names it and the remedy."""


class BuildFailed(RuntimeError):
    """dbt could not finish, or a check failed; the message names the nodes."""


class NothingSelected(LookupError):
    """A selector matches nothing in the project; the message names it. Nothing was built."""


class PublishRefused(RuntimeError):
    """What the warehouse holds must not be published; the message says what has to happen first."""


class NothingLoaded(LookupError):
    """The warehouse holds no run yet."""


class NoColumn(KeyError):
    """A row that was read whole has no column of this name."""


# What operating systems, DuckDB and SQLite say when there is no room.
_NO_ROOM = ("no space left", "file too large", "quota exceeded", "disk is full", "out of disk")


def room_hint(said: str) -> str | None:
    """What to do about an error that comes of a full disk; None for any other error."""
    if not any(words in said.lower() for words in _NO_ROOM):
        return None
    return (
        "The disk is full, or a quota is reached. Free some space, then give the same command "
        "again: nothing half-written counts, and what is published stays as it was."
    )
