"""What the committed model makes of pairs of records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import committed_model, score_pairs
from tests.unit.identity.conftest import Pairs, linkage_records, pairs_table

Score = Callable[..., Pairs]
HOME = {"address_line": "12 Hill Road", "postal_code": "94110", "city": "San Francisco"}


def weights(score: Score, left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    return score({"a": left, "b": right}, [("a", "b")])[("a", "b")]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"first_name": "William"}, {"first_name": "Bill"}),
        ({"first_name": "Jürgen"}, {"first_name": "Juergen"}),
        ({"first_name": "Дмитрий"}, {"first_name": "Dmitry"}),
        ({"first_name": "Anna Maria"}, {"first_name": "Anna"}),
        ({"first_name": "Isabel"}, {"first_name": "Isbael"}),
    ],
)
def test_spellings_of_a_first_name_do_not_conflict(
    score: Score, left: dict[str, str], right: dict[str, str]
) -> None:
    rest = {"last_name": "Thorne", "birth_date": "1958-10-02", **HOME}
    pair = weights(score, left | rest, right | rest)
    assert pair["conflict"] is None
    assert pair["first_name_level"] > 0
    assert pair["household_weight"] > 0


def test_a_changed_family_name_and_a_former_address_leave_the_other_details(score: Score) -> None:
    rest = {"first_name": "Rosalind", "birth_date": "1991-05-17"}
    details = {"email": "rosalind.v@mail.example", "phone": "+14155550143"}
    married = weights(
        score,
        rest | details | {"last_name": "Vance", **HOME},
        rest | details | {"last_name": "Achterberg", **HOME},
    )
    moved = weights(
        score,
        rest | details | {"last_name": "Vance", **HOME},
        rest
        | details
        | {"last_name": "Vance", "address_line": "7 Quay", "postal_code": "10301", "city": "York"},
    )
    for pair in (married, moved):
        assert pair["conflict"] is None
        assert pair["is_link"]


def test_swapped_names_are_weighed_once(score: Score) -> None:
    rest = {"birth_date": "1986-07-07", **HOME}
    pair = weights(
        score,
        {"first_name": "Marta", "last_name": "Kowalczyk"} | rest,
        {"first_name": "Kowalczyk", "last_name": "Marta"} | rest,
    )
    assert pair["last_name_level"] == -1
    assert pair["match_weight"] > 30


def test_swapped_day_and_month_is_no_other_birth_date(score: Score) -> None:
    rest = {"first_name": "Paula", "last_name": "Hensley", **HOME}
    pair = weights(score, rest | {"birth_date": "1987-04-11"}, rest | {"birth_date": "1987-11-04"})
    assert pair["namesake_weight"] > 0


def test_a_couple_with_one_mailbox_conflicts(score: Score) -> None:
    rest = {"last_name": "Oakes", "email": "oakes.family@mail.example", **HOME}
    pair = weights(score, rest | {"first_name": "Martin"}, rest | {"first_name": "Julia"})
    assert pair["conflict"] == "first_name"
    assert not pair["is_link"]


def test_twins_are_not_one_person(score: Score) -> None:
    rest = {"last_name": "Hallberg", "birth_date": "1999-03-21", **HOME}
    pair = weights(
        score,
        rest | {"first_name": "Emma", "email": "emma@mail.example"},
        rest | {"first_name": "Sofia", "email": "sofia@mail.example"},
    )
    assert not pair["is_link"]


def test_father_and_son_conflict(score: Score) -> None:
    rest = {"first_name": "Henry", "last_name": "Marlow", **HOME}
    pair = weights(score, rest | {"birth_date": "1948-01-30"}, rest | {"birth_date": "1979-08-11"})
    assert pair["conflict"] == "birth_date"


def test_senior_and_junior_conflict(score: Score) -> None:
    pair = weights(
        score,
        {"first_name": "Walter", "last_name": "Pike Sr.", **HOME},
        {"first_name": "Walter", "last_name": "Pike Jr.", **HOME},
    )
    assert pair["conflict"] == "name_suffix"


def test_a_name_alone_never_links(score: Score) -> None:
    name = {"first_name": "Theodora", "last_name": "Quillfeather"}
    assert not weights(score, name, name)["is_link"]


def test_a_placeholder_birth_date_is_none(score: Score) -> None:
    rest = {"first_name": "Ida", "last_name": "Kern", "birth_date": "1900-01-01"}
    assert weights(score, rest, rest)["birth_date_level"] == -1


def test_the_order_of_the_rows_does_not_matter(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    people = {
        f"r{n:02}": {"first_name": "Ada", "last_name": f"Quist{n % 5}", "birth_date": "1980-01-02"}
        for n in range(20)
    }
    records = linkage_records(people)
    results = [
        score_pairs(table, pairs_table([]), nicknames, con, committed_model())
        .to_arrow_table()
        .sort_by([("left_key", "ascending"), ("right_key", "ascending")])
        .to_pylist()
        for table in (records, records.take(list(reversed(range(20)))))
    ]
    assert results[0] == results[1]
    assert results[0]


def test_nothing_of_splink_is_left_behind(con: duckdb.DuckDBPyConnection, score: Score) -> None:
    score({"a": {"first_name": "Ada"}, "b": {"first_name": "Ben"}}, [("a", "b")])
    assert con.execute("select count(*) from duckdb_tables()").fetchone() == (0,)
    assert con.execute(
        "select count(*) from duckdb_databases() where database_name like 'scratch%'"
    ).fetchone() == (0,)


def test_no_records_give_no_pairs(score: Score) -> None:
    assert score({}) == {}


def test_a_handful_of_certain_pairs_are_links(score: Score) -> None:
    # Told wrongly once: a threshold rounded up to 1.0 refused pairs of probability 0.99998.
    people = {
        f"{n}{side}": {
            "first_name": first,
            "last_name": last,
            "birth_date": f"19{60 + 9 * n}-0{2 * n + 1}-1{n}",
            "postal_code": f"{n + 1}4110",
            "city": side,
        }
        for n, (first, last) in enumerate((("Ada", "Quist"), ("Ben", "Rohde"), ("Cleo", "Marsh")))
        for side in "ab"
    }
    found = score(people)
    assert {key for key, row in found.items() if row["is_link"]} == {
        ("0a", "0b"),
        ("1a", "1b"),
        ("2a", "2b"),
    }
