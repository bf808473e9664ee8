"""``goldthread plan`` and ``goldthread apply`` as people and schedulers meet them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connectors.sync.lock import ledger_lock
from goldthread.cli import main
from goldthread.demo.receiver import running_receiver
from tests.faulty_receiver import SECRET
from tests.sync_home import NOW, SyncHome, members

NAME = "webhook__audience_members"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEST_SECRET", SECRET)
    monkeypatch.setenv("COLUMNS", "200")
    return SyncHome(tmp_path / "home")


def goldthread(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--as-of", NOW.isoformat()])


def answer(*arguments: str) -> tuple[int, Any]:
    result = goldthread(*arguments, "--json")
    return result.exit_code, json.loads(result.stdout)


def test_plan_apply_and_apply_again(
    home: SyncHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.publish(members(12), denied={"cus_0003": "consent_denied"})
    with running_receiver(tmp_path / "tool", SECRET) as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        code, plan = answer("plan", NAME)
        assert (code, plan["adds"], plan["to_send"]) == (0, 11, 11)
        assert plan["held_back"] == {"consent_denied": 1}
        code, result = answer("apply", NAME)
        assert (code, result["sent"], result["acknowledged"]) == (0, 11, 11)
        assert result["is_complete"]
        code, result = answer("apply", NAME)
        assert (code, result["sent"], result["plan"]["unchanged"]) == (0, 0, 11)


def test_a_plan_for_people(home: SyncHome) -> None:
    home.publish([*members(3), *members(2, "cart_abandoners")], denied={"cus_0002": "suppressed"})
    result = goldthread("plan", NAME)
    assert result.exit_code == 0
    for said in ("webhook/list_members", "suppressed", "cart_abandoners", "add", "held back"):
        assert said in result.stdout
    assert "example.com" not in result.stdout


def test_an_apply_for_people(home: SyncHome) -> None:
    home.publish(members(3))
    result = goldthread("apply", "files__members")
    assert result.exit_code == 0
    assert "acknowledged" in result.stdout and "snapshot of 3 rows" in result.stdout
    (folder,) = (home.settings.home / "exports" / "sync_files__members").iterdir()
    assert str(folder) in result.stdout
    header = (folder / "members.csv").read_text().splitlines()[0]
    assert header == '"list","customer_id","email","first_name","spent"'


def test_rows_that_were_not_taken_have_an_exit_code_of_their_own(
    home: SyncHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = members(3)
    rows[1]["email"] = "nowhere"
    home.publish(rows)
    with running_receiver(tmp_path / "tool", SECRET) as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        result = goldthread("apply", NAME)
    assert result.exit_code == 7
    assert "malformed e-mail address" in result.stdout
    assert "Rows not delivered: 1" in result.stderr


def test_an_unknown_sync(home: SyncHome) -> None:
    home.publish(members(1))
    result = goldthread("plan", "nothing")
    assert result.exit_code == 4
    assert "sync_files__members" in result.stderr


def test_nothing_published(home: SyncHome) -> None:
    result = goldthread("apply", NAME)
    assert result.exit_code == 6
    assert "goldthread run" in result.stderr


def test_old_consent_decisions(home: SyncHome) -> None:
    home.publish(members(1), decided_at=NOW - timedelta(days=3))
    assert goldthread("plan", NAME).exit_code == 6


def test_a_variable_that_is_not_set(home: SyncHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_URL", raising=False)
    home.publish(members(1))
    result = goldthread("apply", NAME)
    assert result.exit_code == 2
    assert "environment variable TEST_URL is not set" in result.stderr


def test_a_guard_stops_an_apply_until_it_is_forced(home: SyncHome) -> None:
    home.publish(members(30))
    assert goldthread("apply", "files__members").exit_code == 0
    home.publish(members(2), home.files_spec(guards={}))
    plan = goldthread("plan", "files__members")
    assert plan.exit_code == 0 and "Guard:" in plan.stdout
    result = goldthread("apply", "files__members")
    assert result.exit_code == 3
    assert "28 of 30 rows (93%) would be removed" in result.stderr
    assert goldthread("apply", "files__members", "--force").exit_code == 0


def test_a_ledger_in_use(home: SyncHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.sync.lock.PATIENCE_SECONDS", 0.0)
    home.publish(members(1))
    assert goldthread("apply", "files__members").exit_code == 0
    with ledger_lock(home.settings, "sync_files__members"):
        result = goldthread("apply", "files__members")
    assert result.exit_code == 5
    assert "is in use by process" in result.stderr


@pytest.mark.parametrize("command", ["plan", "apply"])
def test_the_help_tells_the_exit_codes(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert "7  delivered in part" in result.stdout
