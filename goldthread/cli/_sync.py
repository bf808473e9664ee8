"""What ``plan`` and ``apply`` share: how a plan looks, and which exit code an error has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goldthread.cli._exit import ExitCode, Stop, clear_errors

if TYPE_CHECKING:
    from rich.console import RenderableType

    from connectors.sync import Plan

SYNC_EXIT_CODES_HELP = """\b
Exit codes:
  0  done
  1  failed; the message says why
  2  wrong usage, or the sync is described wrongly
  3  a guard objects: nothing was sent but removals of people who withdrew
  4  no sync of that name is published
  5  another process holds the ledger; the message names it
  6  nothing is published yet, or its consent decisions are too old
  7  delivered in part; the rest is tried again at the next apply
"""

_KINDS = ("add", "change", "remove", "unchanged", "left", "resend", "held_back")


@contextmanager
def clear_sync_errors() -> Iterator[None]:
    """Each error of a sync as a message and one of the documented exit codes."""
    from connectors.sync import errors

    codes = {
        errors.SpecError: ExitCode.USAGE,
        errors.GuardTripped: ExitCode.CHECK_FAILED,
        errors.UnknownSync: ExitCode.NOT_FOUND,
        errors.LedgerBusy: ExitCode.BUSY,
        errors.NotReady: ExitCode.NOT_READY,
    }
    with clear_errors():
        try:
            yield
        except errors.SyncError as error:
            raise Stop(str(error), codes.get(type(error), ExitCode.FAILED)) from error


def plan_view(plan: Plan) -> Iterator[RenderableType]:
    """A plan for people: what would be sent, to which lists, and what is held back and why."""
    from goldthread.cli._console import grid, shown

    until = (
        f"decisions of {plan.decided_at:%Y-%m-%d %H:%M} UTC" if plan.decided_at else "no verdicts"
    )
    yield (
        f"[bold]{shown(plan.sync)}[/] → {shown(plan.destination)}/{shown(plan.object)} "
        f"({plan.mode}, purpose {shown(plan.purpose)}, {until})"
    )
    yield grid("Rows", ("what", "rows", "meaning"), _counts(plan))
    if plan.held_back:
        yield grid("Held back", ("reason", "rows"), plan.held_back.items())
    if plan.audiences:
        kinds = [
            kind for kind in _KINDS if any(kind in counts for counts in plan.audiences.values())
        ]
        yield grid(
            "By audience",
            ("audience", *kinds),
            [
                (name, *(counts.get(kind, 0) for kind in kinds))
                for name, counts in plan.audiences.items()
            ],
        )
    if plan.sample:
        yield grid(
            "Some of them",
            ("what", "customer_id", "audience", "key"),
            [(row.kind, row.customer_id, row.audience, row.key) for row in plan.sample],
        )
    for name, rows in plan.left_behind.items():
        yield (
            f"[bold yellow]Note:[/] {shown(name)} left {rows:,} rows there and is published no "
            f"more: nobody changes or removes them. If {shown(plan.sync)} is its new name, rename "
            f"its ledger before the first apply (docs/syncs.md)."
        )
    for reason in plan.guards:
        yield f"[bold red]Guard:[/] {shown(reason)}"


def _counts(plan: Plan) -> Iterator[tuple[str, int, str]]:
    yield "add", plan.adds, "new at the destination"
    yield "change", plan.changes, "there, with other values"
    yield "remove", plan.removes, "there, but gone or no longer allowed"
    if plan.withdrawals:
        yield "withdrew", plan.withdrawals, "of the removals; no guard holds these back"
    if plan.resends:
        yield "resend", plan.resends, "no clear answer last time; same idempotency key"
    yield "unchanged", plan.unchanged, "there as they are"
    if plan.left:
        yield "left", plan.left, "gone or no longer allowed, but the mode is upsert"
    yield "held back", sum(plan.held_back.values()), "kept by the consent gate"
    if plan.refused_before:
        yield "refused before", plan.refused_before, "of the above; rejected last time in this form"
