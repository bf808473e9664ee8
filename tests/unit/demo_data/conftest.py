"""A pack of 1,500 people that the tests of this folder read and never change."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from goldthread.demo_data.generate import Pack, PackOptions, generate_pack
from goldthread.demo_data.stamps import DEFAULT_AS_OF

OPTIONS = PackOptions(people=1500, seed=7, as_of=DEFAULT_AS_OF)


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return generate_pack(OPTIONS, tmp_path_factory.mktemp("demo") / "input", processes=1)


def truth(pack: Pack, name: str) -> list[dict[str, Any]]:
    """Rows of one of the truth's files."""
    rows: list[dict[str, Any]] = pq.read_table(
        pack.folder / "_truth" / f"{name}.parquet"
    ).to_pylist()
    return rows


def lines_of(path: Path) -> list[bytes]:
    """Physical lines, of packed files too."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).split(b"\n")


def broken_places(pack: Pack) -> set[tuple[str, int]]:
    return {(row["source_file"], row["row_number"]) for row in truth(pack, "broken_rows")}


def json_rows(pack: Pack, folder: str) -> Iterator[dict[str, Any]]:
    """Good rows of all JSON files below a folder, or of one file."""
    broken = broken_places(pack)
    root = pack.folder / folder
    paths = [root] if root.is_file() else sorted(root.iterdir())
    for path in paths:
        name = path.relative_to(pack.folder).as_posix()
        for number, line in enumerate(lines_of(path), 1):
            if line and (name, number) not in broken:
                row: dict[str, Any] = orjson.loads(line)
                yield row
