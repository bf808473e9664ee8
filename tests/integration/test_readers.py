"""Processes read the published files while they are replaced; the full size is in benchmarks/."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from benchmarks.readers.reader import WAYS, look
from benchmarks.readers.run import Report, measure
from benchmarks.readers.stage import row_count

PUBLISHES = 6


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    # Not tmp_path: a process that is nobody must get as far as the file to be refused by it.
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.delenv("DBT_TARGET_PATH", raising=False)
        yield measure(Path(folder), readers=len(WAYS), publishes=PUBLISHES)


def test_no_reader_fails_sees_a_torn_file_or_one_older_than_the_rules_allow(report: Report) -> None:
    assert report.faults == []
    assert {seen.way for seen in report.sightings} == set(WAYS)


def test_every_way_of_reading_gets_to_see_the_last_run(report: Report) -> None:
    assert [max(seen.run_numbers) for seen in report.sightings] == [PUBLISHES + 1] * len(WAYS)


def test_the_file_itself_refuses_who_opens_it_to_write(report: Report) -> None:
    assert "Permission denied" in report.refusal


@pytest.mark.parametrize(
    ("stamp", "rows", "is_whole"),
    [(7, row_count(7), True), (6, row_count(7), False), (7, 5, False)],
)
def test_a_mixture_of_two_runs_would_be_noticed(stamp: int, rows: int, is_whole: bool) -> None:
    with duckdb.connect() as con:
        con.execute("create schema marts")
        con.execute("create table marts.current_run as select 7 as run_number")
        for table, number in (("stamped_customers", 7), ("stamped_orders", stamp)):
            con.execute(
                f"create table marts.{table} as "
                "select i as customer_id, ? as run_number from range(?) as t(i)",
                [number, rows],
            )
        assert look(lambda sql: con.execute(sql).fetchone()) == (7, is_whole)
