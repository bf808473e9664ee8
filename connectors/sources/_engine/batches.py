"""What readers hand on: batches of cells with their position, and rows they could not read."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

MAX_FIELD_BYTES = 256 * 1024
MAX_RAW_BYTES = 256 * 1024
CHUNK_BYTES = 8 * 1024 * 1024
AHEAD_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True)
class BrokenRow:
    """A row that the reader itself refuses; ``key`` where it can be read."""

    row_number: int
    reason: str
    raw: str
    key: str | None = None


@dataclass
class Batch:
    """Some rows of one file.

    rows: ``row_number``, ``line`` (the original text; not for SQLite), and, but for JSON lines,
        one text column for each declared column (null where the file lacks it) and ``_extra``.
    read: rows met in the input, broken ones included, blank lines not.
    bytes_read: uncompressed bytes of input that this batch stands for.
    """

    rows: pa.Table
    broken: list[BrokenRow]
    read: int
    bytes_read: int


@dataclass
class FileState:
    """What is remembered of a file between loads; kept in dlt's state as a plain dict.

    The settled part (``offset`` bytes, ``lines`` lines, ``sha256``) holds whole rows only. What
    follows it (``open_sha256``) is a last row without line end, or a quote that was never
    closed: it was loaded as it stood, and is read again when the file has grown.

    possible_from: the earliest ``as_of``, in microseconds since 1970, that one of the times that
        were refused as too far ahead is possible at; the file is read again once it has come.
    """

    size: int = 0
    mtime_ns: int = 0
    version: int = 0
    offset: int = 0
    lines: int = 0
    sha256: str = ""
    open_sha256: str = ""
    possible_from: int | None = None

    def note_possible_from(self, moment: int) -> None:
        """Take note of one more time that is possible at ``moment``."""
        known = self.possible_from
        self.possible_from = moment if known is None else min(known, moment)

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


Kind = Literal["new", "grown", "rewritten", "again", "same"]


@dataclass
class Reading:
    """One file in one load. ``state`` is final once ``batches`` is exhausted.

    kind: ``grown``: the settled part is as before and only the rest is read; ``again``: it is as
        before, yet all is read, since more of its times are possible by now or the declaration
        changed; ``same``: touched, but nothing in it changed.
    first_row: rows of this version of the file from this line on are replaced by the reading.
    """

    source_file: str
    kind: Kind
    first_row: int
    state: FileState
    batches: Iterator[Batch] = field(default_factory=lambda: iter(()))


def shown(raw: bytes) -> str:
    """Bytes as text that any database takes: wrong UTF-8 and NUL as escapes, cut when huge."""
    cut = raw[:MAX_RAW_BYTES]
    text = cut.decode("utf-8", errors="backslashreplace").replace("\x00", "\\x00").rstrip("\r\n")
    return text if len(raw) <= len(cut) else f"{text}… ({len(raw)} bytes in all)"


# A file as it begins (without a batch), or one of its batches.
Part = tuple[Reading, Batch | None]


def read_ahead(
    parts: Iterator[Part], meanwhile: Callable[[], None] = lambda: None
) -> Generator[Part]:
    """Yield from ``parts`` while a thread already prepares the next ``AHEAD_BYTES`` of them.

    meanwhile: called whenever the next part is not ready yet.
    """
    ready: queue.SimpleQueue[Part | BaseException | None] = queue.SimpleQueue()
    room = _Room(AHEAD_BYTES)

    def work() -> None:
        last: BaseException | None = None
        try:
            for part in parts:
                room.take(_size(part))
                if room.is_closed:
                    return
                ready.put(part)
        except BaseException as error:  # handed to the reading thread, which raises it
            last = error
        ready.put(last)

    thread = threading.Thread(target=work, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            if ready.empty():
                meanwhile()
            item = ready.get()
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            room.give(_size(item))
            yield item
    finally:
        room.close()
        thread.join()


class _Room:
    """A number of bytes that two threads share: ``take`` waits until anything is left of it."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._changed = threading.Condition()
        self.is_closed = False

    def take(self, size: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._left > 0 or self.is_closed)
            self._left -= size

    def give(self, size: int) -> None:
        with self._changed:
            self._left += size
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self.is_closed = True
            self._changed.notify()


def _size(part: Part) -> int:
    batch = part[1]
    return batch.bytes_read if batch else 0
