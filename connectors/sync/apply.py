"""``apply``: sends the plan, and records every row before and after."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from connectors.destinations.base import Batch, Destination
from connectors.destinations.registry import destination_class
from connectors.sync.batches import batches, snapshot, stage
from connectors.sync.errors import GuardTripped, LedgerBusy
from connectors.sync.history import publish_history
from connectors.sync.keys import ledger_key
from connectors.sync.ledger import ledger_to_write
from connectors.sync.lock import ledger_lock
from connectors.sync.outgoing import cut, intend
from connectors.sync.plan import make_plan, withdrawals_only
from connectors.sync.published import published, read_spec
from connectors.sync.results import Plan, Progress, SyncResult
from connectors.sync.retry import RetryPolicy
from connectors.sync.runs import begin_run, end_run
from connectors.sync.secrets import read_secrets, telling_parts
from connectors.sync.sender import Sender
from connectors.sync.settle import Delivery, record, release_unsent, settle
from connectors.sync.snapshots import (
    clear_unfinished,
    export_root,
    is_snapshot,
    last_folder,
    snapshot_folder,
)
from connectors.sync.spec import SyncSpec, destination_settings
from connectors.sync.transport import Transport

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


# Answers not yet committed when the process dies are asked for again, under the same key.
_COMMIT_SECONDS = 0.5
_REASONS_SHOWN = 20


def apply_sync(
    settings: Settings,
    name: str,
    now: datetime,
    progress: Progress | None = None,
    *,
    force: bool = False,
    policy: RetryPolicy | None = None,
) -> SyncResult:
    """Send what `plan_sync` shows, record it in the ledger, publish the history.

    now: UTC, naive; the moment the run stands for. force: go on although a guard objects.
    Rows that were rejected or not delivered are counted in the result, not raised; a history that
    others are publishing all the while is told there too.
    Raises the errors of `connectors.sync.errors`; then nothing was sent, but what `GuardTripped`
    tells of.
    """
    with published(settings) as con:
        ledger = read_spec(con, name).name
    # Only then is opened what counts: consent may have been withdrawn during the wait.
    with ledger_lock(settings, ledger), published(settings) as con:
        spec = read_spec(con, ledger)
        secrets = read_secrets(spec, os.environ)
        destination = destination_class(spec.destination)(destination_settings(spec), secrets)
        key = ledger_key(settings, create=True)
        with ledger_to_write(con, settings, spec, key):
            clear_unfinished(con, settings, spec)
            plan = make_plan(con, settings, spec, key, now)
            is_guarded = bool(plan.guards) and not force
            if is_guarded:
                plan = withdrawals_only(con, spec, plan)
                if not plan.to_send:
                    raise GuardTripped(spec.name, plan.guards)
            root = export_root(settings, spec)
            transport = Transport(destination, root, policy or RetryPolicy())
            if plan.to_send:
                transport.prepare()
            earlier = last_folder(settings, spec)
            run_number, run_name = begin_run(con, plan, now, after=earlier)
            cut(con, destination.limits, snapshots=is_snapshot(spec))
            intend(con, spec, run_number)
            stage(con)
            dispatch = _Dispatch(con, plan, progress)
            phases = _phases(con, spec, run_name)
            sender, stopped = asyncio.run(
                dispatch.run(
                    destination,
                    phases,
                    transport,
                    telling_parts(secrets.values()),
                )
            )
            release_unsent(con, run_number)
            settle(con)
            if is_guarded:
                stopped = "; ".join(filter(None, (*plan.guards, stopped)))
            outcomes = end_run(
                con, run_number, sent=dispatch.sent, requests=sender.requests, stopped=stopped
            )
    history = _publish_history(settings)
    acknowledged = sum(outcomes.pop("ok", {}).values())
    if is_guarded:
        raise GuardTripped(spec.name, plan.guards, removals=plan.to_send, removed=acknowledged)
    return SyncResult(
        sync=spec.name,
        run_id=f"{spec.name}/{run_name}",
        plan=plan,
        sent=dispatch.sent,
        acknowledged=acknowledged,
        rejected=sum(outcomes.get("rejected", {}).values()),
        undelivered=sum(outcomes.get("retryable", {}).values()),
        reasons=_most_frequent(outcomes),
        requests=sender.requests,
        stopped=stopped,
        snapshot_rows=dispatch.snapshot_rows,
        snapshot_folder=None
        if dispatch.snapshot_rows is None
        else snapshot_folder(settings, spec, run_name),
        history=history,
    )


def _publish_history(settings: Settings) -> str | None:
    """Why the history could not be published; None when it was. Sent is sent either way."""
    try:
        publish_history(settings)
    except LedgerBusy:
        return (
            "another process was publishing it all the while; what this apply sent is recorded in "
            "the ledger, and the next apply publishes it"
        )
    return None


def _most_frequent(outcomes: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Reasons of all states with their counts, the rare ones together."""
    counts: Counter[str] = Counter()
    for reasons in outcomes.values():
        counts.update(reasons)
    shown = dict(counts.most_common(_REASONS_SHOWN))
    rest = counts.total() - sum(shown.values())
    return {**shown, "other reasons": rest} if rest else shown


