"""A guard stops mistakes; whoever withdrew leaves the destination all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sync.errors import GuardTripped
from tests.faulty_receiver import SECRET, Fault, FaultyReceiver, faulty_receiver
from tests.sync_home import Row, SyncHome, members

GUARDS = {"max_remove_share": 0.3}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyReceiver]:
    with faulty_receiver(tmp_path / "tool") as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        yield receiver


def publish(home: SyncHome, rows: list[Row], reasons: dict[int, str]) -> None:
    denied = {f"cus_{number:04d}": reason for number, reason in reasons.items()}
    home.publish(rows, home.spec(guards=GUARDS), denied=denied)


def held(receiver: FaultyReceiver) -> set[int]:
    return {int(str(key)[-4:]) for key in receiver.lists.members()}


@pytest.mark.parametrize("reason", ["consent_denied", "suppressed"])
def test_no_guard_counts_those_who_withdrew(
    home: SyncHome, receiver: FaultyReceiver, reason: str
) -> None:
    publish(home, members(20), {})
    home.apply()
    publish(home, members(20), dict.fromkeys(range(15), reason))
    plan = home.plan()
    assert (plan.removes, plan.withdrawals, plan.guards) == (15, 15, ())
    assert home.apply().is_complete
    assert held(receiver) == set(range(15, 20))


def test_a_guard_holds_back_everything_but_those_who_withdrew(
    home: SyncHome, receiver: FaultyReceiver
) -> None:
    publish(home, members(30), {})
    home.apply()
    # Twenty are not in the model any more, two are held back for want of a region, three withdrew,
    # and somebody is new.
    changed = [*members(10), *members(31)[30:]]
    reasons = {0: "unknown_region", 1: "unknown_region", 2: "consent_denied", 3: "suppressed"}
    publish(home, changed, {**reasons, 4: "consent_denied"})
    plan = home.plan()
    assert (plan.adds, plan.removes, plan.withdrawals) == (1, 25, 3)
    assert "22 of 30 rows (73%) would be removed" in plan.guards[0]
    with pytest.raises(GuardTripped, match=r"people who withdrew \(3 of 3 acknowledged\)"):
        home.apply()
    assert held(receiver) == set(range(30)) - {2, 3, 4}
    assert home.history(
        "select state, removed_count, added_count, acknowledged_count, stopped[:19] from sync_runs "
        "order by run_number desc limit 1"
    ) == [("incomplete", 3, 0, 3, "22 of 30 rows (73%)")]
    # Nobody is left who withdrew: the guard stops the whole of it.
    sent = len(receiver.seen)
    with pytest.raises(GuardTripped, match="nothing was sent:"):
        home.apply()
    assert len(receiver.seen) == sent
    assert home.apply(force=True).is_complete
    assert held(receiver) == {5, 6, 7, 8, 9, 30}


def test_a_removal_that_got_no_answer_is_asked_for_again_behind_a_guard(
    home: SyncHome, receiver: FaultyReceiver
) -> None:
    publish(home, members(20), {})
    home.apply()
    publish(home, members(5), {2: "consent_denied"})
    receiver.faults = lambda _: Fault(status=503)
    with pytest.raises(GuardTripped, match=r"\(0 of 1 acknowledged\)"):
        home.apply()
    receiver.faults = lambda _: None
    with pytest.raises(GuardTripped, match=r"\(1 of 1 acknowledged\)"):
        home.apply()
    assert held(receiver) == set(range(20)) - {2}
    removals = [seen for seen in receiver.seen if seen.operation == "remove"]
    assert len({seen.idempotency_key for seen in removals}) == 1


def test_a_snapshot_waits_as_a_whole(home: SyncHome) -> None:
    home.publish(members(20))
    home.apply("files__members")
    home.publish(members(5), home.files_spec(guards=GUARDS), denied={"cus_0002": "suppressed"})
    with pytest.raises(GuardTripped, match="nothing was sent:"):
        home.apply("files__members")
    assert home.plan("files__members").removes == 16
