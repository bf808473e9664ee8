"""A sync that gets another name, or is published no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from goldthread.cli import main
from goldthread.demo.receiver import running_receiver
from tests.faulty_receiver import SECRET
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


def test_a_file_that_is_no_ledger_stops_no_plan(home: SyncHome) -> None:
    (home.settings.ledger_dir / "notes.duckdb").write_bytes(b"no database")
    assert home.plan(NEW).left_behind == {OLD: 30}
