"""Tables that are not made as a shop's records are: no or wrong birth dates, dozens of records a
person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from random import Random

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from goldthread.identity import cluster_records, committed_model, score_pairs, train
from goldthread.identity.block_keys import Rule, write_keys
from goldthread.identity.blocking import rules_of, write_pairs_by_keys
from goldthread.identity.mixture import MOST_DIFFERENT, Chances, separate
from goldthread.identity.people import prepare_people
from goldthread.identity.probability import STEP, Judgement, judge
from goldthread.identity.relatives import ANY_NUMBER, MostRelatives
from goldthread.identity.second_look import look_again
from tests.unit.identity.conftest import linkage_records, pairs_table

NAMES = ("Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ida", "Jan")

BALANCED = replace(committed_model(), expected_precision=None)


def write_scores(
    con: duckdb.DuckDBPyConnection, people: int, pairs: list[tuple[int, int, float]]
) -> None:
    """Tables people, scores, candidates and known_pairs; a pair is (id_l, id_r, match_weight)."""
    con.execute(f"create table people as select range as id from range({people})")
    con.execute(
        "create table scores (id_l bigint, id_r bigint, match_weight double, "
        "household_weight double, namesake_weight double, shares_identifier boolean)"
    )
    con.executemany("insert into scores values (?, ?, ?, 12, 12, false)", pairs)
    con.execute("create table candidates as select id_l, id_r, false as is_tight from scores")
    con.execute("create table known_pairs as select id_l, id_r from scores where false")


def test_a_table_without_tight_pairs_is_judged_by_the_loose_ones(
    con: duckdb.DuckDBPyConnection,
) -> None:
    write_scores(con, 200, [(n, n + 100, 20.0) for n in range(100)])
    found = judge(con, "scores", "candidates", "people", expected_precision=None)
    assert found.prior_weight == pytest.approx(np.log2(100 / 19_900), abs=STEP / 2)
    # A precision that is promised rests on tight pairs.
    assert judge(con, "scores", "candidates", "people", 0.96).prior_weight < -15


def test_a_table_without_tight_pairs_shows_its_households_in_the_loose_ones(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Every tenth pair says twofold that it is a household, and the others that there is none."""
    write_scores(con, 400, [(n, n + 200, 20.0) for n in range(200)])
    con.execute("update scores set household_weight = -1 where id_l % 10 = 0")
    found = judge(con, "scores", "candidates", "people", expected_precision=None)
    assert found.household_ratio < 0.05
    row = con.execute(f"select min({found.probability_sql}) from scores").fetchone()
    assert row is not None
    assert row[0] > found.threshold
    # A precision that is promised rests on tight pairs.
    assert judge(con, "scores", "candidates", "people", 0.96).household_ratio == 0.25


