"""What one block of people adds to the files: rows, broken rows and the truth about them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

DbValue = str | float | int | bytes | None


class Row(NamedTuple):
    """A line of a file. ``place`` orders the lines of a block (milliseconds); ``broken`` says why."""

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
    people: list[tuple[str | None, ...]] = field(default_factory=list)
    value_issues: list[tuple[str, str, str, str]] = field(default_factory=list)


class Collector:
    """Takes rows from the sources and packs them into a Block."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {}
        self._tables: dict[str, list[tuple[tuple[DbValue, ...], str | None]]] = {}
        self._records: dict[tuple[str, str], str | None] = {}
        self.people: list[tuple[str | None, ...]] = []
        self.value_issues: list[tuple[str, str, str, str]] = []

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

    def add_db_row(
        self, table: str, values: tuple[DbValue, ...], broken: str | None = None
    ) -> None:
        self._tables.setdefault(table, []).append((values, broken))

    def add_record(self, source: str, record_id: str, person_id: str | None) -> None:
        """Note whose source record this is; two owners make it nobody's."""
        key = (source, record_id)
        if key in self._records and self._records[key] != person_id:
            person_id = None
        self._records[key] = person_id

    def pack(self) -> Block:
        block = Block(people=self.people, value_issues=self.value_issues)
        for path, rows in sorted(self._rows.items()):
            rows.sort(key=lambda row: row.place)
            position = 0
            for row in rows:
                if row.broken is not None:
                    block.broken.append(BrokenRow(path, position, row.broken))
                position += row.line.count(b"\n")
            content = b"".join(row.line for row in rows)
            block.line_counts[path] = position
            block.files[path] = pack_gzip(content) if path.endswith(".gz") else content
        for table, entries in sorted(self._tables.items()):
            for position, (_, broken) in enumerate(entries):
                if broken is not None:
                    block.broken.append(BrokenRow(f"app/app.sqlite:{table}", position, broken))
            block.tables[table] = [values for values, _ in entries]
        block.source_records = [
            (source, record_id, person) for (source, record_id), person in self._records.items()
        ]
        return block


def pack_gzip(content: bytes) -> bytes:
    """One gzip member without name or time; members may simply follow each other."""
    return gzip.compress(content, compresslevel=5, mtime=0)


def csv_line(values: Iterable[str | None]) -> bytes:
    """RFC 4180 with plain newlines; null and empty text are both empty."""
    return (",".join(map(_csv_field, values)) + "\n").encode()


def _csv_field(value: str | None) -> str:
    if not value:
        return ""
    if '"' in value or "," in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value
