"""The warehouse file: its one writer, its runs and builds, what outlives it, what leaves it."""

from goldthread.warehouse.connection import Run, connect, current_run, start_run
from goldthread.warehouse.errors import (
    BuildFailed,
    NothingLoaded,
    PublishRefused,
    StateRefused,
    WarehouseBusy,
)
from goldthread.warehouse.lock import run_lock
from goldthread.warehouse.state import begin_run

__all__ = [
    "BuildFailed",
    "NothingLoaded",
    "PublishRefused",
    "Run",
    "StateRefused",
    "WarehouseBusy",
    "begin_run",
    "connect",
    "current_run",
    "run_lock",
    "start_run",
]
