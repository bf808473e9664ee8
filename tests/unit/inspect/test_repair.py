"""The repair plan of a home whose published files are made by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner, Result

from goldthread.cli import main
from goldthread.inspect.repair import UnknownRun, repair_plan
from goldthread.warehouse.published import NothingPublished
from tests.sync_home import NOW, SyncHome, members

# Run 1 at the day before, run 2 now: cus_0001 merged into cus_0000 then.
YESTERDAY = datetime(2026, 10, 31, 6)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    home = SyncHome(tmp_path)
    home.publish(members(3))
    home.apply("files__members")
    home.publish([row for row in members(3) if row["customer_id"] != "cus_0001"])
    home.settings.state_dir.mkdir()
    with duckdb.connect() as con:
        con.execute("create table runs (run_number bigint, run_id varchar, as_of timestamp)")
        con.execute("insert into runs values (1, 'r1', ?), (2, 'r2', ?)", [YESTERDAY, NOW])
        con.execute(f"copy runs to '{home.settings.state_dir / 'runs.parquet'}' (format parquet)")
        con.execute(f"attach '{home.settings.marts_path}' as marts_file; use marts_file")
        con.execute("create schema marts_file.marts; use marts_file.marts")
        con.execute(
            "create table current_run as select 'r2' as run_id, 2 as run_number, "
            f"timestamp '{NOW}' as as_of"
        )
        con.execute(
            "create table identity_changes as select * from (values "
            f"('created', 'cus_0000', null, 'r1', timestamp '{YESTERDAY}'), "
            f"('created', 'cus_0001', null, 'r1', timestamp '{YESTERDAY}'), "
            f"('merged', 'cus_0000', 'cus_0001', 'r2', timestamp '{NOW}')) as changes"
            "(change_type, customer_id, previous_customer_id, run_id, changed_at)"
        )
        con.execute(
            "create table audience_memberships as select 'lapsed_buyers' as audience, "
            "'cus_000' || i as customer_id, timestamp '2026-10-01' as entered_at, "
            "null::timestamp as exited_at from range(3) as numbers(i)"
        )
        con.execute(
            "create table consents as select 'cus_0000' as customer_id, 'analytics' as purpose, "
            "'denied' as status, 'consent' as source, timestamp '2026-10-01' as effective_at"
        )
    return home


def test_a_merge_concerns_both_ids_and_nobody_else(home: SyncHome) -> None:
    plan = repair_plan(home.settings)
    assert [row["previous_customer_id"] for row in plan.changes] == ["cus_0001"]
    assert {row["customer_id"] for row in plan.memberships} == {"cus_0000", "cus_0001"}
    assert [(row["purpose"], row["status"]) for row in plan.consents] == [("analytics", "denied")]
    actions = {
        row["customer_id"]: row["action"]
        for row in plan.destination_records
        if row["sync"] == "sync_files__members"
    }
    assert actions == {"cus_0000": "unchanged", "cus_0001": "remove"}


def test_a_sync_that_cannot_be_planned_is_named(home: SyncHome) -> None:
    (home.settings.ledger_dir / ".key").write_text("0" * 64)
    plan = repair_plan(home.settings)
    assert "another key" in plan.unplanned["sync_files__members"]


def test_changes_count_from_the_run_that_is_named(home: SyncHome) -> None:
    assert repair_plan(home.settings, "1") == repair_plan(home.settings, "r1")
    assert len(repair_plan(home.settings, "1").changes) == 1
    assert repair_plan(home.settings, "2").changes == []
    with pytest.raises(UnknownRun):
        repair_plan(home.settings, "7")


def test_before_the_first_publish_there_is_nothing_to_repair(tmp_path: Path) -> None:
    with pytest.raises(NothingPublished):
        repair_plan(SyncHome(tmp_path).settings)


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["identity", "repair-plan", *arguments])


def test_the_command_lists_or_says_that_there_is_nothing(home: SyncHome) -> None:
    listed = ask()
    assert listed.exit_code == 0
    assert "merged" in listed.stdout
    assert "remove" in listed.stdout
    assert "No customer merged" in ask("--since", "2").stdout
    assert ask("--since", "7").exit_code == 4
