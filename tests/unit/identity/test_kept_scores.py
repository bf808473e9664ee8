"""Scores kept from run to run change how long scoring takes, never what comes out."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import LinkageModel, committed_model, score_pairs
from goldthread.identity.kept_scores import fingerprint
from tests.unit.identity.conftest import linkage_records, pairs_table

People = dict[str, dict[str, Any]]
KEPT = "memory.identity_kept"
ADA = {"first_name": "Ada", "last_name": "Quist", "birth_date": "1980-01-02"}
PEOPLE: People = {
    "a": ADA | {"email": "ada@mail.example", "postal_code": "94110"},
    "b": ADA | {"email": "ada@mail.example", "city": "Oakland"},
    "c": ADA | {"last_name": "Quisst", "phone": "+14155550123"},
}


class Runs:
    """Runs over one home; the model may change between them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, nicknames: pa.Table) -> None:
        self.con, self.nicknames, self.model = con, nicknames, committed_model()

    def pairs(self, people: People, kept: str | None = KEPT) -> list[dict[str, Any]]:
        table = score_pairs(
            linkage_records(people), pairs_table([]), self.nicknames, self.con, self.model, kept
        )
        rows: list[dict[str, Any]] = table.to_arrow_table().to_pylist()
        return sorted(rows, key=lambda row: (row["left_key"], row["right_key"]))

    def falsify(self) -> None:
        """Give the kept scores a weight that nobody would compute."""
        self.con.execute(f"update {KEPT}.pair_scores set match_weight = 77")

    def looked_up(self, people: People) -> set[tuple[str, str]]:
        """The pairs whose scores a run does not compute but takes from the (falsified) kept."""
        found = self.pairs(people)
        return {(r["left_key"], r["right_key"]) for r in found if r["match_weight"] == 77}


@pytest.fixture
def runs(con: duckdb.DuckDBPyConnection, nicknames: pa.Table) -> Runs:
    return Runs(con, nicknames)


ALL_PAIRS = {("a", "b"), ("a", "c"), ("b", "c")}


def test_unchanged_pairs_are_not_scored_again(runs: Runs) -> None:
    runs.pairs(PEOPLE)
    runs.falsify()
    assert runs.looked_up(PEOPLE) == ALL_PAIRS


def test_a_new_record_is_scored_with_the_old_ones_only(runs: Runs) -> None:
    runs.pairs(PEOPLE)
    runs.falsify()
    joined = PEOPLE | {"d": ADA}
    assert runs.looked_up(joined) == ALL_PAIRS
    assert {("a", "d"), ("b", "d"), ("c", "d")} <= {
        (row["left_key"], row["right_key"]) for row in runs.pairs(joined)
    }


def test_a_corrected_record_is_scored_anew(runs: Runs) -> None:
    runs.pairs(PEOPLE)
    runs.falsify()
    corrected = PEOPLE | {"b": PEOPLE["b"] | {"city": "Berkeley"}}
    assert runs.looked_up(corrected) == {("a", "c")}


def test_the_pairs_of_a_deleted_record_go(runs: Runs) -> None:
    runs.pairs(PEOPLE)
    left = {key: value for key, value in PEOPLE.items() if key != "b"}
    assert {(row["left_key"], row["right_key"]) for row in runs.pairs(left)} == {("a", "c")}
    assert runs.con.execute(f"select count(*) from {KEPT}.pair_scores").fetchone() == (1,)


@pytest.mark.parametrize("part", ["settings", "term_frequencies"])
def test_another_model_scores_everything_anew(runs: Runs, part: str) -> None:
    runs.pairs(PEOPLE)
    runs.falsify()
    if part == "settings":
        changed = runs.model.settings | {"probability_two_random_records_match": 0.0002}
        runs.model = LinkageModel(changed, runs.model.term_frequencies, {})
    else:
        runs.model = LinkageModel(runs.model.settings, {"family_name": {"quist": 0.5}}, {})
    assert runs.looked_up(PEOPLE) == set()
    assert runs.pairs(PEOPLE) == runs.pairs(PEOPLE, kept=None)


def test_other_nicknames_score_everything_anew(runs: Runs) -> None:
    runs.pairs(PEOPLE)
    runs.falsify()
    runs.nicknames = pa.table({"nickname": ["ada"], "name": ["adelaide"]})
    assert runs.looked_up(PEOPLE) == set()
    assert runs.pairs(PEOPLE) == runs.pairs(PEOPLE, kept=None)


def test_increments_equal_one_run(runs: Runs) -> None:
    people = {
        f"r{n:02}": ADA | {"last_name": f"Quist{n % 5}", "phone": f"+1415555012{n % 4}"}
        for n in range(24)
    }
    for count in (5, 17, 9, 24):
        some = dict(list(people.items())[:count])
        assert runs.pairs(some) == runs.pairs(some, kept=None)


def test_nothing_to_score_keeps_nothing_wrong(runs: Runs) -> None:
    assert runs.pairs({}) == []
    assert runs.pairs(PEOPLE) == runs.pairs(PEOPLE, kept=None)
    assert runs.pairs({}) == []


def test_a_fingerprint_follows_from_the_model(runs: Runs) -> None:
    assert fingerprint(runs.model) == fingerprint(LinkageModel.load())
    other = LinkageModel(runs.model.settings, {}, {})
    assert fingerprint(runs.model) != fingerprint(other)
