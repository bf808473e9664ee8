"""The definitions, loaded once from a manifest of the project as it stands, without any secret."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import dagster as dg
import pytest

from tests.dbt_commands import take_over


# Steps put the home and its input into the environment; with the package that ends.
@pytest.fixture(scope="package")
def definitions(
    parsed_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dg.Definitions]:
    folder = tmp_path_factory.mktemp("definitions")
    take_over(parsed_project, folder / "target", folder / "home")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GOLDTHREAD_")
    }
    environment |= {
        "GOLDTHREAD_HOME": str(folder / "home"),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    with mock.patch.dict(os.environ, environment, clear=True):
        from orchestration.definitions import defs

        yield defs()
