"""Fixtures: the declared tables, and staging a file without a warehouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.sources import Table, find_source
from tests.unit.connectors.sources.samples import Staged, write


def table_of(source: str, name: str) -> Table:
    return next(table for table in find_source(source).tables if table.name == name)


@pytest.fixture
def staged(tmp_path: Path) -> Callable[..., Staged]:
    """staged("web", "messages", "a.jsonl", content, known=None)."""

    def stage(source: str, table: str, name: str, content: Any, **options: Any) -> Staged:
        path = tmp_path / name
        if content is not None:
            write(path, content)
        return Staged(path, table_of(source, table), tmp_path / "parts", **options)

    return stage
