"""A sync whose key is changed while the destination holds rows under the former one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.sync import SyncResult
from tests.faulty_receiver import SECRET, Fault, FaultyReceiver, Seen, faulty_receiver
from tests.sync_home import SyncHome, members

FIELDS = {"list": "audience", "customer_id": "customer_id", "email": "email"}
# To the receiver, which goes by the key's text, the keys stay what they were.
RENAMED = {"list": "audience", "id": "customer_id", "email": "email"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


def publish(home: SyncHome, fields: dict[str, str], rows: int = 30) -> None:
    settings: dict[str, Any] = {"url_env": "TEST_URL", "secret_env": "TEST_SECRET", "rows": 10}
    home.publish(members(rows), home.spec(fields=fields, settings=settings))


def apply(home: SyncHome, receiver: FaultyReceiver) -> SyncResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_URL", receiver.url)
        return home.apply()


def test_rows_move_to_the_new_key_once(home: SyncHome, tmp_path: Path) -> None:
    with faulty_receiver(tmp_path / "tool") as receiver:
        publish(home, FIELDS)
        apply(home, receiver)
        publish(home, RENAMED)
        result = apply(home, receiver)
        assert (result.plan.removes, result.plan.adds, result.plan.changes) == (30, 30, 0)
        assert {*receiver.lists.members()["lapsed_buyers:cus_0001"]} == {"list", "id", "email"}
        assert apply(home, receiver).sent == 0


@pytest.mark.parametrize("addition", [None, Fault(None, is_stored=True)], ids=["heard", "lost"])
@pytest.mark.parametrize("removal", [Fault(503), Fault(422), Fault(None, is_stored=True)])
def test_a_removal_that_comes_through_late_takes_nobody_off(
    home: SyncHome, tmp_path: Path, removal: Fault, addition: Fault | None
) -> None:
    def fail(seen: Seen) -> Fault | None:
        return removal if seen.operation == "remove" else addition

    with faulty_receiver(tmp_path / "tool") as receiver:
        publish(home, FIELDS)
        apply(home, receiver)
        publish(home, RENAMED)
        receiver.faults = fail
        assert not apply(home, receiver).is_complete
        receiver.faults = lambda seen: None
        publish(home, RENAMED, rows=28)
        apply(home, receiver)
        assert len(receiver.lists.members()) == 28
        plan = home.plan()
        assert (plan.unchanged, plan.to_send) == (28, 0)


def publish_numbers(home: SyncHome, rows: int, kind: str) -> None:
    """People whose ids are numbers; kind: the type of the key column."""
    people = [{**row, "customer_id": f"{1000 + n}"} for n, row in enumerate(members(rows))]
    home.publish(people, home.spec(fields=FIELDS))
    with duckdb.connect(str(home.settings.activation_path)) as con:
        con.execute("use activation.activation")
        con.execute(f"alter table webhook__audience_members alter customer_id type {kind}")


@pytest.mark.parametrize("removal", [Fault(503), Fault(422)])
def test_a_key_column_of_another_type_takes_nobody_off(
    home: SyncHome, tmp_path: Path, removal: Fault
) -> None:
    with faulty_receiver(tmp_path / "tool") as receiver:
        publish_numbers(home, 10, "integer")
        apply(home, receiver)
        receiver.faults = lambda seen: removal if seen.operation == "remove" else None
        publish_numbers(home, 10, "varchar")
        assert not apply(home, receiver).is_complete
        receiver.faults = lambda seen: None
        publish_numbers(home, 8, "varchar")
        apply(home, receiver)
        assert len(receiver.lists.members()) == 8
        plan = home.plan()
        assert (plan.unchanged, plan.to_send) == (8, 0)
