"""How each row of a batch ends, whatever the destination answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar, cast

import orjson
import pyarrow as pa
import pytest

from connectors.destinations.base import (
    Batch,
    DestinationSettings,
    HttpRequest,
    Limits,
    Operation,
    Request,
    Response,
    RowOutcome,
)
from connectors.sync.sender import Sender
from connectors.sync.settle import Delivery
from connectors.sync.transport import Exchange, Transport

Answer = Callable[[list[int]], Response | None]


class Strict:
    """Reads the numbers of bad, good and slow rows from the response, and nothing into silence."""

    settings_model: ClassVar[type[DestinationSettings]] = DestinationSettings
    limits = Limits()

    def __init__(self, requests: int = 1) -> None:
        self._requests = requests

    def requests(self, batch: Batch) -> Iterable[Request]:
        body = orjson.dumps([row["number"] for row in batch.rows])
        for _ in range(self._requests):
            yield HttpRequest("POST", batch.idempotency_key, {}, body)

    def outcomes(self, response: Response, batch: Batch) -> Iterable[RowOutcome]:
        document = orjson.loads(response.body) if response.body.endswith(b"}") else {}
        for position, row in enumerate(batch.rows):
            for status, numbers in document.items():
                if row["number"] in numbers:
                    yield RowOutcome(position, status, f"said of person{row['number']}@example.com")


class Lenient(Strict):
    """Takes every good answer for granted, whatever stands in it."""

    def outcomes(self, response: Response, batch: Batch) -> Iterable[RowOutcome]:
        return [RowOutcome(position, "ok") for position in range(len(batch))]


class Wire:
    """Answers without a network. ``sent`` holds the idempotency key and rows of each request."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.sent: list[tuple[str, list[int]]] = []
        self.stopped: str | None = None

    async def exchange(self, request: HttpRequest) -> Exchange:
        if self.stopped:
            return Exchange(None, "not_sent", 0, False)
        numbers = orjson.loads(request.body)
        answer = self._answers[min(len(self.sent), len(self._answers) - 1)]
        self.sent.append((request.url, numbers))
        response = answer(numbers)
        if response is None:
            return Exchange(None, "ReadError", 3, True)
        return Exchange(response, None, 1, False)


class DoubtfulAtFirst(Wire):
    """Its first answer came at the second attempt: the one before may have got through."""

    async def exchange(self, request: HttpRequest) -> Exchange:
        exchange = await super().exchange(request)
        if len(self.sent) > 1:
            return exchange
        return replace(exchange, attempts=2, is_doubtful=True)


def all_ok(numbers: list[int]) -> Response:
    return Response(200, body=orjson.dumps({"ok": numbers}))


def lost(numbers: list[int]) -> Response | None:
    return None


def refuses(*bad: int, status: int = 422) -> Answer:
    """A destination that fails the whole batch for one bad row, and does not say which."""

    def answer(numbers: list[int]) -> Response:
        return Response(status) if set(bad) & set(numbers) else all_ok(numbers)

    return answer


def new_sender(wire: Wire, destination: Strict | None = None) -> Sender:
    return Sender(cast(Any, destination or Strict()), cast(Transport, wire))


def deliver(
    wire: Wire,
    rows: int = 8,
    destination: Strict | None = None,
    *,
    sender: Sender | None = None,
    operation: Operation = "upsert",
) -> Delivery:
    numbers = list(range(rows))
    batch = Batch(
        sync="sync_x",
        object_name="members",
        operation=operation,
        idempotency_key="first-key",
        table=pa.table(
            {"number": numbers, "email": [f"person{number}@example.com" for number in numbers]}
        ),
        keys=[f"key{number}" for number in numbers],
    )
    sender = sender or new_sender(wire, destination)
    return asyncio.run(sender.deliver(batch))


def status_of(delivery: Delivery, rows: int = 8) -> list[str]:
    """One status a row: that of the batch, unless the row has its own."""
    own = {answer.position: answer.status for answer in delivery.answers}
    assert len(own) == len(delivery.answers), "a row has two states"
    return [own.get(position, delivery.status) for position in range(rows)]


def test_a_batch_that_went_well_needs_no_word_on_its_rows() -> None:
    delivery = deliver(Wire(all_ok))
    assert (delivery.state, delivery.status, delivery.response_status) == ("done", "ok", 200)
    assert delivery.answers == []


def test_a_row_refused_in_a_good_answer_is_rejected_alone() -> None:
    def answer(numbers: list[int]) -> Response:
        return Response(
            200, body=orjson.dumps({"ok": [0, 1, 2], "rejected": [3], "retryable": [4]})
        )

    delivery = deliver(Wire(answer), rows=5)
    assert status_of(delivery, 5) == ["ok", "ok", "ok", "rejected", "retryable"]
    assert delivery.answers[0].reason == "said of [value]"


