"""Expectations on raw tables: made from the declaration, and seen when they fail."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from connectors.sources import find_source, source_names
from connectors.sources._engine.raw_tables import ensure_tables
from connectors.sources.checking import check_source
from connectors.sources.expectations import CheckResult, expectations_of
from goldthread.settings import Settings
from goldthread.warehouse import Run, connect, start_run
from tests.unit.connectors.sources.samples import AS_OF


@pytest.mark.parametrize("name", source_names())
def test_every_table_has_expectations_with_names_of_their_own(name: str) -> None:
    source = find_source(name)
    for table in source.tables:
        labels = [one.label for one in expectations_of(source)[table.name]]
        assert len(set(labels)) == len(labels)
        assert {"columns_and_types", "few_rows_are_broken"} <= set(labels)
        assert all(label.replace("_", "").isalnum() for label in labels)
        assert {f"{key}_not_be_null" for key in table.key} <= set(labels)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, input_dir=tmp_path / "input")


def begin(settings: Settings) -> tuple[duckdb.DuckDBPyConnection, Run]:
    con = connect(settings)
    run = start_run(con, AS_OF, "test")
    ensure_tables(con, find_source("email"), settings.input_dir)
    return con, run


def check(settings: Settings, run: Run) -> dict[str, CheckResult]:
    return {result.expectation: result for result in check_source(settings, "email", run)}


def test_sound_rows_meet_all_expectations(settings: Settings) -> None:
    con, run = begin(settings)
    con.execute(
        "insert into raw_email.events (sg_event_id, event, timestamp, _load_run, _row_hash) "
        "values ('e1', 'open', timestamp '2026-11-15', ?, 'x')",
        [run.run_id],
    )
    con.close()
    results = check(settings, run)
    assert {result.is_met for result in results.values()} == {True}
    assert results["event_be_in_set"].detail == "holds"


def test_each_kind_of_failure_is_told_in_words(settings: Settings) -> None:
    con, run = begin(settings)
    con.execute(
        "insert into raw_email.events (sg_event_id, event, timestamp, _source_file, _row_number, "
        "_load_run, _row_hash) values "
        "(null, 'ada@example.com', timestamp '2026-10-15', 'email/events.jsonl', 7, ?, 'x')",
        [run.run_id],
    )
    con.execute(
        "insert into raw_email.quarantined_rows (source_table, _load_run) values ('events', ?)",
        [run.run_id],
    )
    con.execute("alter table raw_email.events drop column campaign_id")
    con.close()
    results = check(settings, run)
    failed = {name: result.detail for name, result in results.items() if not result.is_met}
    assert failed["columns_and_types"] == "missing: campaign_id varchar"
    assert failed["few_rows_are_broken"] == "it is 0.5; expected: max_value 0.1"
    where = "1 rows differ, such as email/events.jsonl row 7; expected: "
    assert failed["sg_event_id_not_be_null"] == f"{where}sg_event_id_not_be_null"
    assert failed["event_be_in_set"].startswith(f"{where}value_set [")
    assert "ada@" not in failed["event_be_in_set"]
    assert failed["timestamp_is_fresh"] == "it is 31.5; expected: max_value 7"
    assert results["timestamp_is_fresh"].severity == "warning"
    assert results["event_be_in_set"].severity == "error"
