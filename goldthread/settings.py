"""Where everything lives: one home folder, an input folder and the dbt project."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """Paths of one Goldthread home. A tenant is a home of its own.

    home: folder of everything a run writes (``GOLDTHREAD_HOME``, default ``./data``).
    input_dir: folder of the source files (``GOLDTHREAD_INPUT_DIR``, default ``home/input``).
    project_dir: the folder that holds ``dbt_project.yml``.
    """

    home: Path
    input_dir: Path
    project_dir: Path = PROJECT_DIR

    @classmethod
    def load(cls) -> Settings:
        """Read the settings from the environment; relative paths count from the working folder."""
        home = Path(os.environ.get("GOLDTHREAD_HOME") or "data").expanduser().absolute()
        named_input = os.environ.get("GOLDTHREAD_INPUT_DIR")
        input_dir = Path(named_input).expanduser().absolute() if named_input else home / "input"
        return cls(home=home, input_dir=input_dir)

    @property
    def warehouse_path(self) -> Path:
        return self.home / "warehouse.duckdb"

    @property
    def state_dir(self) -> Path:
        return self.home / "state"

    @property
    def published_dir(self) -> Path:
        return self.home / "published"

    @property
    def marts_path(self) -> Path:
        return self.published_dir / "marts.duckdb"

    @property
    def bi_path(self) -> Path:
        """``marts_path`` under a name that is no schema's, so that ``marts.customers`` is clear."""
        return self.published_dir / "goldthread.duckdb"

    @property
    def activation_path(self) -> Path:
        return self.published_dir / "activation.duckdb"

    @property
    def syncs_path(self) -> Path:
        return self.published_dir / "syncs.duckdb"

    @property
    def ledger_dir(self) -> Path:
        return self.home / "ledger"

    @property
    def dlt_dir(self) -> Path:
        return self.home / "dlt"

    @property
    def dagster_home(self) -> Path:
        return self.home / "dagster"
