"""Weights are those of Splink's own ``predict``."""

from __future__ import annotations

import logging
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import LinkageModel, committed_model
from goldthread.identity.comparison_vectors import weigh
from goldthread.identity.people import prepare_people
from tests.unit.identity.conftest import linkage_records

# Each differs from the first in another way: typing errors, swaps, nicknames, gaps, another person.
ADA = {
    **{"first_name": "William", "last_name": "Thorne-Hall", "birth_date": "1958-10-02"},
    **{"email": "w.thorne@mail.example", "phone": "+14155550143"},
    **{"address_line": "12 Hill Road", "postal_code": "94110", "city": "San Francisco"},
}
PEOPLE: dict[str, dict[str, Any]] = {
    f"r{n:02}": ADA | change
    for n, change in enumerate(
        (
            {},
            {"first_name": "Bill", "birth_date": "1958-02-10", "phone": "+14155550134"},
            {"first_name": "Wililam", "last_name": "Thorn-Hall", "postal_code": "94101"},
            {"first_name": "Thorne-Hall", "last_name": "William", "email": None},
            {"first_name": "W", "birth_date": "1958-10-20", "address_line": "21 Hill Road"},
            {"last_name": "Hall Sr.", "birth_date": None, "email": "w_thorne@post.example"},
            {"last_name": "Hall Jr.", "birth_date": "1985-10-02", "phone": None},
            {"first_name": "Willa", "email": "wthorn@mail.example", "city": "San Fransisco"},
            {"last_name": "Marsh", "address_line": None, "postal_code": None, "city": None},
            {"first_name": "Mary", "last_name": "Smith", "birth_date": "1958-10-03"},
            {"first_name": "Mary", "last_name": "Smith", "address_line": None, "city": "Oakland"},
            {"first_name": None, "last_name": "Zzyzx", "phone": "+14155550142"},
            {
                "first_name": "Ada",
                "last_name": "Zzyzx",
                "address_line": "7 Oak Lane",
                "postal_code": "10301",
                "city": "York",
            },
        )
    )
}


@pytest.fixture
def pairs(con: duckdb.DuckDBPyConnection, nicknames: pa.Table) -> duckdb.DuckDBPyConnection:
    """Tables people and pairs: everybody with everybody."""
    con.register("records", linkage_records(PEOPLE))
    con.register("nicknames", nicknames)
    prepare_people(con, "records", "nicknames")
    con.execute(
        "create table pairs as select l.id as id_l, r.id as id_r "
        "from people as l join people as r on l.id < r.id"
    )
    return con


def predicted(con: duckdb.DuckDBPyConnection, model: LinkageModel) -> list[dict[str, Any]]:
    """What Splink makes of the pairs, its prior taken off."""
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(con)
    linker = Linker(api.register("people"), model.settings, log_level=logging.ERROR)
    for column, shares in model.term_frequencies.items():
        lookup = pa.table({column: list(shares), f"tf_{column}": list(shares.values())})
        linker.table_management.register_term_frequency_lookup(api.register(lookup), column)
    con.execute(
        "create table blocked as "
        "select id_l as join_key_l, id_r as join_key_r, '0' as match_key from pairs"
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register("blocked"))
    found = linker.inference.predict(warning_mode="never").physical_name
    rows = con.execute(
        f"select * replace (match_weight - ({model.prior_weight}) as match_weight) "
        f"from {found} order by id_l, id_r"
    )
    found: list[dict[str, Any]] = rows.to_arrow_table().to_pylist()
    return found


def test_weights_and_levels_are_those_of_splink(pairs: duckdb.DuckDBPyConnection) -> None:
    model = committed_model()
    weigh(pairs, model, "pairs", "scores")
    ours = pairs.execute("from scores order by id_l, id_r").to_arrow_table().to_pylist()
    theirs = predicted(pairs, model)
    assert len(ours) == len(theirs) == len(PEOPLE) * (len(PEOPLE) - 1) // 2
    seen: dict[str, set[int]] = {name: set() for name in model.levels}
    for our, their in zip(ours, theirs, strict=True):
        assert our["match_weight"] == pytest.approx(their["match_weight"], abs=1e-9)
        for name, levels in model.levels.items():
            bits = {level.number: level.bits for level in levels} | {-1: 0.0}
            assert bits[our[f"{name}_level"]] == pytest.approx(their[f"mw_{name}"], abs=1e-9)
            seen[name].add(our[f"{name}_level"])
    # Missing values, agreement, disagreement and most of what lies between were compared.
    assert all({-1, len(model.levels[name]) - 1} <= found for name, found in seen.items()), seen
    assert sum(map(len, seen.values())) >= 30


def test_names_weigh_by_their_frequency(pairs: duckdb.DuckDBPyConnection) -> None:
    model = committed_model()
    shares = {"given_first": {"mary": 0.25}, "family_name": {"smith": 0.0001}}
    model = LinkageModel(model.settings, shares, {})
    weigh(pairs, model, "pairs", "scores")
    weights = pairs.execute("select match_weight from scores order by id_l, id_r").fetchall()
    assert [row[0] for row in weights] == pytest.approx(
        [row["match_weight"] for row in predicted(pairs, model)], abs=1e-9
    )


def test_no_pairs_give_an_empty_table(pairs: duckdb.DuckDBPyConnection) -> None:
    pairs.execute("delete from pairs")
    weigh(pairs, committed_model(), "pairs", "scores")
    assert pairs.execute("select count(*) from scores").fetchone() == (0,)
