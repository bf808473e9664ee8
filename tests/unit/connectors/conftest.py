"""A home made by hand, for everything that plans or applies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sync_home import SyncHome


@pytest.fixture
def home(tmp_path: Path) -> SyncHome:
    return SyncHome(tmp_path / "home")
