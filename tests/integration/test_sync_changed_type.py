"""A mapped column whose type changes while its JSON text, and so its hash, stays the same."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from connectors.sync import SyncResult
from tests.faulty_receiver import SECRET, Fault, FaultyReceiver, faulty_receiver
from tests.sync_home import SyncHome, members

FIELDS = {"list": "audience", "customer_id": "customer_id", "seen": "seen_at"}
MOMENT, TEXT = "2026-10-01T12:00:00Z", "2026-10-01 12:00:00"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


def publish(home: SyncHome, kind: str) -> None:
    home.publish(members(3), home.spec(fields=FIELDS))
    with duckdb.connect(str(home.settings.activation_path)) as con:
        con.execute("use activation.activation")
        con.execute(f"alter table webhook__audience_members alter seen_at type {kind}")


def apply(home: SyncHome, receiver: FaultyReceiver) -> SyncResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_URL", receiver.url)
        return home.apply()


def held(receiver: FaultyReceiver) -> set[str]:
    return {fields["seen"] for fields in receiver.lists.members().values()}


def test_what_a_request_writes_otherwise_now_is_a_change(home: SyncHome, tmp_path: Path) -> None:
    with faulty_receiver(tmp_path / "tool") as receiver:
        publish(home, "timestamp")
        apply(home, receiver)
        assert held(receiver) == {MOMENT}
        publish(home, "varchar")
        assert home.plan().changes == 3
        assert apply(home, receiver).acknowledged == 3
        assert held(receiver) == {TEXT}
        assert home.plan().unchanged == 3


def test_a_pending_batch_goes_out_under_a_new_key(home: SyncHome, tmp_path: Path) -> None:
    with faulty_receiver(tmp_path / "tool", lambda seen: Fault(503)) as receiver:
        publish(home, "timestamp")
        apply(home, receiver)
        receiver.faults = lambda seen: None
        publish(home, "varchar")
        result = apply(home, receiver)
        assert (result.plan.resends, result.acknowledged) == (0, 3)
        bodies = {(seen.idempotency_key, seen.fields[0]["seen"]) for seen in receiver.seen}
        assert len(bodies) == len({key for key, _ in bodies}) == 2


def test_a_ledger_of_the_version_before_sends_nothing_anew(home: SyncHome, tmp_path: Path) -> None:
    with faulty_receiver(tmp_path / "tool") as receiver:
        publish(home, "timestamp")
        apply(home, receiver)
        ledger = home.settings.ledger_dir / "sync_webhook__audience_members.duckdb"
        with duckdb.connect(str(ledger)) as con:
            con.execute("delete from meta where name = 'forms'")
        assert apply(home, receiver).sent == 0
        publish(home, "varchar")
        assert apply(home, receiver).sent == 3
