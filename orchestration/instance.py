"""Where Dagster keeps its own records; without telemetry in either case.

The UI's runs are kept under GOLDTHREAD_HOME. A headless run keeps them in memory: Dagster's SQLite
takes ten times as long for its thousand events, half of all the run costs. What outlives it is in
the warehouse (`raw_goldthread.runs`, `build_results`) and in the ledgers.
"""

from __future__ import annotations

import os

import dagster as dg

from goldthread.settings import Settings

# The warehouse itself refuses a second writer; the queue makes runs of the UI wait instead.
DAGSTER_YAML = """\
# Written by Goldthread at each start.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  runs:
    tag_concurrency_limits:
      - key: warehouse
        value: duckdb
        limit: 1
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


def headless_instance(settings: Settings) -> dg.DagsterInstance:
    """An instance that forgets everything when it is closed; nothing of it is kept on disk."""
    # Named, or Dagster makes a folder that a killed run leaves in the machine's temporary one.
    folder = str(settings.dagster_home / "headless")
    return dg.DagsterInstance.ephemeral(tempdir=folder, settings={"telemetry": {"enabled": False}})
