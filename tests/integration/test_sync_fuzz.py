"""Random weeks in the life of a sync: people come, move, withdraw and return, the tool fails, the
process dies. After each undisturbed apply the tool holds exactly what it may hold."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import Any

import pytest

import connectors.sync.apply
from tests.faulty_receiver import SECRET, Fault, FaultyReceiver, Seen, faulty_receiver
from tests.sync_home import SyncHome, members

PEOPLE = 30
STEPS = ("begin_run", "cut", "intend", "stage", "record", "release_unsent", "settle", "end_run")


class Died(BaseException):
    """The process is gone at this point."""


class Week:
    """The world around one sync, driven by one seed."""

    def __init__(self, home: SyncHome, receiver: FaultyReceiver, seed: int) -> None:
        self._home = home
        self._receiver = receiver
        self._chance = random.Random(seed)
        self._rows = {row["customer_id"]: row for row in members(PEOPLE)}
        self._denied: set[str] = set()
        self._moves = 0

    def live_on(self) -> None:
        """Some people change."""
        for row in members(PEOPLE):
            customer = row["customer_id"]
            fate = self._chance.random()
            if fate < 0.1:
                self._rows.pop(customer, None)
            elif fate < 0.2:
                self._moves += 1
                self._rows[customer] = {**row, "email": f"moved{self._moves}@example.com"}
            elif fate < 0.3:
                self._rows[customer] = row
            elif fate < 0.4:
                self._denied ^= {customer}
        settings = {
            "url_env": "TEST_URL",
            "secret_env": "TEST_SECRET",
            "rows": self._chance.choice([3, 7, 50]),
        }
        denied: dict[str, str | None] = dict.fromkeys(self._denied, "consent_denied")
        self._home.publish(self._rows.values(), self._home.spec(settings=settings), denied=denied)

    def disturbed_apply(self) -> None:
        """An apply that meets faults, and may die anywhere."""
        faults = [
            None,
            None,
            Fault(None),
            Fault(None, is_stored=True),
            Fault(500),
            Fault(503, is_stored=True),
            Fault(422),
            Fault(401),
        ]
        rate = self._chance.choice([0.0, 0.3, 0.9])

        def fault(seen: Seen) -> Fault | None:
            return self._chance.choice(faults) if self._chance.random() < rate else None

        self._receiver.faults = fault
        with pytest.MonkeyPatch.context() as patch:
            if self._chance.random() < 0.6:
                self._arm(patch)
            with contextlib.suppress(Died):
                self._home.apply()
        self._receiver.faults = lambda seen: None

    def _arm(self, patch: pytest.MonkeyPatch) -> None:
        name = self._chance.choice(STEPS)
        original = getattr(connectors.sync.apply, name)
        is_after = self._chance.random() < 0.5

        def deadly(*args: Any, **kwargs: Any) -> Any:
            if is_after:
                original(*args, **kwargs)
            raise Died

        patch.setattr(connectors.sync.apply, name, deadly)

    def check(self) -> None:
        """One undisturbed apply sets everything right, a second one finds nothing to do."""
        assert self._home.apply().is_complete
        held = self._receiver.lists.members()
        wanted = {
            f"lapsed_buyers:{customer}": row["email"]
            for customer, row in self._rows.items()
            if customer not in self._denied
        }
        assert {key: fields["email"] for key, fields in held.items()} == wanted
        again = self._home.apply()
        assert (again.sent, again.plan.unchanged) == (0, len(wanted))

    def assert_a_key_means_one_body(self) -> None:
        """Whatever came in under one idempotency key was the same every time."""
        bodies: dict[str, list[dict[str, Any]]] = {}
        for seen in self._receiver.seen:
            assert bodies.setdefault(seen.idempotency_key, seen.fields) == seen.fields


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


@pytest.mark.parametrize("seed", range(2))
def test_a_random_week(
    home: SyncHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    with faulty_receiver(tmp_path / "tool") as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        week = Week(home, receiver, seed)
        for _ in range(4):
            for _ in range(2):
                week.live_on()
                week.disturbed_apply()
            week.check()
        week.assert_a_key_means_one_body()
