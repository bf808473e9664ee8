"""The parsed dbt project, once a test session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from goldthread.settings import PROJECT_DIR


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    target = tmp_path_factory.mktemp("architecture")
    home = tmp_path_factory.mktemp("home")
    env = os.environ | {"GOLDTHREAD_HOME": str(home), "DBT_PROFILES_DIR": str(PROJECT_DIR)}
    dbt = Path(sys.executable).with_name("dbt")
    result = subprocess.run(
        [dbt, "parse", "--target-path", str(target), "--log-path", str(target / "logs")],
        cwd=PROJECT_DIR,
        env=env,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-3000:]
    parsed: dict[str, Any] = json.loads((target / "manifest.json").read_text())
    return parsed


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
