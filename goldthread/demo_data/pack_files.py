"""Appends blocks to the files of a pack and keeps count of their rows."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from goldthread.demo_data import app_source, crm_source, signups_source
from goldthread.demo_data.collected import Block, csv_line
from goldthread.demo_data.rates import rates_file
from goldthread.demo_data.truth import TruthFiles

_DATABASE: Final = "app/app.sqlite"


class PackFiles:
    """The open files of a pack; blocks must be appended in order."""

    def __init__(self, folder: Path, as_of: int) -> None:
        self._folder, self._as_of = folder, as_of
        self._open: dict[str, BinaryIO] = {}
        self._lines: dict[str, int] = {}
        self._truth = TruthFiles(folder / "_truth")
        (folder / "app").mkdir()
        self._database = sqlite3.connect(folder / _DATABASE, isolation_level=None)
        self._database.execute("pragma journal_mode = off")
        self._database.execute("pragma synchronous = off")
        for table, statement in app_source.TABLES.items():
            self._database.execute(statement)
            self._lines[f"{_DATABASE}:{table}"] = 0
        rates = rates_file(as_of)
        self._append("fx/rates.csv", rates, rates.count(b"\n"))

    @property
    def line_counts(self) -> dict[str, int]:
        """Physical lines (rows of a table) by file, headers included."""
        return dict(sorted(self._lines.items()))

    def __enter__(self) -> PackFiles:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._open.values():
            file.close()
        self._database.close()
        self._truth.__exit__(kind, error, trace)

    def add(self, block: Block) -> None:
        """Append one block; positions of its broken rows become those in the files."""
        for path in block.files:
            if path not in self._open:
                self._append(path, self._header(path), 1 if self._header(path) else 0)
        self._truth.add(
            "broken_rows",
            [
                (broken.path.partition("/")[0], broken.path,
                 self._lines[broken.path] + broken.row + 1, broken.reason)
                for broken in block.broken
            ],
        )  # fmt: skip
        for path, content in block.files.items():
            self._append(path, content, block.line_counts[path])
        for table, rows in block.tables.items():
            marks = ", ".join("?" * len(rows[0]))
            self._database.execute("begin")
            self._database.executemany(f"insert into {table} values ({marks})", rows)
            self._database.execute("commit")
            self._lines[f"{_DATABASE}:{table}"] += len(rows)
        self._truth.add("source_records", block.source_records)
        for name, truth_rows in block.truth.items():
            self._truth.add(name, truth_rows)

    def cut_off(self, path: str, line: bytes) -> None:
        """End a file in the middle of a line, as one that is still being written does."""
        self._truth.add(
            "broken_rows", [(path.partition("/")[0], path, self._lines[path] + 1, "cut off")]
        )
        self._append(path, line, 1)

    def _header(self, path: str) -> bytes:
        if path.startswith("signups/"):
            return csv_line(signups_source.header_of(path, self._as_of))
        return csv_line(crm_source.HEADER) if path.startswith("crm/") else b""

    def _append(self, path: str, content: bytes, lines: int) -> None:
        if path not in self._open:
            (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
            self._open[path] = (self._folder / path).open("xb")
            self._lines[path] = 0
        self._open[path].write(content)
        self._lines[path] += lines
