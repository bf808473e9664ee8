"""What a plan and an apply tell: counts and reasons, never a person's data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

# Called with the rows decided so far and the rows to send in all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Sample:
    """One row a plan would send; the key is masked, the fields are names only."""

    kind: str
    customer_id: str
    audience: str | None
    key: str


@dataclass(frozen=True)
class Plan:
    """The difference between what may be at the destination now and what it holds.

    decided_at: the moment of the published consent decisions (UTC).
    adds, changes, removes: rows to send for the first time, again, and to take away.
    withdrawals: of the removes those of people who denied the purpose or are suppressed; no guard
    holds them back.
    unchanged: rows the destination holds as they are. left: rows it keeps though they are gone or
    no longer allowed, since the mode is upsert. resends: rows of an earlier apply that had no clear
    answer, sent again under their old idempotency key. refused_before: adds and changes that the
    destination rejected last time in just this form.
    held_back: rows the gate keeps, by reason. audiences: the same counts for each audience.
    guards: sentences on what the guards object to; empty when they do not. left_behind: rows that
    syncs which are no longer published sent to the same object, by the names of these.
    """

    sync: str
    destination: str
    object: str
    mode: str
    purpose: str
    decided_at: datetime | None
    adds: int
    changes: int
    removes: int
    withdrawals: int
    unchanged: int
    left: int
    resends: int
    refused_before: int
    held_back: dict[str, int]
    audiences: dict[str, dict[str, int]]
    guards: tuple[str, ...]
    sample: tuple[Sample, ...]
    left_behind: dict[str, int]

    @property
    def to_send(self) -> int:
        return self.adds + self.changes + self.removes + self.resends

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "to_send": self.to_send}


@dataclass(frozen=True)
class SyncResult:
    """What one apply did.

    sent: rows that left in at least one request, each once however often it was tried.
    acknowledged, rejected, undelivered: the state of the rows to send, each in exactly one; all but
    the acknowledged are in the next plan again. reasons: of rejected and undelivered rows.
    stopped: why sending ended early, if it did. snapshot_rows, snapshot_folder: of a full snapshot,
    if one was written. requests: calls made or files written, retries included. history: why it is
    not published yet; None when it is.
    """

    sync: str
    run_id: str
    plan: Plan
    sent: int
    acknowledged: int
    rejected: int
    undelivered: int
    reasons: dict[str, int]
    requests: int
    stopped: str | None = None
    snapshot_rows: int | None = None
    snapshot_folder: str | None = None
    history: str | None = None

    @property
    def is_complete(self) -> bool:
        return self.rejected == 0 and self.undelivered == 0

    def to_dict(self) -> dict[str, Any]:
        own = {key: value for key, value in asdict(self).items() if key != "plan"}
        return {**own, "is_complete": self.is_complete, "plan": self.plan.to_dict()}
