"""Syncs: what may be sent, what differs, sending it, and the ledger of all of it.

    plan_sync(settings, name, now) -> Plan
    apply_sync(settings, name, now, progress) -> SyncResult
    specs_from_manifest(manifest) -> list[SyncSpec]
    publish_history(settings)

Names are loaded when first used: importing this package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from connectors.sync.apply import apply_sync
    from connectors.sync.errors import SyncError
    from connectors.sync.history import publish_history
    from connectors.sync.manifest import specs_from_manifest
    from connectors.sync.plan import plan_sync
    from connectors.sync.results import Plan, SyncResult
    from connectors.sync.spec import SyncSpec

__all__ = [
    "Plan",
    "SyncError",
    "SyncResult",
    "SyncSpec",
    "apply_sync",
    "plan_sync",
    "publish_history",
    "specs_from_manifest",
]

_HOMES = {
    "Plan": "results",
    "SyncError": "errors",
    "SyncResult": "results",
    "SyncSpec": "spec",
    "apply_sync": "apply",
    "plan_sync": "plan",
    "publish_history": "history",
    "specs_from_manifest": "manifest",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
