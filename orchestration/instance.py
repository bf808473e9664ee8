"""Where Dagster keeps its own records; without telemetry in either case.

The UI's runs are kept under GOLDTHREAD_HOME. A headless run keeps no events: its outcome is read
from what it yields, and to store a thousand of them costs a third of what an idle run costs, even
in memory. What outlives it is in the warehouse (`raw_goldthread.runs`, `build_results`) and in the
ledgers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import dagster as dg
from dagster._core.instance.types import InstanceType
from dagster._core.launcher.sync_in_memory_run_launcher import SyncInMemoryRunLauncher
from dagster._core.run_coordinator import DefaultRunCoordinator
from dagster._core.storage.event_log import InMemoryEventLogStorage
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.runs import InMemoryRunStorage

from goldthread.settings import Settings

# The warehouse itself refuses a second writer; the queue makes runs of the UI wait instead. All of
# them: a run that somebody starts from the assets' page has none of the job's tags.
DAGSTER_YAML = """\
# Written by Goldthread at each start.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    max_concurrent_runs: 1
"""

WORKSPACE_YAML = """\
# Written by Goldthread at each start.
load_from:
  - python_module:
      module_name: orchestration.definitions
      location_name: goldthread
"""


def prepare_dagster_home(settings: Settings) -> None:
    """Write Dagster's files and point ``DAGSTER_HOME`` of this process and its children there."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    for name, text in (("dagster.yaml", DAGSTER_YAML), ("workspace.yaml", WORKSPACE_YAML)):
        path = settings.dagster_home / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(settings.dagster_home)


class _Forgetful(InMemoryEventLogStorage):
    """Takes events and keeps none: nobody can ask for them once the process has ended.

    Dagster asks for earlier ones before each step, to tell which data it stood on.
    """

    asset_records_have_last_observation = True

    def store_event(self, event: dg.EventLogEntry) -> None:
        pass

    def get_asset_records(
        self, asset_keys: Sequence[dg.AssetKey] | None = None
    ) -> Sequence[AssetRecord]:
        return []


def headless_instance(settings: Settings) -> dg.DagsterInstance:
    """An instance that keeps no events and forgets its run when it is closed; nothing is on disk.

    As ``DagsterInstance.ephemeral`` makes it, but for the storage of events.
    """
    return dg.DagsterInstance(
        instance_type=InstanceType.EPHEMERAL,
        # Named, or Dagster makes a folder that a killed run leaves in the machine's temporary one.
        local_artifact_storage=LocalArtifactStorage(str(settings.dagster_home / "headless")),
        run_storage=InMemoryRunStorage(),
        event_storage=_Forgetful(),
        compute_log_manager=NoOpComputeLogManager(),
        run_coordinator=DefaultRunCoordinator(),
        run_launcher=SyncInMemoryRunLauncher(),
        settings={"telemetry": {"enabled": False}},
    )
