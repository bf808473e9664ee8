"""When a request is tried again, and how long that waits."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sync.retry import (
    RetryPolicy,
    advice,
    is_about_the_request,
    is_doubtful,
    is_retryable,
    retry_after,
)

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_these_are_tried_again(status: int) -> None:
    assert is_retryable(status)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422, 501])
def test_these_never_are(status: int) -> None:
    assert not is_retryable(status)


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_these_may_be_about_single_rows(status: int) -> None:
    assert not is_about_the_request(status)


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404, 405, 415, 501])
def test_these_are_about_the_request(status: int) -> None:
    assert is_about_the_request(status)


@pytest.mark.parametrize(
    ("status", "named"), [(301, "redirects"), (401, "credentials"), (404, "URL"), (501, "endpoint")]
)
def test_an_answer_about_the_request_says_what_to_look_at(status: int, named: str) -> None:
    assert named in advice(status)


def test_a_throttled_request_did_nothing_and_a_failed_one_may_have() -> None:
    assert not is_doubtful(429)
    assert is_doubtful(500)


@given(st.integers(1, 9), st.integers(0, 2**32))
def test_full_jitter_stays_under_its_ceiling(attempt: int, seed: int) -> None:
    policy = RetryPolicy(attempts=10, base=0.5, cap=8.0)
    wait = policy.wait(attempt, None, random.Random(seed))
    assert wait is not None and 0 <= wait <= min(8.0, 0.5 * 2 ** (attempt - 1))


@given(st.floats(0, 100), st.integers(0, 2**32))
def test_what_the_server_asks_for_is_a_floor(floor: float, seed: int) -> None:
    wait = RetryPolicy().wait(1, floor, random.Random(seed))
    assert wait is not None and wait >= floor


def test_after_the_last_attempt_there_is_none() -> None:
    assert RetryPolicy(attempts=3).wait(3, None, random.Random(0)) is None


def test_nobody_waits_longer_than_their_patience() -> None:
    assert RetryPolicy(patience=60).wait(1, 61, random.Random(0)) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        (format_datetime(NOON.replace(minute=2), usegmt=True), 120.0),
        (format_datetime(NOON.replace(hour=11), usegmt=True), 0.0),
        ("soon", None),
        ("1e400", None),
        ("nan", None),
        ("Sun, 01 Nov 2026 12:00:00 +99999999999999999999", None),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOON.timestamp()) == seconds


def test_no_retry_after() -> None:
    assert retry_after({}, NOON.timestamp()) is None


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_a_date_without_a_zone_is_utc(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        said = {"Retry-After": "Sun Nov  1 12:00:30 2026"}
        assert retry_after(said, NOON.timestamp()) == 30.0
    finally:
        monkeypatch.undo()
        time.tzset()