def test_strangers_of_one_name_are_told_apart_where_there_are_no_households(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """A fifth of the pairs differ as namesakes do: more than there are sons, but not strangers."""
    write_scores(con, 400, [(n, n + 200, 20.0) for n in range(200)])
    con.execute("update scores set namesake_weight = -8 where id_l % 5 = 0")
    ratios = [
        judge(con, "scores", "candidates", "people", None, most=most).namesake_ratio
        for most in (MostRelatives(share_of_one_name=share) for share in (0.0, 40 / 79_800))
    ]
    assert ratios[0] < 0.01
    assert ratios[1] > 0.2


def test_wrong_birth_dates_are_no_sons_where_people_live_alone(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    """Three records of each of twenty people; every third person has another birth date in one."""
    people = {
        f"{n:02}-{copy}": {
            "first_name": NAMES[n % 10],
            "last_name": f"{NAMES[n // 10]}{NAMES[n * 3 % 10].lower()}ton",
            "address_line": f"{3 + n} {NAMES[n * 7 % 10]} Street",
            "postal_code": f"{10001 + n * 137}",
            "city": f"{NAMES[n * 9 % 10]}ville",
            "birth_date": f"{1940 + (n * 7 + 23 * wrong) % 60}-{1 + (n + 5 * wrong) % 12:02}-"
            f"{1 + (n * 5 + 11 * wrong) % 28:02}",
        }
        for n in range(20)
        for copy, wrong in enumerate((0, 0, n % 3 == 0))
    }
    records = linkage_records(people)
    model = replace(train(records, nicknames, con, is_thorough=True), expected_precision=None)
    scored = score_pairs(records, pairs_table([]), nicknames, con, model)
    links = scored.filter("is_link").select("left_key, right_key").fetchall()
    assert sorted(links) == [
        pair for pair in combinations(sorted(people), 2) if pair[0][:2] == pair[1][:2]
    ]


def _homes(is_family: bool) -> dict[str, dict[str, str]]:
    """Four records at each of 200 addresses: a wrong first name on every fourth, or two people's
    in turn. Every second record has a mistyped address."""
    random = Random(1)
    people = {}
    for home in range(200):
        first, other = random.sample(NAMES, 2)
        surname = "".join(random.choices(NAMES, k=2))
        place = {"postal_code": f"{random.randrange(10000, 99999)}", "city": random.choice(NAMES)}
        number, street = random.randrange(1, 300), "".join(random.choices(NAMES, k=2))
        for copy in range(4):
            is_other = copy % 2 == 1 if is_family else copy == 3
            people[f"{home:03}-{copy}"] = {
                "first_name": other if is_other else first,
                "last_name": surname,
                "address_line": f"{number} {street}{'x' * (copy // 2)} street",
                **place,
            }
    return people


@pytest.mark.parametrize("is_family", [False, True])
def test_who_comes_again_tells_a_family_from_a_wrong_first_name(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, is_family: bool
) -> None:
    records = linkage_records(_homes(is_family))
    model = replace(train(records, nicknames, con, is_thorough=True), expected_precision=None)
    scored = score_pairs(records, pairs_table([]), nicknames, con, model)
    other_name = "left_key[:3] = right_key[:3] and right_key like '%-3' and first_name_level = 0"
    row = scored.filter(other_name).aggregate("avg(match_probability)").fetchone()
    assert row is not None
    assert row[0] < 0.1 if is_family else row[0] > 0.5


def test_couples_of_whom_only_the_years_of_birth_are_known_stay_two(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    """Husband and wife, born one to four years apart, each there twice; every tenth has moved."""
    people = {
        f"{n:02}-{first}-{copy}": {
            "first_name": first,
            "last_name": f"{NAMES[n % 10]}{NAMES[n * 3 // 10 % 10].lower()}ton",
            "address_line": f"{3 + n + 7 * (copy and n % 10 == 0)} {NAMES[n * 7 % 10]} Street",
            "postal_code": f"{10001 + n * 137}",
            "city": f"{NAMES[n * 9 % 10]}ville",
            "birth_date": f"{1940 + n * 7 % 50 + years}-07-01",  # the middle of the year
        }
        for n in range(60)
        for first, years in ((NAMES[n % 9], 0), (NAMES[n * 7 % 9 + 1], 1 + n % 4))
        for copy in range(2)
    }
    records = linkage_records(people)
    model = replace(train(records, nicknames, con, is_thorough=True), expected_precision=None)
    scored = score_pairs(records, pairs_table([]), nicknames, con, model)
    links = scored.filter("is_link").select("left_key, right_key").fetchall()
    assert {(left[:-2], right[:-2]) for left, right in links} <= {
        (key[:-2], key[:-2]) for key in people
    }
    assert len(links) >= 110


def test_the_last_ones_without_a_counterpart_belong_together(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Of 2,000 records all but ten found theirs. Weak evidence is enough for these ten, and not for
    another record of somebody who has one."""
    sure = [(n, n + 1000, 25.0) for n in range(995)]
    last = [(n, n + 1000, 9.0) for n in range(995, 1000)]
    third = [(n, n + 1, 9.0) for n in range(5)]
    write_scores(con, 2000, [*sure, *last, *third])
    first = judge(con, "scores", "candidates", "people", expected_precision=None)
    second = look_again(con, BALANCED, first)

    def linked(judgement: Judgement) -> int:
        row = con.execute(
            f"select count(*) from scores where {judgement.probability_sql} >= 0.6"
        ).fetchone()
        assert row is not None
        return int(row[0])

    assert linked(first) == 995
    assert linked(second) == 1000
    assert second.prior_weight_both_alone is not None
    assert second.prior_weight_both_alone > first.prior_weight + 5


def test_where_nobody_has_a_name_the_address_stands_for_it(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    con.register("nicknames", nicknames)
    addresses = {"a": {"address_line": "12 Mill Road", "city": "Bath"}, "b": {"city": "Bath"}}
    con.register("records", linkage_records(addresses))
    prepare_people(con, "records", "nicknames")
    rows = "select source_record_key, family_name, address, city from people order by 1"
    assert con.execute(rows).fetchall() == [("a", "12 mill road", None, "bath")]
    con.register("records", linkage_records(addresses | {"c": {"last_name": "Moss"}}))
    prepare_people(con, "records", "nicknames")
    assert con.execute(rows).fetchall() == [("c", "moss", None, None)]


def test_households_are_not_taken_for_people_who_change_their_names() -> None:
    """Names and addresses only, and three pairs of a household for each of a person."""
    chances = Chances.of(BALANCED)
    best = [len(each) - 1 for each in chances.person]
    first, last, address = 0, 1, 5
    same = [-1] * 6
    same[first], same[last], same[address] = best[first], best[last], best[address]
    household = [*same]
    household[first] = 0
    free = [[index == first for index in range(6)]] * 2
    person, share = separate([same, household], [5000, 15000], free, chances, 1e8, ANY_NUMBER)
    assert person[first][0] <= MOST_DIFFERENT["first_name"]
    assert share * 1e8 < 10_000


def test_where_nobody_reviews_a_person_may_have_any_number_of_records(
    con: duckdb.DuckDBPyConnection,
) -> None:
    keys = [f"crm:{n:02}" for n in range(45)]
    texts = {"first_name": "Iris", "last_name": "Vann"}
    records = pa.table(
        {"source_record_key": keys, "record_number": range(45), "profile_number": range(45)}
        | {"numbering": ["these"] * 45}
        | {name: [value] * 45 for name, value in texts.items()}
    )
    con.register("keys", records)
    edges = con.sql(
        "select l.record_number as left_number, r.record_number as right_number, l.numbering, "
        "'details' as identifier_type, null as identifier_value, 'linked' as decision, "
        "99 as priority, false as is_certain, 0.95 as match_probability "
        "from keys as l join keys as r on l.record_number < r.record_number"
    ).to_arrow_table()
    levels = ", ".join(f"{name}_level tinyint" for name in BALANCED.levels)
    con.execute(
        "create table no_scores (left_number bigint, right_number bigint, numbering text, "
        "match_probability double, conflict text, prior_weight double, "
        "household_ratio double, namesake_ratio double, "
        f"{levels})"
    )
    con.execute(
        "create table no_identifiers (source_record_key text, identifier_type text, "
        "identifier_value text, is_unique_per_person boolean)"
    )
    limits = pa.table(
        {
            "limit_name": ["most_profiles", "established_profiles", "least_bridge_probability"],
            "limit_value": [30.0, 2.0, 0.9],
        }
    )
    for model in (BALANCED, committed_model()):
        found = cluster_records(
            records,
            edges,
            con.table("no_scores").to_arrow_table(),
            con.table("no_identifiers").to_arrow_table(),
            limits,
            con,
            model,
        ).to_arrow_table()
        assert (len(set(found["cluster_key"].to_pylist())) == 1) is (model is BALANCED)


@pytest.mark.parametrize("is_thorough", [True, False])
def test_thorough_blocking_counts_a_pair_once(
    con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, is_thorough: bool
) -> None:
    """All rules find the same pairs; what only a dear rule finds is found if they count once."""
    monkeypatch.setattr("goldthread.identity.blocking.EXTRA_PAIRS", 400)
    ids = np.arange(60)
    people = pa.table(
        {
            "id": pa.array(ids),
            "given_first": pa.array([f"given{n % 20}" for n in ids]),
            "family_name": pa.array([f"family{n % 20}" for n in ids]),
            "city": pa.array([f"city{n % 20}" for n in ids]),
            "postal_code": pa.array([f"code{n}" for n in ids]),
            **{
                name: pa.array([None] * 60, "string")
                for name in (
                    *("email", "phone", "birth_date", "birth_digits", "address", "street"),
                    *("house_number", "email_local"),
                )
            },
        }
    )
    con.register("people_in", people)
    con.execute("create table people as from people_in")
    for name in ("LOOSE_RULES", "THOROUGH_RULES"):
        monkeypatch.setattr(f"goldthread.identity.blocking.{name}", tuple(_rules()))
    keys = write_keys(con, "people", rules_of(is_thorough=is_thorough))
    write_pairs_by_keys(con, keys, "pairs", is_thorough=is_thorough)
    row = con.execute("select count(*) from pairs").fetchone()
    assert row is not None
    assert (row[0] > 60) is is_thorough


def _rules() -> Iterator[Rule]:
    yield from [Rule((name,), frozenset(), 500) for name in ("given_first", "city")] * 4
    yield Rule(("id % 6",), frozenset(), 500)