def _phases(
    con: duckdb.DuckDBPyConnection, spec: SyncSpec, run_name: str
) -> Iterator[Iterator[Batch]]:
    """Batches in phases; one is finished before the next begins, removals first.

    What was refused before waits for all others of its operation: were it refused first again, as
    everything so far, these would not be sent.
    """
    if is_snapshot(spec):
        row = con.execute("select any_value(idempotency_key) from staged").fetchone()
        if row and row[0]:
            yield iter([snapshot(con, spec, run_name, row[0])])
        return
    reader = con.cursor()
    for removals, refused in itertools.product((True, False), (False, True)):
        yield batches(reader, spec, run_name, removals=removals, refused=refused)


class _Dispatch:
    """Keeps as many batches in flight as the destination admits, and the ledger up to date."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, plan: Plan, progress: Progress | None
    ) -> None:
        self._con = con
        self._total = plan.to_send
        self._progress = progress
        self._answered: list[Delivery] = []
        self._writing = asyncio.Lock()
        self._decided = 0
        self._due = 0.0
        self.sent = 0
        self.snapshot_rows: int | None = None

    async def run(
        self,
        destination: Destination,
        phases: Iterable[Iterator[Batch]],
        connection: Transport,
        hidden: Collection[str],
    ) -> tuple[Sender, str | None]:
        """Send all phases; returns the sender with its counts, and why it stopped early, if so.

        hidden: what no reason may repeat.
        """
        async with connection as transport:
            sender = Sender(destination, transport, hidden)
            for phase in phases:
                workers = range(destination.limits.concurrency)
                await asyncio.gather(*(self._work(sender, phase) for _ in workers))
                await self._write_down()
            return sender, sender.stopped

    async def _work(self, sender: Sender, phase: Iterator[Batch]) -> None:
        for batch in phase:
            if sender.has_stopped(batch.operation):
                return
            delivery = await sender.deliver(batch)
            rows = self._total if batch.operation == "snapshot" else len(batch)
            if batch.operation == "snapshot" and delivery.state == "done":
                self.snapshot_rows = len(batch)
            self.sent += rows if delivery.attempts else 0
            self._answered.append(delivery)
            if time.monotonic() >= self._due:
                await self._write_down()
            self._decided += rows
            if self._progress:
                self._progress(self._decided, self._total)

    async def _write_down(self) -> None:
        """Commit all answers so far; those that come meanwhile gather for the next commit."""
        async with self._writing:
            answered, self._answered = self._answered, []
            if answered:
                await asyncio.to_thread(record, self._con, answered)
                self._due = time.monotonic() + _COMMIT_SECONDS
