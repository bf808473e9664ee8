"""The published history: described, read-only, complete, and free of personal data."""

from __future__ import annotations

import stat

import duckdb
import pytest

from connectors.sync import publish_history
from connectors.sync.history import TABLES
from connectors.sync.lock import ledger_lock
from tests.sync_home import NOW, SyncHome, members

FILES = "files__members"


def test_every_table_and_column_is_described(home: SyncHome) -> None:
    publish_history(home.settings)
    assert home.history(
        "select table_name from duckdb_tables() where comment is null"
        " union all select column_name from duckdb_columns()"
        " where database_name = 'syncs' and comment is null"
    ) == []  # fmt: skip
    tables = home.history("select table_name from duckdb_tables() order by 1")
    assert tables == [(name,) for name in sorted(TABLES)]


def test_nobody_may_write_to_it(home: SyncHome) -> None:
    publish_history(home.settings)
    assert stat.S_IMODE(home.settings.syncs_path.stat().st_mode) == 0o444


def test_a_run_is_a_row_and_so_is_each_row_sent(home: SyncHome) -> None:
    home.publish(members(3), denied={"cus_0002": "suppressed"})
    home.apply(FILES)
    rows = members(3)
    rows[0]["email"] = "moved@example.com"
    home.publish(rows[:1], denied={})
    home.apply(FILES)
    assert home.history(
        "select run_number, state, added_count, changed_count, removed_count, unchanged_count, "
        "held_back, acknowledged_count, applied_at from sync_runs order by 1"
    ) == [
        (1, "succeeded", 2, 0, 0, 0, '{"suppressed":1}', 2, NOW),
        (2, "succeeded", 0, 1, 1, 0, "{}", 2, NOW),
    ]
    assert home.history(
        "select run_number, customer_id, audience, operation, status from sync_rows order by all"
    ) == [
        (1, "cus_0000", "lapsed_buyers", "add", "ok"),
        (1, "cus_0001", "lapsed_buyers", "add", "ok"),
        (2, "cus_0000", "lapsed_buyers", "change", "ok"),
        (2, "cus_0001", "lapsed_buyers", "remove", "ok"),
    ]


def test_the_fields_are_named_without_their_values(home: SyncHome) -> None:
    home.publish(members(1))
    home.apply(FILES)
    home.publish([])
    home.apply(FILES, force=True)
    assert home.history("select operation, field_names from sync_rows order by 1") == [
        ("add", '["customer_id","email","first_name","list","spent"]'),
        ("remove", '["customer_id","email","first_name","list","spent"]'),
    ]


def test_a_busy_sync_keeps_what_was_published_of_it(home: SyncHome) -> None:
    home.publish(members(2), home.files_spec(), home.files_spec(name="sync_files__others"))
    home.apply(FILES)
    with ledger_lock(home.settings, "sync_files__members"):
        home.apply("files__others")
    assert home.history("select sync_name, count(*) from sync_rows group by 1 order by 1") == [
        ("sync_files__members", 2),
        ("sync_files__others", 2),
    ]


def test_what_an_interrupted_publish_left_is_cleared(home: SyncHome) -> None:
    home.publish(members(1))
    folder = home.settings.published_dir
    for name in (".syncs.duckdb.new", ".syncs.duckdb.new.wal"):
        (folder / name).write_bytes(b"half a file")
    home.apply(FILES)
    assert sorted(path.name for path in folder.iterdir()) == ["activation.duckdb", "syncs.duckdb"]


def test_a_reader_keeps_its_snapshot_and_new_ones_see_the_new_one(home: SyncHome) -> None:
    home.publish(members(1))
    home.apply(FILES)
    with duckdb.connect() as reader:
        reader.execute(f"attach '{home.settings.syncs_path}' as kept (read_only)")
        home.apply(FILES)
        assert reader.execute("select count(*) from kept.marts.sync_runs").fetchone() == (1,)
    assert home.history("select count(*) from sync_runs") == [(2,)]


@pytest.mark.parametrize("table", sorted(TABLES))
def test_empty_tables_exist_before_the_first_apply(home: SyncHome, table: str) -> None:
    publish_history(home.settings)
    assert home.history(f"select count(*) from {table}") == [(0,)]


def test_an_apply_tells_when_others_keep_it_from_publishing(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.publish(members(3))
    monkeypatch.setattr("connectors.sync.history._PATIENCE_SECONDS", 0.0)
    with ledger_lock(home.settings, "_history"):
        result = home.apply(FILES)
    assert (result.acknowledged, result.is_complete) == (3, True)
    assert result.history is not None and "is recorded in the ledger" in result.history
    assert not home.settings.syncs_path.exists()
    assert home.apply(FILES).history is None
    assert home.history("select count(*) from sync_rows") == [(3,)]
