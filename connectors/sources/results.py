"""What a load reports: while it runs, and at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class LoadError(RuntimeError):
    """A load stopped for a reason that people can mend; the message says which and how.

    What was loaded before stays loaded; the next load takes up what this one did not finish.
    """


class InputMissing(LoadError):
    """The folder that was named for source files is not there."""


class SourceWrong(LoadError):
    """The file that declares a source is wrong; the message names it, the line and why."""


class NewerHome(LoadError):
    """A newer release loaded into this warehouse, and remembers what this one cannot tell of."""


class UnreadableFile(LoadError):
    """An input file cannot be opened, or another program keeps it locked; it is named."""


class NotWritten(LoadError):
    """Rows could not be written into the warehouse, for want of disk space for instance."""


@dataclass(frozen=True)
class Progress:
    """How far the load of one source is: files done of those that changed, rows read so far."""

    source: str
    files_done: int
    files: int
    rows: int


Report = Callable[[Progress], None]


@dataclass(frozen=True)
class TableResult:
    """What one load did to one table; all numbers are rows but ``files`` and ``bytes_read``."""

    table: str
    files: int = 0
    bytes_read: int = 0
    rows_read: int = 0
    rows_loaded: int = 0
    rows_skipped: int = 0
    rows_quarantined: int = 0
    value_issues: int = 0


@dataclass(frozen=True)
class LoadResult:
    """What one load did to one source; ``seconds`` is for display only."""

    source: str
    tables: tuple[TableResult, ...] = ()
    seconds: float = 0.0

    @property
    def rows_loaded(self) -> int:
        return sum(table.rows_loaded for table in self.tables)

    @property
    def rows_quarantined(self) -> int:
        return sum(table.rows_quarantined for table in self.tables)
