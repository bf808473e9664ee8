"""A verdict on a raw table is kept while its rows are the same, and no longer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from connectors.sources import find_source
from connectors.sources._engine import validation
from connectors.sources._engine.raw_tables import ensure_tables
from connectors.sources.checking import check_source
from connectors.sources.expectations import CheckResult
from goldthread.settings import Settings
from goldthread.warehouse import Run, connect, start_run
from tests.unit.connectors.sources.samples import AS_OF


class Desk:
    """The raw e-mail events of one warehouse, and how often Great Expectations was asked."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.looks = 0

    def load(self, *events: str, days: float = 0, key: str = "e") -> Run:
        """A run that brings events of these kinds under one key, ``days`` after the first."""
        with connect(self.settings) as con:
            run = start_run(con, AS_OF + timedelta(days=days), "test")
            ensure_tables(con, find_source("email"), self.settings.input_dir)
            for event in events:
                con.execute(
                    "insert into raw_email.events (sg_event_id, event, timestamp, _load_run, "
                    f"_row_hash) values ('{key}', '{event}', timestamp '{AS_OF}', "
                    f"'{run.run_id}', 'x')"
                )
        return run

    def check(self, run: Run) -> dict[str, CheckResult]:
        return {result.expectation: result for result in check_source(self.settings, "email", run)}

    def failed(self, run: Run) -> set[str]:
        return {name for name, result in self.check(run).items() if not result.is_met}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(Settings(home=tmp_path, input_dir=tmp_path / "input"))
    look = validation.check_frame

    def counted(*arguments: Any) -> list[CheckResult]:
        desk.looks += 1
        return look(*arguments)

    monkeypatch.setattr(validation, "check_frame", counted)
    return desk


def test_a_run_without_news_finds_what_the_last_one_found(desk: Desk) -> None:
    first = desk.check(desk.load("open", "click"))
    looks = desk.looks
    assert looks > 0
    assert desk.check(desk.load()) == first
    assert desk.looks == looks


def test_a_failed_verdict_stays_failed_until_rows_change(desk: Desk) -> None:
    assert desk.failed(desk.load("opened")) == {"event_be_in_set"}
    assert desk.failed(desk.load()) == {"event_be_in_set"}
    assert desk.failed(desk.load("open")) == set()


def test_other_rows_that_come_do_not_hide_those_at_fault_until_they_are_corrected(
    desk: Desk,
) -> None:
    desk.check(desk.load("open"))
    assert desk.failed(desk.load("opened", key="odd")) == {"event_be_in_set"}
    assert desk.failed(desk.load("click", key="new")) == {"event_be_in_set"}
    assert desk.failed(desk.load("click", key="newer")) == {"event_be_in_set"}
    assert desk.failed(desk.load("open", key="odd")) == set()
    assert desk.failed(desk.load("click", key="newest")) == set()


def test_rows_that_go_are_a_change_too(desk: Desk) -> None:
    assert desk.failed(desk.load("opened")) == {"event_be_in_set"}
    run = desk.load()
    with duckdb.connect(str(desk.settings.warehouse_path)) as con:
        con.execute("delete from raw_email.events")
    assert desk.failed(run) <= {"has_rows"}


def test_rows_of_a_run_that_was_killed_before_its_checks_are_looked_at(desk: Desk) -> None:
    desk.check(desk.load("open"))
    desk.load("opened")
    assert desk.failed(desk.load()) == {"event_be_in_set"}


def test_rows_get_old_without_changing(desk: Desk) -> None:
    assert desk.failed(desk.load("open")) == set()
    looks = desk.looks
    results = desk.check(desk.load(days=8))
    assert not results["timestamp_is_fresh"].is_met
    assert results["timestamp_is_fresh"].detail == "it is 8; expected: max_value 7"
    assert desk.failed(desk.load(days=6)) == set()
    assert desk.looks == looks


def test_a_new_expectation_is_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.load("open")
    assert desk.failed(run) == set()
    monkeypatch.setattr("connectors.sources.expectations.MOST_BROKEN_SHARE", -1)
    assert desk.failed(run) == {"few_rows_are_broken"}
