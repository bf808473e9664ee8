"""Bytes of a file, plain or gz, with the check whether its known part is as it was."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, cast

# As zlib, in a third of the time.
from isal import isal_zlib

from connectors.sources._engine.batches import CHUNK_BYTES, FileState, Kind

# What is left of them is copied for each member of a file.
COMPRESSED_BYTES = 1024 * 1024
# A class, though its stub says otherwise.
INFLATE_ERROR = cast("type[Exception]", isal_zlib.error)


class PlainStream:
    """A file as it stands."""

    damage = ""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; empty at the end."""
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


class GzStream(PlainStream):
    """The text inside a gz file of one or many members.

    A cut or damaged file gives what can be read, then ends; ``damage`` says what is wrong.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._inflate = isal_zlib.decompressobj(wbits=31)
        self._pending = b""
        self._in_member = False

    def read(self, size: int) -> bytes:
        while not self.damage:
            if not self._pending:
                self._pending = super().read(COMPRESSED_BYTES)
                if not self._pending:
                    if self._in_member:
                        self.damage = "the gz file ends before its content does: deliver it again"
                    return b""
            if part := self._inflate_some(size):
                return part
        return b""

    def _inflate_some(self, wanted: int) -> bytes:
        if not self._in_member:
            # Members may be padded with zeros.
            self._pending = self._pending.lstrip(b"\0")
            if not self._pending:
                return b""
        self._in_member = True
        try:
            part: bytes = self._inflate.decompress(self._pending, wanted)
        except INFLATE_ERROR as error:
            self.damage = f"the gz file is damaged ({error}): deliver it again"
            return b""
        self._pending = self._inflate.unconsumed_tail
        if self._inflate.eof:
            self._pending = self._inflate.unused_data
            self._inflate = isal_zlib.decompressobj(wbits=31)
            self._in_member = False
        return part


class TextFile:
    """One file being read from its first new byte on.

    kind: what became of the file since ``known``. ``head`` is the first physical line (a CSV
    header), read again for a grown file. ``next_chunk`` gives the unread bytes; ``settle`` tells
    how many of them were whole rows. first_row: rows from here on are replaced.

    from_start: a known file counts as rewritten, so that rows missing from it are noticed.
    again: read a known file from its first byte on, even if nothing in it changed.
    """

    def __init__(
        self,
        path: Path,
        known: FileState | None,
        *,
        from_start: bool,
        again: bool,
    ) -> None:
        self._path = path
        self._digest = hashlib.sha256()
        self._first = b""
        self.state = FileState()
        self._stream = open_stream(path)
        self.head = b""
        self.kind: Kind = "new"
        if known is not None and from_start:
            self.kind, self.state.version = "rewritten", known.version + 1
        elif known is not None:
            self._resume(known)
        self.first_row = self.state.lines + 1
        if again and self.kind in ("grown", "same"):
            self._start_over()
            self.kind = "again"
            self.state = FileState(version=self.state.version)

    def _resume(self, known: FileState) -> None:
        left = known.offset
        while left and (part := self._stream.read(min(left, CHUNK_BYTES))):
            if not self.head.endswith(b"\n"):
                self.head += part[: part.find(b"\n") + 1] or part
            self._digest.update(part)
            left -= len(part)
        if left or (known.offset and self._digest.hexdigest() != known.sha256):
            self._start_over()
            self.kind = "rewritten"
            self.state.version = known.version + 1
            return
        self.kind = "grown"
        self.state.version, self.state.offset = known.version, known.offset
        self.state.lines, self.state.possible_from = known.lines, known.possible_from
        self._first = self._stream.read(CHUNK_BYTES)
        if hashlib.sha256(self._first).hexdigest() == known.open_sha256:
            rest = self._stream.read(1)
            if not rest:
                self.kind = "same"
            self._first += rest
        elif not self._first and not known.open_sha256:
            self.kind = "same"

    def _start_over(self) -> None:
        self.close()
        self._stream = open_stream(self._path)
        self._digest = hashlib.sha256()
        self.head = self._first = b""

    def next_chunk(self) -> bytes:
        """The next unread bytes; empty at the end."""
        chunk, self._first = self._first, b""
        return chunk or self._stream.read(CHUNK_BYTES)

    def settle(self, data: bytes | memoryview, lines: int) -> None:
        """Count ``data``, the ``lines`` whole lines after what was settled before, as done."""
        self._digest.update(data)
        self.state.offset += len(data)
        self.state.lines += lines

    def finish(self, rest: bytes) -> None:
        """Record the end of the file; ``rest`` is what follows the settled part."""
        self.state.sha256 = self._digest.hexdigest()
        self.state.open_sha256 = hashlib.sha256(rest).hexdigest() if rest else ""
        self.close()

    @property
    def damage(self) -> str:
        """What is wrong with the file itself, or an empty text."""
        return self._stream.damage

    def close(self) -> None:
        self._stream.close()


def open_stream(path: Path) -> PlainStream:
    """The file's bytes, uncompressed by the name's ending."""
    return GzStream(path) if path.suffix.lower() == ".gz" else PlainStream(path)
