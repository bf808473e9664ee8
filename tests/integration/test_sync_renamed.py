"""A sync that gets another name, or is published no more."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.sync.errors import LedgerUnreadable
from goldthread.cli import main
from goldthread.demo.receiver import running_receiver
from tests.dbt_commands import FORKS
from tests.faulty_receiver import SECRET
from tests.integration import killed_apply
from tests.sync_home import NOW, SyncHome, members

OLD, NEW = "sync_webhook__audience_members", "sync_webhook__lists"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    """A home whose sync delivered 30 rows and was then given another name."""
    monkeypatch.setenv("TEST_SECRET", SECRET)
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "300")
    home = SyncHome(tmp_path / "home")
    home.publish(members(30))
    with running_receiver(tmp_path / "tool", SECRET) as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        home.apply()
    home.publish(members(28), home.spec(name=NEW), home.spec(name="sync_other", object="other"))
    return home


def test_a_plan_tells_what_the_old_name_left(home: SyncHome) -> None:
    plan = home.plan(NEW)
    assert (plan.adds, plan.left_behind) == (28, {OLD: 30})
    assert home.plan("sync_other").left_behind == {}
    shown = CliRunner().invoke(main, ["plan", NEW, "--as-of", NOW.isoformat()])
    assert f"{OLD} left 30 rows there" in " ".join(shown.stdout.split())


def test_a_renamed_ledger_goes_on_where_it_stood(
    home: SyncHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledgers = home.settings.ledger_dir
    (ledgers / f"{OLD}.duckdb").rename(ledgers / f"{NEW}.duckdb")
    with running_receiver(tmp_path / "tool", SECRET) as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        result = home.apply(NEW)
        assert (result.plan.adds, result.plan.removes, result.acknowledged) == (0, 2, 2)
        assert len(receiver.lists.members()) == 28
    assert home.plan(NEW).left_behind == {}


def test_a_ledger_that_is_renamed_after_a_kill_knows_what_was_sent(
    home: SyncHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledgers = home.settings.ledger_dir
    moved = [{**row, "email": "moved@example.com"} for row in members(28)]
    home.publish(moved, home.spec(name=OLD), home.spec(name=NEW))
    with running_receiver(tmp_path / "tool", SECRET) as receiver:
        monkeypatch.setenv("TEST_URL", receiver.url)
        point = ("connectors.sync.apply", "record", "after", 1)
        arguments = (home.settings.home, OLD, receiver.url, SECRET, point)
        process = FORKS.Process(target=killed_apply.run, args=arguments)
        process.start()
        process.join(timeout=60)
        assert process.exitcode == -signal.SIGKILL

        # The log beside it is forgotten.
        (ledgers / f"{OLD}.duckdb").rename(ledgers / f"{NEW}.duckdb")
        result = home.apply(NEW)
        assert (result.plan.resends, result.plan.adds, result.is_complete) == (30, 0, True)
        assert len(receiver.lists.members()) == 28
        for step in (home.plan, home.apply):
            with pytest.raises(LedgerUnreadable, match=f"{OLD}.duckdb.wal stands there without"):
                step(OLD)


def test_a_file_that_is_no_ledger_stops_no_plan(home: SyncHome) -> None:
    (home.settings.ledger_dir / "notes.duckdb").write_bytes(b"no database")
    assert home.plan(NEW).left_behind == {OLD: 30}
