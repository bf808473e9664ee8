"""Sends batches and finds out how each row of them ended."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.destinations.base import (
    Batch,
    Destination,
    Operation,
    Refuses,
    Response,
    RowOutcome,
    Status,
)
from connectors.destinations.encoding import is_web_page
from connectors.sync.brake import Brake
from connectors.sync.reasons import excerpt, scrubbed
from connectors.sync.retry import advice, is_about_the_request
from connectors.sync.settle import Delivery, RowAnswer
from connectors.sync.transport import Exchange, Transport

_SEVERITY: dict[Status, int] = {"ok": 0, "retryable": 1, "rejected": 2}


class _Undelivered(Exception):
    """A batch, or a part of it, got no clear answer."""

    def __init__(self, reason: str, status: int | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class _NotSent(_Undelivered):
    """No request of a batch, or of a part of it, was made: sending had been stopped."""


@dataclass
class _Tally:
    size: int
    attempts: int = 0
    is_doubtful: bool = False
    ok_status: int | None = None


class Sender:
    """Delivers batches through one transport. A batch refused as a whole is halved until the rows
    at fault stand alone; each part has an idempotency key that follows from the batch's. hidden:
    what no reason may repeat, such as secrets."""

    def __init__(
        self, destination: Destination, transport: Transport, hidden: Collection[str] = ()
    ) -> None:
        self._destination = destination
        self._transport = transport
        self._hidden = hidden
        self._brake = Brake()
        self.requests = 0

    @property
    def stopped(self) -> str | None:
        """Why sending ended early, altogether or for one operation; None when it did not."""
        reasons = [self._transport.stopped, *self._brake.reasons.values()]
        return "; ".join(filter(None, reasons)) or None

    def has_stopped(self, operation: Operation) -> bool:
        """Whether no batch of this operation is to be sent any more."""
        return self._transport.stopped is not None or operation in self._brake.reasons

    async def deliver(self, batch: Batch) -> Delivery:
        """Send one batch; every row ends ok, rejected or retryable."""
        tally = _Tally(len(batch))
        key = batch.idempotency_key
        try:
            answers = await self._answers(batch, range(len(batch)), tally)
        except _Undelivered as error:
            return Delivery(
                key, "pending", "retryable", error.reason, error.status,
                tally.attempts, tally.is_doubtful,
            )  # fmt: skip
        finally:
            self.requests += tally.attempts
        return Delivery(
            key, "done", "ok", None, tally.ok_status, tally.attempts, tally.is_doubtful, answers
        )

    async def _answers(
        self, batch: Batch, positions: Sequence[int], tally: _Tally
    ) -> list[RowAnswer]:
        """The rows that did not go well, or went well only in a part of their batch.

        positions: where the rows of this (part of a) batch stand in the batch as written.
        """
        said, response = await self._ask(batch, tally)
        is_part = len(batch) < tally.size
        answers = [
            self._answer(batch, positions, row, response)
            for row in said.values()
            if is_part or row.status != "ok"
        ]
        if response.is_success and not is_part:
            tally.ok_status = response.status
        open_rows = [place for place in range(len(batch)) if place not in said]
        if response.is_success or not open_rows:
            self._count(batch, said, answers)
        if not open_rows:
            return answers
        if response.is_success:
            # They may have been taken all the same: whoever is denied meanwhile must be removed.
            tally.is_doubtful = True
            if not said:
                raise _Undelivered("no_answer", response.status)
            rest = (RowOutcome(place, "retryable", "no_answer") for place in open_rows)
            return answers + [self._answer(batch, positions, row, response) for row in rest]
        if is_about_the_request(response.status):
            values = [*self._hidden, *(value for row in batch.rows for value in row.values())]
            answer = scrubbed(excerpt(response), values)
            self._stop(f"the destination answered {answer}; {advice(response.status)}")
            raise _Undelivered(f"http_{response.status}", response.status)
        if len(batch) == 1:
            said[0] = RowOutcome(0, "rejected", excerpt(response))
            answers.append(self._answer(batch, positions, said[0], response))
            self._count(batch, said, answers)
            return answers
        told = list(answers)
        for part in _parts(open_rows, len(batch)):
            key = _part_key(batch.idempotency_key, part)
            places = [positions[place] for place in part]
            try:
                answers += await self._answers(batch.part(part, key), places, tally)
            except _NotSent as error:
                if tally.is_doubtful:
                    raise
                # Their batch was refused plainly, so nobody holds them: the next apply may send
                # them under another key, and what is known of the others need not be forgotten.
                answers += [
                    RowAnswer(
                        place, "retryable", error.reason, response.status, batch.idempotency_key
                    )
                    for place in places
                ]
        # Only now: the rows that the refusal did not name may have been accepted.
        self._count(batch, said, told)
        return answers

    async def _ask(self, batch: Batch, tally: _Tally) -> tuple[dict[int, RowOutcome], Response]:
        """Make the requests of a batch, up to the first refusal. Returns what was said of which
        rows, and the last response."""
        said: dict[int, RowOutcome] = {}
        response = Response(200)
        attempts_before = tally.attempts
        for request in self._destination.requests(batch):
            if self.has_stopped(batch.operation):
                exchange = Exchange(None, "not_sent", 0, False)
            else:
                exchange = await self._transport.exchange(request)
            tally.attempts += exchange.attempts
            tally.is_doubtful = tally.is_doubtful or exchange.is_doubtful
            if exchange.response is None or not exchange.is_final:
                status = exchange.response.status if exchange.response else None
                kind = _NotSent if tally.attempts == attempts_before else _Undelivered
                raise kind(exchange.reason or "no_answer", status)
            response = exchange.response
            if response.is_success and is_web_page(response):
                # The receiver may stand behind it and have taken the rows, or never have seen them.
                tally.is_doubtful = True
                self._stop(
                    f"the destination of {batch.sync} answered with a web page "
                    f"(http_{response.status}), such as a login, proxy or maintenance page; nobody "
                    "knows whether the rows arrived: check its URL, the sign-in and any proxy on "
                    "the way"
                )
                raise _Undelivered("web_page", response.status)
            if isinstance(self._destination, Refuses) and response.is_success:
                response = replace(response, is_refusal=self._destination.refuses(response))
            if not response.is_success:
                # What went well before is not yet well: only refusals of earlier requests stand.
                said = {place: row for place, row in said.items() if row.status != "ok"}
            for row in self._read(response, batch, tally):
                if _SEVERITY[row.status] >= _SEVERITY[said.get(row.position, row).status]:
                    said[row.position] = row
            if not response.is_success:
                break
        return said, response

    def _read(self, response: Response, batch: Batch, tally: _Tally) -> list[RowOutcome]:
        """What an answer says of rows; an odd one that a destination stumbles over says nothing.

        The error's text may hold the answer, so only its kind is told.
        """
        try:
            rows = list(self._destination.outcomes(response, batch))
        except Exception as error:
            # Of any kind: a destination is people's own code, and the other batches go on.
            if not response.is_success:
                return []
            tally.is_doubtful = True
            reason = f"unreadable_answer ({type(error).__name__})"
            raise _Undelivered(reason, response.status) from None
        return [row for row in rows if 0 <= row.position < len(batch)]

    def _count(
        self, batch: Batch, said: Mapping[int, RowOutcome], answers: Sequence[RowAnswer]
    ) -> None:
        states = Counter(row.status for row in said.values())
        self._brake.count(
            batch.operation,
            accepted=states["ok"],
            rejected=states["rejected"],
            reason=next((each.reason for each in answers if each.status == "rejected"), None),
        )

    def _stop(self, reason: str) -> None:
        self._transport.stopped = self._transport.stopped or reason

    def _answer(
        self, batch: Batch, positions: Sequence[int], row: RowOutcome, response: Response
    ) -> RowAnswer:
        reason = row.reason
        if reason is not None and row.status != "ok":
            told = batch.rows[row.position].values()
            values = [*self._hidden, *told, batch.keys[row.position]]
            reason = scrubbed(reason, values)
        return RowAnswer(
            position=positions[row.position],
            status=row.status,
            reason=None if row.status == "ok" else (reason or row.status),
            response_status=response.status,
            sent_key=batch.idempotency_key,
        )


def _parts(open_rows: list[int], size: int) -> list[list[int]]:
    """The undecided rows: alone, if the answer decided some, else in two halves."""
    if len(open_rows) < size:
        return [open_rows]
    middle = size // 2
    return [open_rows[:middle], open_rows[middle:]]


def _part_key(parent: str, part: list[int]) -> str:
    named = f"{parent} {','.join(map(str, part))}"
    return hashlib.sha256(named.encode()).hexdigest()
