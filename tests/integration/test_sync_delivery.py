"""Delivery over a real socket to a receiver that fails in every way it can."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from connectors.sync import SyncResult
from connectors.sync.retry import RetryPolicy
from goldthread.demo.receiver import running_receiver
from tests.faulty_receiver import SECRET, Fault, FaultyReceiver, Seen, faulty_receiver
from tests.sync_home import SyncHome, members


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


def small_batches(home: SyncHome, rows: int = 10, **settings: Any) -> Any:
    known = {"url_env": "TEST_URL", "secret_env": "TEST_SECRET", "rows": rows}
    return home.spec(settings={**known, **settings})


def apply(home: SyncHome, receiver: FaultyReceiver, **options: Any) -> SyncResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_URL", receiver.url)
        return home.apply(**options)


def held(receiver: FaultyReceiver) -> set[str]:
    return {str(fields["customer_id"]) for fields in receiver.lists.members().values()}


def assert_nothing_is_taken_twice(receiver: FaultyReceiver) -> None:
    """Whatever came in more than once came under one idempotency key."""
    keys: dict[str, set[str]] = {}
    for seen in receiver.seen:
        for fields in seen.fields:
            keys.setdefault(f"{seen.operation} {fields['customer_id']}", set()).add(
                seen.idempotency_key
            )
    assert {row: found for row, found in keys.items() if len(found) > 1} == {}


def test_everything_arrives_and_a_second_apply_sends_nothing(
    home: SyncHome, tmp_path: Path
) -> None:
    home.publish(members(95), small_batches(home), denied={"cus_0007": "consent_denied"})
    with faulty_receiver(tmp_path / "tool") as receiver:
        first = apply(home, receiver)
        assert (first.sent, first.acknowledged, first.is_complete) == (94, 94, True)
        assert first.plan.held_back == {"consent_denied": 1}
        assert len(receiver.seen) == 10
        second = apply(home, receiver)
        assert (second.sent, second.requests, second.plan.unchanged) == (0, 0, 94)
        assert len(receiver.seen) == 10
        assert len(held(receiver)) == 94
        assert receiver.lists.members()["lapsed_buyers:cus_0001"] == {
            "list": "lapsed_buyers",
            "customer_id": "cus_0001",
            "email": "person1@example.com",
            "first_name": "Firstname1",
            "spent": 1.5,
        }


def test_those_who_left_or_withdrew_are_taken_off(home: SyncHome, tmp_path: Path) -> None:
    with faulty_receiver(tmp_path / "tool") as receiver:
        home.publish(members(10), small_batches(home))
        apply(home, receiver)
        denied = {"cus_0001": "consent_denied"}
        home.publish(members(8), small_batches(home), denied=denied)
        result = apply(home, receiver)
        assert (result.plan.removes, result.acknowledged) == (3, 3)
        assert held(receiver) == {f"cus_{n:04d}" for n in (0, 2, 3, 4, 5, 6, 7)}
        removal = receiver.seen[-1]
        assert removal.operation == "remove"
        assert all(set(fields) == {"list", "customer_id"} for fields in removal.fields)


def test_two_keys_with_colons_are_two_rows(home: SyncHome, tmp_path: Path) -> None:
    rows = members(3)
    for row, audience, customer_id in zip(
        rows, ("a", "a:b", "a"), ("b:c", "c", "b%3Ac"), strict=True
    ):
        row.update(audience=audience, customer_id=customer_id)
    home.publish(rows, small_batches(home))
    with faulty_receiver(tmp_path / "tool") as receiver:
        assert apply(home, receiver).acknowledged == 3
        assert set(receiver.lists.members()) == {"a:b%3Ac", "a%3Ab:c", "a:b%253Ac"}
        home.publish(rows[1:], small_batches(home))
        apply(home, receiver)
        assert set(receiver.lists.members()) == {"a%3Ab:c", "a:b%253Ac"}


def test_upsert_leaves_them_there(home: SyncHome, tmp_path: Path) -> None:
    spec = home.spec(mode="upsert")
    with faulty_receiver(tmp_path / "tool") as receiver:
        home.publish(members(3), spec)
        apply(home, receiver)
        home.publish(members(2), spec)
        result = apply(home, receiver)
        assert (result.sent, result.plan.left) == (0, 1)
        assert len(held(receiver)) == 3


@pytest.mark.parametrize(
    "fault",
    [
        Fault(500),
        Fault(503, is_stored=True),
        Fault(429, {"Retry-After": "0"}),
        Fault(None),
        Fault(None, is_stored=True),
    ],
    ids=["error", "error after taking", "throttled", "cut", "cut after taking"],
)
def test_a_fault_at_every_first_attempt_is_survived(
    home: SyncHome, tmp_path: Path, fault: Fault
) -> None:
    met: set[str] = set()

    def first_time(seen: Seen) -> Fault | None:
        is_new = seen.idempotency_key not in met
        met.add(seen.idempotency_key)
        return fault if is_new else None

    home.publish(members(45), small_batches(home))
    with faulty_receiver(tmp_path / "tool", first_time) as receiver:
        result = apply(home, receiver)
        assert (result.acknowledged, result.is_complete) == (45, True)
        assert len(held(receiver)) == 45
        assert len(receiver.seen) == 10
        assert_nothing_is_taken_twice(receiver)
        assert receiver.lists.summary()["replays"] == (5 if fault.is_stored else 0)


def test_retry_after_is_waited_for(home: SyncHome, tmp_path: Path) -> None:
    policy = RetryPolicy(attempts=3, base=0.001, cap=0.002, patience=0.5)
    home.publish(members(1), small_batches(home))
    with faulty_receiver(
        tmp_path / "tool", lambda seen: Fault(429, {"Retry-After": "1"})
    ) as receiver:
        result = apply(home, receiver, policy=policy)
        assert (result.undelivered, result.requests) == (1, 1), "longer than our patience"


def test_what_an_outage_left_goes_out_later_under_its_old_key(
    home: SyncHome, tmp_path: Path
) -> None:
    home.publish(members(30), small_batches(home))
    with faulty_receiver(tmp_path / "tool", lambda seen: Fault(503, is_stored=True)) as receiver:
        first = apply(home, receiver)
        assert (first.acknowledged, first.undelivered) == (0, 30)
        assert home.history("select distinct status, reason from sync_rows") == [
            ("retryable", "http_503")
        ]
        receiver.faults = lambda seen: None
        assert home.plan().resends == 30
        second = apply(home, receiver)
        assert (second.plan.resends, second.plan.adds) == (30, 0)
        assert (second.sent, second.acknowledged) == (30, 30)
        assert_nothing_is_taken_twice(receiver)
        assert home.history("select count(*), any_value(status) from sync_rows") == [(30, "ok")]


def test_what_changed_during_an_outage_goes_out_under_a_new_key(
    home: SyncHome, tmp_path: Path
) -> None:
    home.publish(members(20), small_batches(home))
    with faulty_receiver(tmp_path / "tool", lambda seen: Fault(None, is_stored=True)) as receiver:
        apply(home, receiver)
        receiver.faults = lambda seen: None
        rows = members(20)
        rows[0]["email"] = "moved@example.com"
        home.publish(rows, small_batches(home), denied={"cus_0001": "consent_denied"})
        result = apply(home, receiver)
        assert result.is_complete
        # The receiver had taken cus_0001 although we never heard so: it is taken off again.
        assert held(receiver) == {f"cus_{n:04d}" for n in range(20) if n != 1}
        emails = {fields["email"] for fields in receiver.lists.members().values()}
        assert "moved@example.com" in emails and "person0@example.com" not in emails
        superseded = home.history(
            "select distinct run_number, status from sync_rows where reason like '%superseded%'"
        )
        assert superseded == [(1, "retryable")]
        assert apply(home, receiver).sent == 0


def test_one_bad_row_fails_alone_where_the_tool_refuses_the_whole_batch(
    home: SyncHome, tmp_path: Path
) -> None:
    def strict(seen: Seen) -> Fault | None:
        bad = any(fields.get("first_name") == "Firstname13" for fields in seen.fields)
        return Fault(422, document={"error": "invalid first name Firstname13"}) if bad else None

    home.publish(members(64), small_batches(home, rows=64))
    with faulty_receiver(tmp_path / "tool", strict) as receiver:
        result = apply(home, receiver)
        assert (result.acknowledged, result.rejected, result.undelivered) == (63, 1, 0)
        assert result.reasons == {'http_422 {"error": "invalid first name [value]"}': 1}
        assert len(held(receiver)) == 63
        assert len(receiver.seen) == 1 + 2 * 6
        assert home.history("select customer_id from sync_rows where status = 'rejected'") == [
            ("cus_0013",)
        ]
        # It stays in the difference, alone in its batch.
        assert home.plan().refused_before == 1
        receiver.faults = lambda seen: None
        again = apply(home, receiver)
        assert (again.sent, again.acknowledged) == (1, 1)


def test_a_row_refused_in_a_good_answer_is_told_with_its_reason(
    home: SyncHome, tmp_path: Path
) -> None:
    rows = members(20)
    rows[4]["email"] = "no address at all"
    home.publish(rows, small_batches(home))
    with faulty_receiver(tmp_path / "tool") as receiver:
        result = apply(home, receiver)
        assert (result.acknowledged, result.rejected) == (19, 1)
        assert result.reasons == {"malformed e-mail address": 1}
        assert len(held(receiver)) == 19
        rows[4]["email"] = "mended@example.com"
        home.publish(rows, small_batches(home))
        assert apply(home, receiver).acknowledged == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_wrong_credentials_stop_at_once_and_lose_nothing(
    home: SyncHome, tmp_path: Path, status: int
) -> None:
    home.publish(members(50), small_batches(home, concurrency=1))
    with faulty_receiver(tmp_path / "tool", lambda seen: Fault(status)) as receiver:
        result = apply(home, receiver)
        assert len(receiver.seen) == 1
        assert result.undelivered == 50
        assert result.reasons == {f"http_{status}": 10, "not_sent": 40}
        assert f"http_{status}" in (result.stopped or "")
        # Who withdraws consent before anything was sent about them is not heard of at all.
        unsent = home.history("select min(customer_id) from sync_rows where reason = 'not_sent'")
        (gone,) = unsent[0]
        receiver.faults = lambda seen: None
        home.publish(
            members(50), small_batches(home, concurrency=1), denied={gone: "consent_denied"}
        )
        result = apply(home, receiver)
        assert (result.plan.resends, result.plan.adds, result.plan.removes) == (10, 39, 0)
        assert result.acknowledged == 49
        assert_nothing_is_taken_twice(receiver)
        assert gone not in {row["customer_id"] for seen in receiver.seen for row in seen.fields}


def test_a_wrong_secret_delivers_nothing(
    home: SyncHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.publish(members(5), small_batches(home))
    monkeypatch.setenv("TEST_SECRET", "another")
    with running_receiver(tmp_path / "tool", SECRET) as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        result = home.apply()
        assert result.undelivered == 5
        assert "wrong signature" in (result.stopped or "")
        assert receiver.lists.members() == {}


def test_no_more_requests_are_in_flight_than_the_destination_admits(
    home: SyncHome, tmp_path: Path
) -> None:
    flying, most = Counter[str](), [0]
    together = threading.Barrier(3)

    def watch(seen: Seen) -> Fault | None:
        flying["now"] += 1
        most[0] = max(most[0], flying["now"])
        # Three requests must be there at once before any of the first three is answered.
        if seen.number < 3:
            together.wait(timeout=10)
        flying["now"] -= 1
        return None

    home.publish(members(60), small_batches(home, rows=2, concurrency=3))
    with faulty_receiver(tmp_path / "tool", watch) as receiver:
        assert apply(home, receiver).acknowledged == 60
    assert most[0] == 3


def test_secrets_and_people_stay_out_of_logs_results_and_files(
    home: SyncHome, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rows = members(10)
    rows[4]["email"] = "secretive person"
    home.publish(rows, small_batches(home))
    with faulty_receiver(
        tmp_path / "tool", lambda seen: Fault(500) if seen.number == 0 else None
    ) as receiver:
        result = apply(home, receiver)
    shown = caplog.text + repr(result) + str(result.to_dict())
    for hidden in (SECRET, "/members?", "person4", "secretive", "Firstname4"):
        assert hidden not in shown
    for path in (home.settings.home / "ledger").rglob("*.duckdb"):
        assert SECRET.encode() not in path.read_bytes()
    assert SECRET.encode() not in home.settings.syncs_path.read_bytes()


def test_a_secret_that_the_tool_repeats_is_not_kept(home: SyncHome, tmp_path: Path) -> None:
    home.publish(members(3), small_batches(home))
    echo = Fault(401, document={"error": f"{SECRET} is unknown"})
    with faulty_receiver(tmp_path / "tool", lambda seen: echo) as receiver:
        result = apply(home, receiver)
    assert result.stopped is not None and "[value] is unknown" in result.stopped
    for path in [*(home.settings.home / "ledger").rglob("*.duckdb"), home.settings.syncs_path]:
        assert SECRET.encode() not in path.read_bytes()


def test_progress_ends_at_the_total(home: SyncHome, tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []
    home.publish(members(25), small_batches(home))
    with faulty_receiver(tmp_path / "tool") as receiver:
        apply(home, receiver, progress=lambda done, total: calls.append((done, total)))
    assert calls[-1] == (25, 25)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
