"""The parsed dbt project, once for all workers; and dbt in forked processes for those who ask."""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from goldthread.settings import Settings
from goldthread.warehouse import dbt_process
from tests.dbt_commands import ForkedDbt

# Nobody reads dbt's own log file here, and every line of it costs dbt the more the more variables
# the environment has.
os.environ.setdefault("DBT_LOG_LEVEL_FILE", "none")


# Their tests share a home that takes long to build.
SCENARIOS = "tests/identity_scenarios"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    return ByFile(config, log)


class ByFile(LoadFileScheduling):
    """Gives the tests of one file to one worker, and so those of the scenarios."""

    def _split_scope(self, nodeid: str) -> str:
        is_scenario = nodeid.startswith(SCENARIOS)
        return SCENARIOS if is_scenario else str(super()._split_scope(nodeid))


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
        patch.setattr(dbt_process, "_start", _forking())
        return dbt_process.ensure_manifest(settings).parent


@pytest.fixture(scope="module")
def forked_dbt(parsed_project: Path) -> Iterator[None]:
    """What ``run_dbt`` starts in this module is forked, and the project parsed already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dbt_process, "_start", _forking(parsed_project))
        yield


def _forking(parsed: Path | None = None) -> Callable[..., ForkedDbt | subprocess.Popen[bytes]]:
    ordinary = dbt_process._start

    def start(
        settings: Settings, command: Sequence[str], stdin: int
    ) -> ForkedDbt | subprocess.Popen[bytes]:
        if stdin == subprocess.PIPE:
            # Not a command: a dbt that waits for one.
            return ordinary(settings, command, stdin)
        environment = dbt_process.dbt_environment(settings)
        return ForkedDbt(command, cwd=settings.project_dir, env=environment, parsed=parsed)

    return start
