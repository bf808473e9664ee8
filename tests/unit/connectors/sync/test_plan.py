"""The difference between what may be sent and what the destination holds."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from connectors.sync.errors import GuardTripped, NotReady
from tests.sync_home import SyncHome, members

FILES = "files__members"


def everything_in(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def counts(home: SyncHome) -> tuple[int, int, int, int]:
    plan = home.plan(FILES)
    return plan.adds, plan.changes, plan.removes, plan.unchanged


@pytest.fixture
def sent(home: SyncHome) -> SyncHome:
    """Ten rows published and delivered."""
    home.publish(members(10))
    assert home.apply(FILES).acknowledged == 10
    return home


def test_everything_is_new_at_first(home: SyncHome) -> None:
    home.publish(members(10))
    assert counts(home) == (10, 0, 0, 0)


def test_nothing_is_to_do_after_an_apply(sent: SyncHome) -> None:
    assert counts(sent) == (0, 0, 0, 10)
    assert sent.plan(FILES).to_send == 0


def test_a_changed_value_is_a_change(sent: SyncHome) -> None:
    rows = members(10)
    rows[3]["email"] = "moved@example.com"
    sent.publish(rows)
    assert counts(sent) == (0, 1, 0, 9)


def test_a_change_in_a_column_that_is_not_mapped_is_none(sent: SyncHome) -> None:
    rows = members(10)
    rows[3]["birth_date"] = "1991-01-01"
    sent.publish(rows)
    assert counts(sent) == (0, 0, 0, 10)


def test_a_value_that_becomes_absent_is_a_change(sent: SyncHome) -> None:
    rows = members(10)
    rows[3]["first_name"] = None
    sent.publish(rows)
    assert counts(sent) == (0, 1, 0, 9)


def test_a_renamed_field_is_a_change_of_every_row(sent: SyncHome) -> None:
    fields = {**sent.spec().fields, "given_name": "first_name"}
    del fields["first_name"]
    sent.publish(members(10), sent.files_spec(fields=fields))
    assert counts(sent) == (0, 10, 0, 0)


def test_a_row_that_left_is_removed(sent: SyncHome) -> None:
    sent.publish(members(8))
    assert counts(sent) == (0, 0, 2, 8)


def test_a_row_that_is_no_longer_allowed_is_removed(sent: SyncHome) -> None:
    sent.publish(members(10), denied={"cus_0004": "consent_denied"})
    assert counts(sent) == (0, 0, 1, 9)
    assert sent.plan(FILES).held_back == {"consent_denied": 1}


def test_rows_of_two_audiences_are_counted_apart(home: SyncHome) -> None:
    home.publish([*members(3), *members(2, "cart_abandoners")], denied={"cus_0000": "holdout"})
    assert home.plan().audiences == {
        "cart_abandoners": {"add": 1, "held_back": 1},
        "lapsed_buyers": {"add": 2, "held_back": 1},
    }


def test_planning_writes_nothing(sent: SyncHome) -> None:
    sent.publish(members(12))
    before = everything_in(sent.settings.home)
    sent.plan(FILES)
    sent.plan()
    assert everything_in(sent.settings.home) == before


@pytest.mark.parametrize("content", [b"", b"junk" * 5_000])
def test_a_damaged_published_file_is_told_as_such(sent: SyncHome, content: bytes) -> None:
    sent.settings.activation_path.write_bytes(content)
    for ask in (sent.plan, sent.apply):
        with pytest.raises(NotReady, match="Run `goldthread publish` again"):
            ask()


def test_planning_needs_no_credentials(home: SyncHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_URL", raising=False)
    monkeypatch.delenv("TEST_SECRET", raising=False)
    home.publish(members(1))
    assert home.plan().adds == 1


def test_a_plan_shows_no_address(home: SyncHome) -> None:
    home.publish(members(3), home.spec(key=["email"]))
    plan = home.plan()
    assert plan.sample[0].key.startswith("email=p***@***.com")
    assert "example" not in str(plan.to_dict())
    assert "person" not in str(plan.to_dict())


@pytest.mark.parametrize(
    ("guards", "left", "objection"),
    [
        ({"max_remove_share": 0.3}, 13, "7 of 20 rows (35%) would be removed, at most 30% may be"),
        ({"max_remove_share": 0.3}, 14, None),
        ({"max_remove_share": 1.0, "max_removes": 5}, 14, "6 rows would be removed, at most 5"),
        ({"max_remove_share": 1.0, "max_removes": 6}, 14, None),
        ({"max_remove_share": 1.0, "min_rows": 20}, 19, "only 19 rows may be sent, at least 20"),
        ({"max_remove_share": 1.0, "min_rows": 19}, 19, None),
        ({}, 0, "20 of 20 rows (100%) would be removed"),
    ],
)
def test_guards(home: SyncHome, guards: dict[str, Any], left: int, objection: str | None) -> None:
    home.publish(members(20))
    home.apply(FILES)
    home.publish(members(left), home.files_spec(guards=guards))
    plan = home.plan(FILES)
    if objection is None:
        assert plan.guards == ()
        assert home.apply(FILES).is_complete
    else:
        assert objection in plan.guards[0]
        with pytest.raises(GuardTripped, match="--force"):
            home.apply(FILES)
        assert home.plan(FILES).removes == 20 - left
        assert home.apply(FILES, force=True).acknowledged == 20 - left


def test_a_share_of_a_handful_is_no_objection(home: SyncHome) -> None:
    home.publish(members(19))
    home.apply(FILES)
    home.publish(members(1), home.files_spec(guards={}))
    assert home.plan(FILES).guards == ()
