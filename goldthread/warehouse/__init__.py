"""The warehouse file: opening it, its one writer, its runs."""

from goldthread.warehouse.connection import Run, WarehouseBusy, connect, current_run, start_run

__all__ = ["Run", "WarehouseBusy", "connect", "current_run", "start_run"]
