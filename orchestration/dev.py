"""Open Dagster's UI on the daily job: ``python -m orchestration.dev [dagster dev options]``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from goldthread.settings import Settings
from goldthread.warehouse.dbt_process import dbt_environment, ensure_manifest
from orchestration.instance import prepare_dagster_home


def main() -> None:
    """Replace this process by ``dagster dev``, on a home and a manifest that are there."""
    settings = Settings.load()
    prepare_dagster_home(settings)
    ensure_manifest(settings)
    os.environ.update(dbt_environment(settings))
    os.environ["GOLDTHREAD_INPUT_DIR"] = str(settings.input_dir)
    workspace = str(settings.dagster_home / "workspace.yaml")
    dagster = str(Path(sys.executable).with_name("dagster"))
    os.execv(dagster, [dagster, "dev", "-w", workspace, *sys.argv[1:]])


if __name__ == "__main__":
    main()
