"""Holds back the newest share of an input folder, to be delivered later as a delta."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from pathlib import Path
from typing import Any

APP = Path("app/app.sqlite")
TABLES = ("users", "purchases")


def hold_back(input_dir: Path, late_dir: Path, share: float) -> None:
    """Move the last ``share`` of every file's rows to ``late_dir``; the header of a CSV stays."""
    for path in sorted(input_dir.rglob("*")):
        relative = path.relative_to(input_dir)
        # Rates and people's decisions are too few for a share of them to mean anything.
        if not path.is_file() or relative.parts[0] in {"_truth", "fx", "stewardship"}:
            continue
        aside = late_dir / relative
        aside.parent.mkdir(parents=True, exist_ok=True)
        if relative == APP:
            _hold_back_rows(path, aside, share)
        else:
            _hold_back_lines(path, aside, share)


def deliver(input_dir: Path, late_dir: Path) -> int:
    """Bring what was held back: plain files grow, gz files come as new ones; bytes delivered."""
    delivered = 0
    for path in sorted(late_dir.rglob("*")):
        if not path.is_file():
            continue
        target = input_dir / path.relative_to(late_dir)
        delivered += path.stat().st_size
        if target.suffix == ".gz":
            shutil.copy(path, target.with_name(f"late_{target.name}"))
        elif target.suffix == ".sqlite":
            shutil.copy(path, target)
        else:
            with target.open("ab") as grown, path.open("rb") as tail:
                shutil.copyfileobj(tail, grown)
    return delivered


def _hold_back_lines(path: Path, aside: Path, share: float) -> None:
    """Two passes, so that a large file needs no memory: count, then cut."""
    with _open(path, "rb") as lines:
        count = sum(1 for _ in lines)
    keep = max(1, count - round(count * share))
    kept = path.with_name(f".{path.name}.kept")
    with _open(path, "rb") as lines, _open(kept, "wb", path) as head, _open(aside, "wb") as tail:
        for number, line in enumerate(lines):
            (head if number < keep else tail).write(line)
    kept.replace(path)


def _open(path: Path, mode: str, named_like: Path | None = None) -> Any:
    # Either a gzip or a plain binary file: both have what is used here, but no common type.
    if (named_like or path).suffix == ".gz":
        return gzip.open(path, mode, compresslevel=1) if "w" in mode else gzip.open(path, mode)
    return path.open(mode)


def _hold_back_rows(path: Path, aside: Path, share: float) -> None:
    shutil.copy(path, aside)
    with sqlite3.connect(path) as con:
        for table in TABLES:
            con.execute(
                f"delete from {table} where rowid > "
                f"(select max(rowid) - cast(max(rowid) * ? as integer) from {table})",
                [share],
            )
