"""The parsed dbt project, once for all workers; and dbt in forked processes for those who ask."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from goldthread.settings import Settings
from goldthread.warehouse import dbt_process
from tests.dbt_commands import ForkedDbt

# Nobody reads dbt's own log file here, and every line of it costs dbt the more the more variables
# the environment has.
os.environ.setdefault("DBT_LOG_LEVEL_FILE", "none")


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A target folder with the manifest of the project as it stands, to copy: ``take_over``."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "parsed_project"
    folder.mkdir(exist_ok=True)
    settings = Settings(home=folder / "home", input_dir=folder / "input")
    with (folder / ".lock").open("w") as lock, pytest.MonkeyPatch.context() as patch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setattr(dbt_process, "subprocess", _with(ForkedDbt))
        return dbt_process.ensure_manifest(settings).parent


@pytest.fixture(scope="module")
def forked_dbt(parsed_project: Path) -> Iterator[None]:
    """What ``run_dbt`` starts in this module is forked, and the project parsed already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt_process, "subprocess", _with(partial(ForkedDbt, parsed=parsed_project)))
        yield


def _with(popen: object) -> SimpleNamespace:
    return SimpleNamespace(Popen=popen, PIPE=None, STDOUT=None)
