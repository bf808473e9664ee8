"""The export files and their manifest."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet
import pytest

from connectors.destinations.base import Batch, Response
from connectors.destinations.files import DESTINATION as Files
from connectors.destinations.files.settings import FilesSettings

ROWS = [
    {
        "id": "c1",
        "name": 'Ana "Ann", Ltd\nline',
        "spent": Decimal("12.50"),
        "seen_at": datetime(2026, 1, 2, 3, 4, 5),
        "born": date(1990, 2, 3),
        "tags": ["a", "b"],
    },
    {"id": "c2", "name": None, "spent": None, "seen_at": None, "born": None, "tags": None},
]


def batch(**changes: Any) -> Batch:
    known: dict[str, Any] = {
        "sync": "sync_files__traits",
        "object_name": "traits",
        "operation": "snapshot",
        "idempotency_key": "k1",
        "table": pa.Table.from_pylist(ROWS),
        "keys": ["c1", "c2"],
        "run": "000007-20260102T030405Z",
    }
    return Batch(**(known | changes))


def written(sent: Batch, **settings: Any) -> dict[str, bytes]:
    files = Files(FilesSettings(**settings), {})
    return {str(write.path): write.content for write in files.requests(sent)}


def test_one_file_a_format_and_the_manifest_last() -> None:
    assert list(written(batch())) == [
        "000007-20260102T030405Z/traits.csv",
        "000007-20260102T030405Z/traits.jsonl",
        "000007-20260102T030405Z/traits.parquet",
        "000007-20260102T030405Z/manifest.json",
    ]


def test_csv() -> None:
    content = written(batch(), formats=["csv"])["000007-20260102T030405Z/traits.csv"]
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    assert rows[0]["name"] == 'Ana "Ann", Ltd\nline'
    assert rows[0]["spent"] == "12.50"
    assert rows[0]["tags"] == '["a","b"]'
    assert rows[0]["seen_at"].startswith("2026-01-02 03:04:05")
    assert rows[1] == {
        "id": "c2",
        **dict.fromkeys(["name", "spent", "seen_at", "born", "tags"], ""),
    }


def test_bytes_are_hex_in_csv_as_in_json() -> None:
    sent = batch(table=pa.table({"id": ["c1", "c2"], "mark": [b"\xff\x00", None]}))
    files = written(sent, formats=["csv", "jsonl"])
    assert b'"c1","ff00"\n' in files["000007-20260102T030405Z/traits.csv"]
    assert b'"mark":"ff00"' in files["000007-20260102T030405Z/traits.jsonl"]


def test_jsonl() -> None:
    content = written(batch(), formats=["jsonl"])["000007-20260102T030405Z/traits.jsonl"]
    first, second = content.splitlines()
    assert first.endswith(b'"spent":12.50,"seen_at":"2026-01-02T03:04:05Z","born":"1990-02-03",'
                          b'"tags":["a","b"]}')  # fmt: skip
    assert orjson.loads(second)["name"] is None


def test_parquet_keeps_types() -> None:
    content = written(batch(), formats=["parquet"])["000007-20260102T030405Z/traits.parquet"]
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    assert table.to_pylist() == ROWS
    assert table.schema.types == batch().table.schema.types


def test_the_manifest_lets_a_reader_check_everything() -> None:
    files = written(batch(), formats=["csv", "jsonl"])
    manifest = orjson.loads(files.pop("000007-20260102T030405Z/manifest.json"))
    assert manifest["rows"] == 2
    assert manifest["idempotency_key"] == "k1"
    assert [column["name"] for column in manifest["columns"]] == list(ROWS[0])
    for entry, content in zip(manifest["files"], files.values(), strict=True):
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_same_rows_make_the_same_files() -> None:
    assert written(batch()) == written(batch())


def test_an_empty_snapshot_is_written_too() -> None:
    empty = batch(table=pa.Table.from_pylist(ROWS).slice(0, 0), keys=[])
    assert len(written(empty)) == 4


@pytest.mark.parametrize("folder", ["/srv/exports", "audience"])
def test_another_folder(folder: str) -> None:
    files = Files(FilesSettings(folder=folder, formats=["csv"]), {})
    assert files.marker("run") == PurePosixPath(folder, "run", "manifest.json")
    assert all(path.startswith(folder) for path in written(batch(), folder=folder))


def test_a_write_that_failed_takes_no_row() -> None:
    assert list(Files(FilesSettings(), {}).outcomes(Response(500), batch())) == []
