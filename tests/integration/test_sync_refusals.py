"""Rows that the tool refuses for good, beside others that it takes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from connectors.sync import SyncResult
from tests.faulty_receiver import SECRET, Fault, FaultyReceiver, Seen, faulty_receiver
from tests.sync_home import Row, SyncHome, members


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


def publish(home: SyncHome, people: list[Row], **settings: Any) -> None:
    known = {"url_env": "TEST_URL", "secret_env": "TEST_SECRET", "rows": 10}
    home.publish(people, home.spec(settings={**known, **settings}))


def apply(home: SyncHome, receiver: FaultyReceiver) -> SyncResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_URL", receiver.url)
        return home.apply()


def newcomers(count: int) -> list[Row]:
    return [{**row, "customer_id": f"new_{row['customer_id']}"} for row in members(count)]


def test_removals_that_are_all_refused_keep_nobody_off_the_list(
    home: SyncHome, tmp_path: Path
) -> None:
    def nobody_to_remove(seen: Seen) -> Fault | None:
        return Fault(422) if seen.operation == "remove" else None

    with faulty_receiver(tmp_path / "tool", nobody_to_remove) as receiver:
        publish(home, members(50))
        apply(home, receiver)
        publish(home, members(10) + newcomers(30))
        result = apply(home, receiver)
        assert result.acknowledged == 30
        assert result.stopped == "every removal was rejected so far (http_422 {})"
        stopped = home.history("select stopped from sync_runs where run_number = 2")
        assert stopped == [(result.stopped,)]


@pytest.mark.parametrize("concurrency", [1, 8])
def test_rows_refused_before_are_asked_for_last(
    home: SyncHome, tmp_path: Path, concurrency: int
) -> None:
    bad = [{**row, "first_name": "BAD"} for row in members(60)]

    def strict(seen: Seen) -> Fault | None:
        if any(fields["first_name"] == "BAD" for fields in seen.fields):
            return Fault(400)
        time.sleep(0.05)
        return None

    with faulty_receiver(tmp_path / "tool", strict) as receiver:
        publish(home, bad, rows=100, concurrency=concurrency)
        for refused in (20, 40, 60):
            assert apply(home, receiver).stopped is not None
            assert home.plan().refused_before == refused
        publish(home, bad + newcomers(20), rows=100, concurrency=concurrency)
        receiver.seen.clear()
        result = apply(home, receiver)
        assert (result.acknowledged, result.rejected) == (20, 60)
        assert {fields["first_name"] for fields in receiver.seen[0].fields} != {"BAD"}
        # Nothing is forgotten of those that were not reached.
        apply(home, receiver)
        assert home.plan().refused_before == len(bad)


def test_a_tool_that_rejects_every_row_by_name_is_left_alone(
    home: SyncHome, tmp_path: Path
) -> None:
    rows = [{**row, "email": "no address"} for row in members(200)]
    publish(home, rows, concurrency=1)
    with faulty_receiver(tmp_path / "tool") as receiver:
        result = apply(home, receiver)
    assert (result.rejected, result.undelivered) == (20, 180)
    assert "malformed e-mail address" in (result.stopped or "")
