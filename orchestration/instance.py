"""Dagster's own home: under GOLDTHREAD_HOME, without telemetry, one warehouse run at a time."""

from __future__ import annotations

import os

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
