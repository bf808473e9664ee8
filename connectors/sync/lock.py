"""One process at a time on a ledger: a lock file that names its holder."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from connectors.sync.errors import LedgerBusy
from goldthread.warehouse.files import try_lock

if TYPE_CHECKING:
    from goldthread.settings import Settings

# Whoever copies a ledger (a plan, the history) holds it for a moment only: worth waiting for.
PATIENCE_SECONDS = 3.0
_STEP_SECONDS = 0.05


@contextmanager
def ledger_lock(settings: Settings, name: str, *, patience: float | None = None) -> Iterator[None]:
    """Hold the ledger of that name; the operating system frees it when the holder dies.

    Raises LedgerBusy, naming the holder's process, when it is still held after ``patience``
    seconds (default: `PATIENCE_SECONDS`).
    """
    patience = PATIENCE_SECONDS if patience is None else patience
    settings.ledger_dir.mkdir(parents=True, exist_ok=True)
    path = settings.ledger_dir / f".{name}.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        waited = 0.0
        while not try_lock(handle):
            if waited >= patience:
                raise LedgerBusy(_refusal(name, os.pread(handle, 1_000, 0)))
            time.sleep(_STEP_SECONDS)
            waited += _STEP_SECONDS
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps({"pid": os.getpid()}).encode(), 0)
        yield
    finally:
        os.close(handle)


def _refusal(name: str, content: bytes) -> str:
    try:
        pid = json.loads(content)["pid"]
    except (ValueError, KeyError, TypeError):
        return f"The ledger of {name} is in use. Wait until that has finished, then try again."
    return (
        f"The ledger of {name} is in use by process {pid}. Wait until it has finished, or stop it "
        f"with `kill {pid}`, then try again."
    )