def test_a_row_that_a_good_answer_leaves_out_is_not_taken_for_granted() -> None:
    delivery = deliver(Wire(lambda numbers: Response(200, body=b'{"ok": [0, 1]}')), rows=3)
    assert status_of(delivery, 3) == ["ok", "ok", "retryable"]
    assert delivery.answers[0].reason == "no_answer"
    assert delivery.is_doubtful, "it may have been taken all the same"


def test_a_good_answer_that_names_no_row_keeps_the_batch_pending() -> None:
    delivery = deliver(Wire(lambda numbers: Response(200, body=b'{"ok": [0, ')), rows=3)
    assert (delivery.state, delivery.reason) == ("pending", "no_answer")
    assert delivery.is_doubtful


PAGE = b"<html><title>Sign in</title></html>"


def test_a_web_page_is_no_receipt_and_stops_the_sync() -> None:
    wire = Wire(lambda numbers: Response(200, body=PAGE), all_ok)
    delivery = deliver(wire, destination=Lenient())
    assert (delivery.state, delivery.reason) == ("pending", "web_page")
    assert delivery.is_doubtful, "the receiver behind it may have taken the rows"
    assert len(wire.sent) == 1
    assert wire.stopped is not None
    for said in ("sync_x", "web page", "check its URL"):
        assert said in wire.stopped


def test_a_web_page_in_answer_to_a_part_keeps_the_whole_batch_pending() -> None:
    delivery = deliver(Wire(refuses(3), all_ok, lambda numbers: Response(200, body=PAGE)))
    assert (delivery.state, delivery.reason, delivery.answers) == ("pending", "web_page", ())


def test_a_web_page_that_refuses_is_a_refusal_as_ever() -> None:
    delivery = deliver(Wire(lambda numbers: Response(422, body=PAGE)), rows=1)
    assert status_of(delivery, 1) == ["rejected"]


@pytest.mark.parametrize("bad", [{0}, {7}, {3}, {0, 7}, {2, 3, 6}, set(range(7))])
def test_bad_rows_fail_alone_when_the_batch_is_refused_as_a_whole(bad: set[int]) -> None:
    wire = Wire(refuses(*bad))
    delivery = deliver(wire)
    assert delivery.state == "done"
    wanted = ["rejected" if number in bad else "ok" for number in range(8)]
    assert status_of(delivery) == wanted
    keys = [key for key, _ in wire.sent]
    assert len(set(keys)) == len(keys), "each part has a key of its own"


def test_the_keys_of_the_parts_are_the_same_every_time() -> None:
    first, second = Wire(refuses(3)), Wire(refuses(3))
    deliver(first)
    deliver(second)
    assert first.sent == second.sent


def test_rows_that_a_refusal_names_are_taken_out_and_the_rest_sent_again() -> None:
    def names_the_bad(numbers: list[int]) -> Response:
        bad = sorted({2, 5} & set(numbers))
        return Response(400, body=orjson.dumps({"rejected": bad})) if bad else all_ok(numbers)

    wire = Wire(names_the_bad)
    delivery = deliver(wire)
    assert [numbers for _, numbers in wire.sent] == [list(range(8)), [0, 1, 3, 4, 6, 7]]
    assert [p for p, status in enumerate(status_of(delivery)) if status == "rejected"] == [2, 5]


@pytest.mark.parametrize("body", [b'{"ok": 5}', b"{nonsense}"])
def test_an_answer_that_a_destination_cannot_read_is_no_answer(body: bytes) -> None:
    """It ended the apply with a traceback, and with it all other batches."""
    delivery = deliver(Wire(lambda numbers: Response(200, body=body)))
    assert delivery.state == "pending" and delivery.is_doubtful
    assert delivery.reason in {
        "unreadable_answer (TypeError)",
        "unreadable_answer (JSONDecodeError)",
    }


def test_a_refusal_that_a_destination_cannot_read_names_no_row() -> None:
    def answer(numbers: list[int]) -> Response:
        return Response(400, body=b"{nonsense}") if 3 in numbers else all_ok(numbers)

    assert [p for p, s in enumerate(status_of(deliver(Wire(answer)))) if s == "rejected"] == [3]


def test_a_row_that_is_not_in_the_batch_is_passed_over() -> None:
    class Miscounts(Lenient):
        def outcomes(self, response: Response, batch: Batch) -> Iterable[RowOutcome]:
            yield from super().outcomes(response, batch)
            yield RowOutcome(len(batch), "rejected", "of nobody")
            yield RowOutcome(-1, "rejected", "of nobody")

    delivery = deliver(Wire(all_ok), destination=Miscounts())
    assert (delivery.state, delivery.answers) == ("done", [])


