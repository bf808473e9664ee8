"""What a table that is trained on itself shows of streets, postal codes and cities."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import LinkageModel, score_pairs, train
from goldthread.identity.comparisons import LAST_NAME, Level
from goldthread.identity.level_sql import corroborated_sql
from goldthread.identity.people import prepare_people
from goldthread.identity.places import CITY, PLACE, POSTAL_CODE, STREET, place_levels
from goldthread.identity.starting import starting_settings
from tests.unit.identity.conftest import linkage_records, pairs_table

NAMES = ("Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ida", "Jan")
STREETS = ("Mill", "Church", "Station", "Park", "Orchard", "Bridge", "Canal", "Abbey", "Quay")
CITIES = ("Bath", "Leeds", "York", "Hull", "Derby", "Exeter", "Truro", "Ripon", "Wells", "Poole")

People = dict[str, dict[str, Any]]


def householders(*, towns: bool) -> People:
    """300 people twice; of the second record the street, the code or the city is another one.

    towns: each postal code lies in one city.
    """
    chance = Random(4)

    def somewhere() -> dict[str, str]:
        code = chance.randrange(400)
        city = code if towns else chance.randrange(400)
        street = f"{chance.choice(STREETS)} {chance.choice(NAMES)} Street"
        return {
            "address_line": f"{chance.randrange(1, 98)} {street}",
            "postal_code": str(1000 + code * 17),
            "city": f"{CITIES[city % 10]} {STREETS[city // 10 % 5]}",
        }

    people: People = {}
    for n in range(300):
        first, elsewhere = somewhere(), somewhere()
        changed = chance.choice(list(first))
        people |= {f"{n:03}-a": first, f"{n:03}-b": first | {changed: elsewhere[changed]}}
    return people


def links(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, people: People
) -> set[tuple[str, str]]:
    """The pairs linked by a model of these records only, wrong and missed ones weighing alike."""
    records = linkage_records(people)
    model = replace(
        train(records, nicknames, con, temper=0.05, is_thorough=True), expected_precision=None
    )
    scored = score_pairs(records, pairs_table([]), nicknames, con, model).to_arrow_table()
    return {(row["left_key"], row["right_key"]) for row in scored.to_pylist() if row["is_link"]}


@pytest.mark.parametrize("towns", [True, False])
def test_code_and_city_are_one_where_the_code_tells_the_city(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, towns: bool
) -> None:
    con.register("records", linkage_records(householders(towns=towns)))
    con.register("nicknames", nicknames)
    prepare_people(con, "records", "nicknames", stand_in=False)
    found = place_levels(con, "people")
    assert ("place" in found, "city" in found) == (towns, not towns)
    assert "address" not in found
    con.execute("update people set email = 'ada@quist.example' where id = 1")
    assert ("address" in place_levels(con, "people")) is towns


def test_addresses_alone_tell_who_is_who(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    """Two of street, postal code and city agree; compared as one they lost four pairs of ten."""
    people = householders(towns=False)
    found = links(con, nicknames, people)
    right = {pair for pair in found if pair[0][:3] == pair[1][:3]}
    assert len(right) >= 270
    assert len(found - right) <= 15


def test_a_record_of_an_address_only_is_compared_with_named_ones(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    con.register("nicknames", nicknames)
    address = {"address_line": "12 Mill Road"}
    people = {
        "a": {"last_name": "Moss"} | address,
        "b": address,
        "c": {"email": "ada@moss.example"},
    }
    con.register("records", linkage_records(people))
    for stand_in, compared in ((True, ["a"]), (False, ["a", "b"])):
        prepare_people(con, "records", "nicknames", stand_in=stand_in)
        keys = con.execute("select source_record_key from people order by 1").fetchall()
        assert [key for (key,) in keys] == compared


@pytest.mark.parametrize(
    "people",
    [
        {"a": {"email": "ada@quist.example"}, "b": {"email": "ben@moss.example"}},
        {"a": {"country": "GB"}, "b": {"country": "GB"}},
        {"a": {"last_name": "Quist"}},
        {},
    ],
)
def test_a_table_with_little_to_compare_is_no_error(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, people: People
) -> None:
    assert links(con, nicknames, people) == set()


def test_a_session_that_splink_cannot_finish_teaches_nothing(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    from splink.internals.em_training_session import EMTrainingSession

    def fail(_: EMTrainingSession) -> None:
        raise ValueError("m_probability value 2.2e-320 is below the minimum allowed value")

    monkeypatch.setattr(EMTrainingSession, "_train", fail)
    people = {
        f"{n:03}": {"first_name": NAMES[n % 10], "last_name": NAMES[n // 10 % 10]}
        for n in range(400)
    }
    model = train(linkage_records(people), nicknames, con)
    assert [len(levels) for levels in model.levels.values()] == [7, 5, 6, 4, 3, 7]


def test_a_place_corroborates_a_name_as_an_address_does() -> None:
    def corroborated(levels: dict[str, list[Level]]) -> str:
        model = LinkageModel(starting_settings({"last_name": LAST_NAME} | levels), {}, {})
        return corroborated_sql(model)

    apart = {"street": STREET, "postal_code": POSTAL_CODE, "city": CITY}
    assert corroborated(apart) == "(street_level in (4, 3, 2) or postal_code_level in (2))"
    assert corroborated({"place": PLACE}) == "(place_level in (8, 7, 6, 5))"
