"""The demo's e-mail tool: whom it believes, and what it remembers."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from goldthread.demo.receiver import Receiver, running_receiver

SECRET = "shared"
NOW = 1_800_000_000


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with running_receiver(tmp_path, SECRET) as receiver:
        receiver.clock = lambda: NOW
        yield receiver


def body(*rows: dict[str, Any], operation: str = "upsert") -> bytes:
    listed = [{"key": row["id"], "fields": row} for row in rows]
    return json.dumps({"object": "members", "operation": operation, "rows": listed}).encode()


def post(
    receiver: Receiver,
    content: bytes,
    *,
    key: str | None = "k1",
    timestamp: int = NOW,
    secret: str = SECRET,
    signed: bytes | None = None,
) -> httpx.Response:
    message = f"{timestamp}.".encode() + (content if signed is None else signed)
    digest = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    headers = {
        "Goldthread-Timestamp": str(timestamp),
        "Goldthread-Signature": f"sha256={digest}",
    }
    if key is not None:
        headers["Idempotency-Key"] = key
    return httpx.post(receiver.url, content=content, headers=headers, trust_env=False)


ANA = {"id": "c1", "list": "buyers", "email": "ana@example.com"}
BOB = {"id": "c2", "list": "buyers", "email": "bob@example.com"}


def sizes(receiver: Receiver) -> dict[str, int]:
    page = httpx.get(receiver.url.replace("/members", "/lists"), trust_env=False).json()
    return {each["name"]: each["size"] for each in page["lists"]}


def test_members_are_put_on_lists_and_taken_off(receiver: Receiver) -> None:
    answer = post(receiver, body(ANA, BOB))
    assert answer.json()["results"] == [
        {"key": "c1", "status": "ok"},
        {"key": "c2", "status": "ok"},
    ]
    assert sizes(receiver) == {"buyers": 2}
    post(receiver, body({"id": "c1"}, operation="remove"), key="k2")
    assert sizes(receiver) == {"buyers": 1}


def test_a_malformed_address_is_rejected_alone(receiver: Receiver) -> None:
    answer = post(receiver, body(ANA, {**BOB, "email": "bob at example"}))
    assert [row["status"] for row in answer.json()["results"]] == ["ok", "rejected"]
    assert sizes(receiver) == {"buyers": 1}


def test_the_same_key_changes_nothing_and_answers_as_before(receiver: Receiver) -> None:
    first = post(receiver, body(ANA))
    post(receiver, body({"id": "c1"}, operation="remove"), key="k2")
    again = post(receiver, body(ANA))
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert sizes(receiver) == {}


def test_a_key_cannot_be_used_for_another_body(receiver: Receiver) -> None:
    post(receiver, body(ANA))
    assert post(receiver, body(BOB)).status_code == 409
    assert sizes(receiver) == {"buyers": 1}


@pytest.mark.parametrize("offset", [-301, 301, -86_400])
def test_a_timestamp_outside_the_window_is_refused(receiver: Receiver, offset: int) -> None:
    assert post(receiver, body(ANA), timestamp=NOW + offset).status_code == 401
    assert sizes(receiver) == {}


@pytest.mark.parametrize("offset", [-299, 0, 299])
def test_a_timestamp_within_the_window_is_fine(receiver: Receiver, offset: int) -> None:
    assert post(receiver, body(ANA), timestamp=NOW + offset).status_code == 200


def test_another_secret_is_refused(receiver: Receiver) -> None:
    assert post(receiver, body(ANA), secret="guessed").status_code == 401


def test_a_changed_body_is_refused(receiver: Receiver) -> None:
    assert post(receiver, body(BOB), signed=body(ANA)).status_code == 401


def test_an_unsigned_request_is_refused(receiver: Receiver) -> None:
    answer = httpx.post(receiver.url, content=body(ANA), trust_env=False)
    assert answer.status_code == 401


def test_a_request_without_a_key_is_refused(receiver: Receiver) -> None:
    assert post(receiver, body(ANA), key=None).status_code == 400


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"object": 1, "rows": [1]}', b"\xff"])
def test_another_shape_is_refused(receiver: Receiver, content: bytes) -> None:
    assert post(receiver, content).status_code == 400


def test_an_unknown_operation_is_refused(receiver: Receiver) -> None:
    assert post(receiver, body(ANA, operation="truncate")).status_code == 400


def test_it_holds_its_lists_after_a_restart(tmp_path: Path) -> None:
    for turn in ("first", "second"):
        with running_receiver(tmp_path, SECRET) as receiver:
            receiver.clock = lambda: NOW
            answer = post(receiver, body(ANA, BOB))
            assert ("Idempotent-Replayed" in answer.headers) == (turn == "second")
            assert sizes(receiver) == {"buyers": 2}


def test_other_pages_do_not_exist(receiver: Receiver) -> None:
    url = receiver.url.replace("/members", "/etc/passwd")
    assert httpx.get(url, trust_env=False).status_code == 404
