"""The scenarios of SCENARIOS.md give the people, ids and changes they promise."""

from __future__ import annotations

import csv
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from tests.identity_scenarios.conftest import State

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


EXPECTED = rows("expected.csv")
CHANGES = rows("expected_changes.csv")
SCENARIOS = sorted({row["scenario"] for row in EXPECTED})
BATCHES = ["after_1", "after_2", "after_3", "after_4"]
IN_FULL = ["refreshed", "in one go"]
States = dict[str, State]


def people(scenario: str, batch: str) -> dict[str, set[tuple[str, str]]]:
    """Person → records that are expected to be theirs after the batch."""
    found = defaultdict(set)
    for row in EXPECTED:
        if row["scenario"] == scenario and row[batch]:
            found[row[batch]].add((row["source"], row["record_id"]))
    return found


def customers_of(state: State, records: set[tuple[str, str]]) -> set[str]:
    return {state.customers[record] for record in records}


@pytest.mark.parametrize("batch", [*BATCHES, *IN_FULL])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_records_are_the_people_they_should_be(states: States, scenario: str, batch: str) -> None:
    expected = people(scenario, "after_4" if batch in IN_FULL else batch)
    found = defaultdict(set)
    for records in expected.values():
        for record in records:
            found[states[batch].customers[record]].add(record)
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, expected.values()))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_ids_change_only_where_people_merged_or_split(states: States, scenario: str) -> None:
    records = {record for records in people(scenario, "after_4").values() for record in records}
    changed = {
        batch
        for earlier, batch in pairwise(BATCHES)
        for record in records
        if record in states[earlier].customers
        and states[earlier].customers[record] != states[batch].customers[record]
    }
    expected = {f"after_{row['batch']}" for row in CHANGES if row["scenario"] == scenario}
    assert changed == expected


@pytest.mark.parametrize("row", CHANGES, ids=lambda row: f"{row['scenario']}-{row['batch']}")
def test_merges_and_splits_are_recorded(states: States, row: dict[str, str]) -> None:
    batch = f"after_{row['batch']}"
    (customer,) = customers_of(states[batch], people(row["scenario"], batch)[row["person"]])
    recorded = {
        (change_type, customer_id, run)
        for change_type, customer_id, _, run in states[batch].changes
        if change_type in ("merged", "split")
    }
    assert (row["change_type"], customer, int(row["batch"])) in recorded


def test_an_expired_split_gives_the_old_id_back(states: States) -> None:
    record = ("signups", "split-3")
    before, split, after = (states[f"after_{n}"].customers[record] for n in (1, 2, 4))
    assert before == after != split


def test_every_merged_id_leads_to_somebody(states: States) -> None:
    survivors = set(states["after_4"].customers.values())
    merged = {
        (previous, customer)
        for change_type, customer, previous, _ in states["after_4"].changes
        if change_type == "merged"
    }
    assert merged
    assert all(customer in survivors for _, customer in merged)


@pytest.mark.parametrize("build", IN_FULL)
def test_a_full_build_keeps_every_id(states: States, build: str) -> None:
    assert states[build].customers == states["after_4"].customers


def test_a_full_refresh_keeps_the_history(states: States) -> None:
    refreshed, before = states["refreshed"].changes, states["after_4"].changes
    assert sorted(refreshed, key=str) == sorted(before, key=str)


@pytest.mark.parametrize("build", IN_FULL)
def test_three_increments_and_a_full_build_agree_on_every_row(states: States, build: str) -> None:
    for table, rows in states[build].tables.items():
        assert rows == states["after_4"].tables[table], table
        assert rows, table


def test_each_scenario_is_described(data: Path) -> None:
    text = (data.parent / "SCENARIOS.md").read_text(encoding="utf-8")
    assert [name for name in SCENARIOS if f"| {name} |" not in text] == []
