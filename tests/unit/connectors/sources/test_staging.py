"""Staged parts: in which groups the rows stand, and where they say they come from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from connectors.sources._engine import part_writer, staging, streams
from connectors.sources._engine.files import Todo, open_file
from tests.unit.connectors.sources.conftest import table_of
from tests.unit.connectors.sources.samples import (
    AS_OF,
    RUN_ID,
    Staged,
    lines,
    message,
    write,
)


def test_rows_stand_in_groups_of_the_warehouses_size_however_they_arrive(
    staged: Callable[..., Staged], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In groups of another size the warehouse writes them twice, and keeps room for both."""
    monkeypatch.setattr(part_writer, "ROW_GROUP", 3)
    monkeypatch.setattr(staging, "FLUSH_ROWS", 2)
    monkeypatch.setattr(streams, "CHUNK_BYTES", 200)
    names = [f"m{number}" for number in range(10)]
    result = staged("web", "messages", "a.jsonl", lines(*(message(name) for name in names)))
    assert result.keys("message_id") == names
    written = pq.ParquetFile(tmp_path / "parts" / "messages.parquet").metadata
    groups = [written.row_group(at).num_rows for at in range(written.num_row_groups)]
    assert groups == [3, 3, 3, 1]


def test_good_rows_keep_their_place_beside_broken_ones(staged: Callable[..., Staged]) -> None:
    broken = {1, 4, 5, 9}
    sent = [message(n if n in broken else f"m{n}") for n in range(10)]
    result = staged("web", "messages", "a.jsonl", lines(*sent))
    assert sorted(result.broken) == [n + 1 for n in sorted(broken)]
    assert [(row["message_id"], row["_row_number"]) for row in result.rows] == [
        (f"m{n}", n + 1) for n in range(10) if n not in broken
    ]
    lineage = ("_source_file", "_file_version", "_load_run", "_loaded_at")
    assert {tuple(row[name] for name in lineage) for row in result.rows} == {
        ("in/a.jsonl", 0, RUN_ID, AS_OF)
    }


def test_rows_of_several_files_are_checked_together_and_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "LEAST_BYTES", 1)
    table = table_of("web", "messages")
    stage = staging.Stage(duckdb.connect(), table, tmp_path, AS_OF, RUN_ID)
    for name in ("a", "b", "c"):
        path = write(tmp_path / f"{name}.jsonl", lines(message(f"{name}1"), message(f"{name}2")))
        stage.open(open_file(Todo(path, path.name, None), table))
        for batch in stage.readings[-1].batches:
            stage.add(batch)
        if name == "b":
            stage.use_time()
    stage.close()
    rows = pq.read_table(stage.parts[0]).select(["message_id", "_source_file", "_row_number"])
    # DuckDB may hand over what it checked in another order.
    assert sorted(tuple(row.values()) for row in rows.to_pylist()) == [
        (f"{name}{n}", f"{name}.jsonl", n) for name in ("a", "b", "c") for n in (1, 2)
    ]


def test_what_is_wrong_with_a_row_does_not_depend_on_the_rows_checked_with_it(
    staged: Callable[..., Staged], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong rows are looked at together later, when other texts have been read since."""
    tcf = "CP9_GsAP9_GsAEsABBENAwFgAIIAAAAAAAwIF5wAQF5gAAAA.YAAAAAAAAAAA"
    receipt = {
        "receipt_id": "r1",
        "identifier_type": "email",
        "identifier_value": "ann@example.org",
        "gpc": "?",
        "tcf": tcf,
        "collected_at": "2026-11-01T10:00:00Z",
    }
    content = lines(
        receipt,
        receipt | {"receipt_id": "r2", "tcf": tcf[:20]},
        receipt | {"receipt_id": "r3", "tcf": None, "identifier_type": "cookie"},
        '{"receipt_id": "r4"',
        receipt | {"receipt_id": "r5", "tcf": None, "gpc": True},
        '{"receipt_id": "r6", "receipt',
    )
    together = staged("consent", "receipts", "a.jsonl", content)
    assert set(together.issues) == {("r1", "gpc"), ("r2", "gpc"), ("r2", "tcf")}
    assert list(together.broken) == [3, 4, 6]
    monkeypatch.setattr(staging, "FLUSH_ROWS", 1)
    monkeypatch.setattr(streams, "CHUNK_BYTES", 200)
    apart = staged("consent", "receipts", "a.jsonl", content)
    assert (apart.issues, apart.broken) == (together.issues, together.broken)
    assert apart.keys("tcf_purposes") == together.keys("tcf_purposes")