def test_no_clear_answer_keeps_the_batch_pending() -> None:
    delivery = deliver(Wire(lost))
    assert (delivery.state, delivery.reason, delivery.is_doubtful) == ("pending", "ReadError", True)
    assert delivery.attempts == 3


def test_no_clear_answer_to_a_part_keeps_the_whole_batch_pending() -> None:
    delivery = deliver(Wire(refuses(3), all_ok, lost))
    assert delivery.state == "pending" and delivery.answers == ()


@pytest.mark.parametrize("status", [401, 403, 404, 307])
def test_a_refusal_of_the_request_itself_stops_everything_at_once(status: int) -> None:
    wire = Wire(lambda numbers: Response(status, body=b"person1@example.com may not"))
    delivery = deliver(wire)
    assert len(wire.sent) == 1
    assert (delivery.state, delivery.reason) == ("pending", f"http_{status}")
    assert wire.stopped is not None
    assert wire.stopped.startswith(f"the destination answered http_{status} [value] may not; ")


def test_a_destination_that_rejects_everything_is_left_alone() -> None:
    wire = Wire(lambda numbers: Response(400, body=b"unknown field"))
    sender = new_sender(wire)
    delivery = deliver(wire, rows=500, sender=sender)
    assert len(wire.sent) < 60
    assert (
        sender.stopped == "every row to add or change was rejected so far (http_400 unknown field)"
    )
    assert Counter(status_of(delivery, 500)) == {"rejected": 20, "retryable": 480}
    unsent = [answer for answer in delivery.answers if answer.status == "retryable"]
    keys = {key for key, _ in wire.sent}
    assert {(each.reason, each.response_status) for each in unsent} == {("not_sent", 400)}
    assert {each.sent_key for each in unsent} <= keys, "a key it travelled under"


def test_rows_that_are_perhaps_held_keep_their_key_when_sending_stops() -> None:
    wire = DoubtfulAtFirst(lambda numbers: Response(400))
    delivery = deliver(wire, rows=500)
    assert (delivery.state, delivery.reason, delivery.answers) == ("pending", "not_sent", ())


def test_removals_that_are_all_rejected_stop_no_addition() -> None:
    wire = Wire(lambda numbers: Response(422, body=b"not a member"))
    sender = new_sender(wire)
    deliver(wire, rows=30, sender=sender, operation="remove")
    assert sender.stopped == "every removal was rejected so far (http_422 not a member)"
    assert sender.has_stopped("remove") and not sender.has_stopped("upsert")
    added = Wire(all_ok)
    sender._transport = cast(Transport, added)
    assert status_of(deliver(added, sender=sender)) == ["ok"] * 8


def test_rows_that_good_answers_reject_count_as_rejected() -> None:
    wire = Wire(lambda numbers: Response(200, body=orjson.dumps({"rejected": numbers})))
    sender = new_sender(wire)
    for _ in range(2):
        assert not sender.has_stopped("upsert")
        delivery = deliver(wire, rows=10, sender=sender)
        assert status_of(delivery, 10) == ["rejected"] * 10
    assert sender.stopped == "every row to add or change was rejected so far (said of [value])"


def test_a_refusal_that_names_many_rows_stops_nothing_while_others_are_accepted() -> None:
    def names_the_bad(numbers: list[int]) -> Response:
        bad = sorted(set(range(40)) & set(numbers))
        return Response(400, body=orjson.dumps({"rejected": bad})) if bad else all_ok(numbers)

    wire = Wire(names_the_bad)
    sender = new_sender(wire)
    delivery = deliver(wire, rows=100, sender=sender)
    assert Counter(status_of(delivery, 100)) == {"rejected": 40, "ok": 60}
    assert sender.stopped is None


def test_of_two_requests_a_row_must_pass_both() -> None:
    def second(numbers: list[int]) -> Response:
        return Response(200, body=orjson.dumps({"ok": [0, 1], "rejected": [2]}))

    delivery = deliver(Wire(all_ok, second), rows=3, destination=Strict(requests=2))
    assert status_of(delivery, 3) == ["ok", "ok", "rejected"]


def test_a_batch_refused_by_its_second_request_is_not_done() -> None:
    def second(numbers: list[int]) -> Response:
        return Response(422)

    wire = Wire(all_ok, second, all_ok)
    delivery = deliver(wire, rows=2, destination=Strict(requests=2))
    assert status_of(delivery, 2) == ["ok", "ok"]
    assert [numbers for _, numbers in wire.sent] == [[0, 1], [0, 1], [0], [0], [1], [1]]
