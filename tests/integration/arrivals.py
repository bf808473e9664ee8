"""Delivers an input folder bit by bit, in an order of its own: what tests of increments need."""

from __future__ import annotations

import gzip
import random
import shutil
import sqlite3
from pathlib import Path

# Read as a whole, or by the order of their lines: these come first, and in one piece.
WHOLE = {"fx", "stewardship"}
ORDERED = {"stripe"}
APP = "app/app.sqlite"


class Arrivals:
    """The rows of ``pack`` dealt out to ``count`` deliveries by lot; equal seeds deal equally.

    Every second delivery of a plain file makes the file of the one before grow, the others come as
    files of their own.
    """

    def __init__(self, pack: Path, target: Path, count: int, seed: int) -> None:
        self._pack, self._target, self._count = pack, target, count
        self._lots = random.Random(seed)
        self._lines: list[dict[Path, list[bytes]]] = [{} for _ in range(count)]
        self._rows: list[dict[str, list[tuple[object, ...]]]] = [{} for _ in range(count)]
        for path in sorted(pack.rglob("*")):
            relative = path.relative_to(pack)
            if path.is_file() and relative.parts[0] not in {"_truth", *WHOLE}:
                self._deal(path, relative)

    def deliver(self, number: int) -> None:
        """Put delivery ``number`` (from 0) into the target folder."""
        if number == 0:
            for name in WHOLE & {path.name for path in self._pack.iterdir()}:
                shutil.copytree(self._pack / name, self._target / name)
        for relative, lines in self._lines[number].items():
            self._write(relative, lines, number)
        self._insert(number)

    def _deal(self, path: Path, relative: Path) -> None:
        if relative.as_posix() == APP:
            with sqlite3.connect(path) as con:
                for table in ("users", "purchases"):
                    for row in con.execute(f"select * from {table}"):
                        lot = self._lots.randrange(self._count)
                        self._rows[lot].setdefault(table, []).append(row)
            return
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        lines = content.splitlines(keepends=True)
        header = [lines.pop(0)] if relative.suffix == ".csv" else []
        lots = [self._lots.randrange(self._count) for _ in lines]
        if relative.parts[0] in ORDERED:
            lots.sort()
        else:
            self._lots.shuffle(lines)
        for lot, line in zip(lots, lines, strict=True):
            held = self._lines[lot].setdefault(relative, list(header))
            held.append(line if line.endswith(b"\n") else line + b"\n")

    def _write(self, relative: Path, lines: list[bytes], number: int) -> None:
        names = [f"{number - number % 2:02d}_{relative.name}", f"{number:02d}_{relative.name}"]
        # Of these the newest line counts, so they grow in place.
        name = relative.name if relative.parts[0] in ORDERED else names[relative.suffix == ".gz"]
        path = self._target / relative.with_name(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and relative.suffix == ".csv":
            lines = lines[1:]
        data = b"".join(lines)
        with path.open("ab") as file:
            file.write(gzip.compress(data) if relative.suffix == ".gz" else data)

    def _insert(self, number: int) -> None:
        path = self._target / APP
        path.parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(self._pack / APP) as pack, sqlite3.connect(path) as con:
            if number == 0:
                for (statement,) in pack.execute("select sql from sqlite_master where sql <> ''"):
                    con.execute(statement)
            for table, rows in self._rows[number].items():
                marks = ", ".join("?" * len(rows[0]))
                con.executemany(f"insert into {table} values ({marks})", rows)
        con.close()
