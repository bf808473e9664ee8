"""One run at a time in a home: a lock file that names its holder.

DuckDB refuses a second writer of the warehouse by itself, but only while a connection is open. A
run opens and closes the file many times; the lock spans all of it.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.warehouse.connection import check_home
from goldthread.warehouse.errors import WarehouseBusy
from goldthread.warehouse.files import try_lock

if TYPE_CHECKING:
    from goldthread.settings import Settings

# The holder puts its token here, so that what it starts (dbt, a nested command) may pass.
TOKEN_VARIABLE = "GOLDTHREAD_RUN_TOKEN"

ORPHAN_GRACE_SECONDS = 10
START_SECONDS = 0.2


@contextmanager
def run_lock(settings: Settings, what: str) -> Iterator[None]:
    """Hold the home for one run; ``what`` is the command shown to whoever is refused.

    Re-entrant within the holder and the processes it started. The operating system frees the lock
    when the holder dies, however it dies: a file left behind by kill -9 refuses nobody.

    Raises WarehouseBusy when another process holds it, naming its command, pid and start; and
    HomeRefused.
    """
    check_home(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    path = settings.home / ".run.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not try_lock(handle):
            holder = _holder(path)
            if holder.get("token") and holder["token"] == os.environ.get(TOKEN_VARIABLE):
                yield
                return
            raise WarehouseBusy(_refusal(settings.home, holder))
        dead = _holder(path)
        if "token" in dead:
            _end_orphans(dead["token"])
            # What DuckDB had moved to disk for want of memory.
            shutil.rmtree(f"{settings.warehouse_path}.tmp", ignore_errors=True)
        with _announced(handle, what):
            yield
    finally:
        os.close(handle)


def require_no_run(settings: Settings) -> None:
    """Raise WarehouseBusy while a run of another process holds the home; hold up none oneself.

    Between its steps a run closes the warehouse: whoever opened it then would stop the run.
    """
    path = settings.home / ".run.lock"
    holder = _holder(path) if path.exists() else {}
    # No run, or the one that started this process. Who holds the lock to look stops who starts.
    if holder.get("token") in (None, os.environ.get(TOKEN_VARIABLE)):
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        if not try_lock(handle, is_shared=True):
            raise WarehouseBusy(_refusal(settings.home, holder))
    finally:
        os.close(handle)


@contextmanager
def _announced(handle: int, what: str) -> Iterator[None]:
    """For the time of the run, name the holder in the lock file and put its token in reach."""
    outer = os.environ.get(TOKEN_VARIABLE)
    token = uuid.uuid4().hex
    holder = {
        "pid": os.getpid(),
        "command": what,
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "token": token,
    }
    os.ftruncate(handle, 0)
    os.pwrite(handle, json.dumps(holder).encode(), 0)
    os.environ[TOKEN_VARIABLE] = token
    try:
        yield
    finally:
        os.ftruncate(handle, 0)
        if outer is None:
            os.environ.pop(TOKEN_VARIABLE, None)
        else:
            os.environ[TOKEN_VARIABLE] = outer


def _end_orphans(token: str) -> None:
    """End what a killed run left running: dbt outlives kill -9 of its parent and holds the file.

    Known by the token in their environment, which nobody else has. Where there is no /proc,
    DuckDB's refusal names the process instead.
    """
    needle = f"{TOKEN_VARIABLE}={token}".encode()
    _end_marked(needle)
    # What was just being started shows no environment before it runs.
    time.sleep(START_SECONDS)
    _end_marked(needle)


def _end_marked(needle: bytes) -> None:
    """End every process with this entry in its environment."""
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if needle not in environment.read_bytes().split(b"\0"):
                continue
            pid = int(environment.parent.name)
            handle = os.pidfd_open(pid)
        except OSError:
            # Ended meanwhile, or not ours to read.
            continue
        try:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            # Readable once it has ended and its locks are free.
            select.select([handle], [], [], ORPHAN_GRACE_SECONDS)
        finally:
            os.close(handle)


def _holder(path: Path) -> dict[str, str]:
    """What the holder wrote; empty in the instant between its taking the lock and its writing."""
    try:
        content = json.loads(path.read_text(encoding="utf-8") or "{}")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in content.items()}


def _refusal(home: Path, holder: dict[str, str]) -> str:
    if "pid" not in holder:
        return f"Another run is starting in {home}. Wait until it has finished, then try again."
    return (
        f"`{holder['command']}` (process {holder['pid']}, started {holder['started_at']}) is "
        f"running in {home}. Wait until it has finished, or stop it with `kill {holder['pid']}`, "
        "then try again."
    )
