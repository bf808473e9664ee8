"""What can stop a plan or an apply, in people's words. The command line gives each an exit code."""

from __future__ import annotations

from collections.abc import Sequence


class SyncError(RuntimeError):
    """A sync cannot go on; the message says why and what to do."""


class SpecError(SyncError):
    """A sync is described wrongly. ``problems`` holds one sentence a mistake."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class UnknownSync(SyncError):
    """No sync of that name is published."""


class NotReady(SyncError):
    """Nothing is published yet, or what is published is too old to send."""


class GuardTripped(SyncError):
    """The plan does more than its guards allow; nothing was sent but the removals of people who
    withdrew, which no guard holds back.

    removals, removed: how many of these there were, and how many the destination acknowledged.
    """

    def __init__(
        self, sync: str, reasons: Sequence[str], *, removals: int = 0, removed: int = 0
    ) -> None:
        self.reasons = list(reasons)
        listed = "\n".join(f"  - {reason}" for reason in self.reasons)
        sent = "nothing was sent"
        if removals:
            sent = (
                "nothing was sent but the removals of people who withdrew "
                f"({removed:,} of {removals:,} acknowledged)"
            )
        super().__init__(
            f"{sync} was stopped by its guards, {sent}:\n{listed}\n"
            f"Look at `goldthread plan {sync}`; if this is what you want, apply with --force."
        )


class LedgerBusy(SyncError):
    """Another process holds the ledger; the message names it."""


class LedgerUnreadable(SyncError):
    """The ledger's file is damaged, or no database at all."""


class LedgerMismatch(SyncError):
    """The ledger was written for another destination or with another key."""
