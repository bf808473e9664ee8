"""Snapshots on disk: which one got finished before a crash, and what an unfinished one leaves."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from connectors.destinations.base import Snapshots
from connectors.destinations.registry import destination_class
from connectors.sync.settle import Delivery, record
from connectors.sync.spec import SyncSpec, destination_settings

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


# The name of a run, which its folder has: see `runs`.
_RUN = re.compile(r"(\d{6,18})-\d{8}T\d{6}Z")


def is_snapshot(spec: SyncSpec) -> bool:
    """Whether the destination takes all rows each time something changed."""
    return issubclass(destination_class(spec.destination), Snapshots)


def export_root(settings: Settings, spec: SyncSpec) -> Path:
    """Where the relative paths of a sync's files count from."""
    return settings.home / "exports" / spec.name


def snapshot_folder(settings: Settings, spec: SyncSpec, run_name: str) -> str:
    """Where the files of one run are."""
    return str(export_root(settings, spec) / _destination(spec).folder(run_name))


def last_folder(settings: Settings, spec: SyncSpec) -> int:
    """The highest number of a run among the snapshots on disk, 0 without one: they may be of a
    ledger that was lost, and the next must neither sort before them nor write over one."""
    if not is_snapshot(spec):
        return 0
    parent = (export_root(settings, spec) / _destination(spec).folder("any")).parent
    names = [path.name for path in parent.glob("*")] if parent.is_dir() else []
    return max((int(found[1]) for name in names if (found := _RUN.fullmatch(name))), default=0)


def acknowledge_finished(
    con: duckdb.DuckDBPyConnection, settings: Settings, spec: SyncSpec
) -> None:
    """Take the pending snapshots whose last file stands, with their key, as delivered."""
    if not is_snapshot(spec):
        return
    destination = _destination(spec)
    found = [
        Delivery(key, "done", "ok", None, 201, 0, False)
        for key, run_name in _pending(con)
        if _key_in(export_root(settings, spec) / destination.marker(run_name)) == key
    ]
    if found:
        record(con, found)


def clear_unfinished(con: duckdb.DuckDBPyConnection, settings: Settings, spec: SyncSpec) -> None:
    """Delete the folders of snapshots that a crash left without their last file."""
    if not is_snapshot(spec):
        return
    destination = _destination(spec)
    for _, run_name in _pending(con):
        folder = export_root(settings, spec) / destination.folder(run_name)
        if (
            folder.is_dir()
            and not (export_root(settings, spec) / destination.marker(run_name)).exists()
        ):
            shutil.rmtree(folder)


def _destination(spec: SyncSpec) -> Snapshots:
    destination = destination_class(spec.destination)(destination_settings(spec), {})
    assert isinstance(destination, Snapshots)
    return destination


def _pending(con: duckdb.DuckDBPyConnection) -> Sequence[tuple[str, str]]:
    return con.execute(
        "select batches.idempotency_key, runs.run_name from ledger.batches "
        "inner join ledger.runs on batches.run_number = runs.run_number "
        "where batches.operation = 'snapshot' and batches.state = 'pending'"
    ).fetchall()


def _key_in(marker: Path) -> str | None:
    try:
        document = orjson.loads(marker.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
    key = document.get("idempotency_key") if isinstance(document, dict) else None
    return None if key is None else str(key)
