"""What one block of people adds to the files: rows, broken rows and the truth about them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import NamedTuple

import orjson

from goldthread.demo_data.randomness import pick

DbValue = str | float | int | bytes | None
TruthRow = tuple[str | Decimal | datetime | None, ...]


class Row(NamedTuple):
    """A line of a file: ``place`` orders the lines of a block, ``broken`` is why it is no row."""

    place: int
    line: bytes
    broken: str | None = None


class BrokenRow(NamedTuple):
    """``row`` counts physical lines (or database rows) from 0 within the block."""

    path: str
    row: int
    reason: str


@dataclass(slots=True)
class Block:
    """All that a range of people contributes, ready to be appended to the files in order."""

    files: dict[str, bytes] = field(default_factory=dict)
    line_counts: dict[str, int] = field(default_factory=dict)
    tables: dict[str, list[tuple[DbValue, ...]]] = field(default_factory=dict)
    broken: list[BrokenRow] = field(default_factory=list)
    source_records: list[tuple[str, str, str | None]] = field(default_factory=list)
    truth: dict[str, list[TruthRow]] = field(default_factory=dict)


def joined(blocks: Iterable[Block]) -> Block:
    """Neighbouring blocks as one, packed files compressed.

    One gzip member for several blocks: small members compress badly and unpack slowly.
    """
    whole = Block()
    pieces: dict[str, list[bytes]] = {}
    for block in blocks:
        for broken in block.broken:
            _, _, table = broken.path.partition(":")
            before = (
                len(whole.tables.get(table, ())) if table else whole.line_counts.get(broken.path, 0)
            )
            whole.broken.append(broken._replace(row=before + broken.row))
        for path, content in block.files.items():
            pieces.setdefault(path, []).append(content)
            lines = whole.line_counts.get(path, 0)
            whole.line_counts[path] = lines + block.line_counts[path]
        for table, rows in block.tables.items():
            whole.tables.setdefault(table, []).extend(rows)
        for name, truth_rows in block.truth.items():
            whole.truth.setdefault(name, []).extend(truth_rows)
        whole.source_records += block.source_records
    for path, contents in pieces.items():
        content = b"".join(contents)
        if path.endswith(".gz"):
            content = gzip.compress(content, compresslevel=5, mtime=0)
        whole.files[path] = content
    return whole


class Collector:
    """Takes rows from the sources and packs them into a Block."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}
        self._tables: dict[str, list[tuple[tuple[DbValue, ...], str | None]]] = {}
        self._owners: dict[tuple[str, str], str | None] = {}
        self._records: dict[tuple[str, str], None] = {}
        self._truth: dict[str, list[TruthRow]] = {}

    def add_json(self, path: str, place: int, message: object) -> bytes:
        """Append one JSON line; returns it, so that it can be repeated elsewhere."""
        line = orjson.dumps(message) + b"\n"
        self._rows.setdefault(path, []).append(Row(place, line))
        return line

    def add_csv(self, path: str, place: int, values: Iterable[str | None]) -> bytes:
        line = csv_line(values)
        self._rows.setdefault(path, []).append(Row(place, line))
        return line

    def add_line(self, path: str, place: int, line: bytes, broken: str | None = None) -> None:
        self._rows.setdefault(path, []).append(Row(place, line, broken))

    def any_place(self, rng: Random, path: str) -> int:
        """The place of some row that the file has already got."""
        rows = self._rows.get(path)
        return pick(rng, rows).place if rows else 0

    def add_db_row(
        self, table: str, values: tuple[DbValue, ...], broken: str | None = None
    ) -> None:
        self._tables.setdefault(table, []).append((values, broken))

    def add_record(self, source: str, record_id: str, person_id: str | None) -> None:
        """Note a source record that stands in the files, and whose it is."""
        self._records[source, record_id] = None
        self.claim(source, record_id, person_id)

    def add_mailbox(self, address: str) -> None:
        """Note an address that was written to; it belongs to whoever gave it in a record."""
        self._records["email", address] = None

    def claim(self, source: str, record_id: str, person_id: str | None) -> None:
        """Note that a person uses a mailbox or device; one that two people use is nobody's."""
        key = (source, record_id)
        if self._owners.setdefault(key, person_id) != person_id:
            self._owners[key] = None

    def owner(self, source: str, record_id: str) -> str | None:
        return self._owners.get((source, record_id))

    def add_truth(self, name: str, row: TruthRow) -> None:
        """Append a row to a file of the truth; its columns stand in truth.py."""
        self._truth.setdefault(name, []).append(row)

    def pack(self) -> Block:
        block = Block(truth=self._truth)
        for path, rows in sorted(self._rows.items()):
            rows.sort(key=lambda row: row.place)
            position = 0
            for row in rows:
                if row.broken is not None:
                    block.broken.append(BrokenRow(path, position, row.broken))
                position += row.line.count(b"\n")
            content = b"".join(row.line for row in rows)
            block.line_counts[path] = position
            block.files[path] = content
        for table, entries in sorted(self._tables.items()):
            for position, (_, broken) in enumerate(entries):
                if broken is not None:
                    block.broken.append(BrokenRow(f"app/app.sqlite:{table}", position, broken))
            block.tables[table] = [values for values, _ in entries]
        block.source_records = [(*key, self._owners.get(key)) for key in self._records]
        return block


def csv_line(values: Iterable[str | None]) -> bytes:
    """RFC 4180 with plain newlines; null and empty text are both empty."""
    return (",".join(map(_csv_field, values)) + "\n").encode()


def _csv_field(value: str | None) -> str:
    if not value:
        return ""
    if '"' in value or "," in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value
