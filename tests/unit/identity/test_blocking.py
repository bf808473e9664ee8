"""Which pairs are compared, and what that may cost."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import blocking
from goldthread.identity.block_keys import write_keys
from goldthread.identity.people import prepare_people
from tests.unit.identity.conftest import linkage_records


def candidates(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, people: dict[str, dict[str, Any]]
) -> dict[tuple[str, str], bool]:
    """Whether a tight rule found it, for each candidate pair."""
    con.register("records", linkage_records(people))
    con.register("nicknames", nicknames)
    prepare_people(con, "records", "nicknames")
    keys = write_keys(con, "people", blocking.rules_of(is_thorough=False))
    blocking.write_pairs_by_keys(con, keys, "pairs")
    rows = con.execute(
        "select l.source_record_key, r.source_record_key, is_tight from pairs "
        "join people as l on id_l = l.id join people as r on id_r = r.id"
    ).fetchall()
    assert len(rows) == len({row[:2] for row in rows})
    return {(left, right): is_tight for left, right, is_tight in rows}


def crowd(count: int) -> dict[str, dict[str, Any]]:
    """People of whom no two share anything but the year of birth."""
    return {
        f"p{n:04}": {
            "first_name": f"{chr(97 + n % 26)}{n}x",
            "last_name": f"{chr(97 + n // 26 % 26)}{n}y",
            "birth_date": f"1980-{1 + n % 12:02}-{1 + n % 28:02}",
        }
        for n in range(count)
    }


def test_among_few_people_everybody_is_compared(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    found = candidates(con, nicknames, crowd(30))
    assert len(found) == 30 * 29 // 2
    assert not any(found.values())


def test_two_mistakes_in_one_record_do_not_hide_it(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    people = crowd(900) | {
        "a": {"first_name": "Katherine", "last_name": "Fitzgerald", "birth_date": "1961-05-17"},
        "b": {"first_name": "Katharine", "last_name": "Fitzgarald", "birth_date": "1961-06-17"},
    }
    assert candidates(con, nicknames, people)[("a", "b")] is False


def test_the_budget_keeps_loose_rules_out(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "EXTRA_PAIRS", 0)
    people = crowd(40) | {
        "a": {"first_name": "Ada", "last_name": "Quist", "birth_date": "1961-05-17"},
        "b": {"first_name": "Ada", "last_name": "Quist", "birth_date": "1961-05-17"},
    }
    found = candidates(con, nicknames, people)
    assert found[("a", "b")] is True
    assert sum(not is_tight for is_tight in found.values()) <= 2 * len(people)


def test_the_pairs_of_tight_rules_count_towards_the_share_of_each_record(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "EXTRA_PAIRS", 0)
    people = crowd(40) | {
        f"a{n}": {"first_name": f"Ada{n}", "last_name": f"Quist{n}", "email": "a@mail.example"}
        for n in range(20)
    }
    con.register("nicknames", nicknames)

    def spare(people: dict[str, dict[str, Any]]) -> int:
        con.register("records", linkage_records(people))
        prepare_people(con, "records", "nicknames")
        keys = write_keys(con, "people", blocking.rules_of(is_thorough=False))
        return blocking.spare_budget(con, keys)

    assert spare(crowd(40)) == 2 * 40
    # One mailbox makes 190 pairs of 20 records.
    assert spare(people) == 0
