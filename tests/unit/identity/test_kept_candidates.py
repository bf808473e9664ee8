"""What blocking finds by the keys of changed records only is what it finds by everybody's."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import blocking, candidates, committed_model, score_pairs
from tests.unit.identity.conftest import linkage_records, pairs_table

KEPT = "memory.identity_kept"
SEEDS = range(4)

People = dict[str, dict[str, Any]]


def anybody(chance: random.Random) -> dict[str, Any]:
    """Somebody of a small town: each value is shared by a few, some by too many."""
    return {
        "first_name": f"Ada{chance.randrange(9)}",
        "last_name": f"Quist{chance.randrange(5)}",
        "birth_date": f"198{chance.randrange(4)}-0{chance.randrange(1, 4)}-11",
        "email": chance.choice([None, f"ada{chance.randrange(30)}@mail.example"]),
        "postal_code": f"9411{chance.randrange(4)}",
    }


def changed(people: People, chance: random.Random) -> People:
    """Some are deleted, some corrected, some new."""
    left = {key: person for key, person in people.items() if chance.random() > 0.1}
    corrected = {key: anybody(chance) for key in left if chance.random() < 0.1}
    new = {f"r{chance.randrange(1000):03}": anybody(chance) for _ in range(12)}
    return left | corrected | new


def score(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, people: People, kept: str | None
) -> list[dict[str, Any]]:
    shared = sorted(people)[:6]
    pairs = pairs_table(list(pairwise(shared)), people)
    found = score_pairs(linkage_records(people), pairs, nicknames, con, committed_model(), kept)
    rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
    return sorted(rows, key=lambda row: (row["left_key"], row["right_key"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_any_changes_find_the_pairs_of_one_run(
    con: duckdb.DuckDBPyConnection,
    nicknames: pa.Table,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    # Blocks that grow too large and shrink again, and a budget that affords other rules by and by.
    rules = tuple(
        blocking.Rule(rule.expressions, rule.comparisons, 4 + seed) for rule in blocking.RULES
    )
    monkeypatch.setattr(candidates, "RULES", rules)
    monkeypatch.setattr(blocking, "EXTRA_PAIRS", 300 * seed)
    chance = random.Random(seed)
    people: People = {f"r{n:03}": anybody(chance) for n in range(60)}
    for _ in range(5):
        assert score(con, nicknames, people, KEPT) == score(con, nicknames, people, None)
        found = con.execute(
            f"select count(*), count(*) filter (rules = 0) from {KEPT}.found_pairs"
        ).fetchone()
        assert found is not None and found[0] > 0 and found[1] == 0
        people = changed(people, chance)
