"""Staged parts: in which groups the rows stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from connectors.sources._engine import staging, streams
from tests.unit.connectors.sources.samples import Staged, lines, message


def test_rows_stand_in_groups_of_the_warehouses_size_however_they_arrive(
    staged: Callable[..., Staged], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In groups of another size the warehouse writes them twice, and keeps room for both."""
    monkeypatch.setattr(staging, "ROW_GROUP", 3)
    monkeypatch.setattr(staging, "FLUSH_ROWS", 2)
    monkeypatch.setattr(streams, "CHUNK_BYTES", 200)
    names = [f"m{number}" for number in range(10)]
    result = staged("web", "messages", "a.jsonl", lines(*(message(name) for name in names)))
    assert result.keys("message_id") == names
    written = pq.ParquetFile(tmp_path / "parts" / "messages.parquet").metadata
    groups = [written.row_group(at).num_rows for at in range(written.num_row_groups)]
    assert groups == [3, 3, 3, 1]
