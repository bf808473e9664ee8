"""However the input is cut into batches, the people and their ids come out the same.

GOLDTHREAD_EXAMPLES=100 looks further than the few examples of every day.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.identity_scenarios.engine import Engine, Record, Records, partition

SETTINGS = settings(
    max_examples=int(os.environ.get("GOLDTHREAD_EXAMPLES", "6")),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
HOME = {"address_line": "12 Hill Road", "postal_code": "94110", "city": "San Francisco"}
# Two couples, a father and his son, and a stranger: whom links may join wrongly.
PEOPLE: list[Record] = [
    {"first_name": "Greta", "last_name": "Lindqvist", "birth_date": "1981-04-03", **HOME},
    {"first_name": "Henry", "last_name": "Lindqvist", "birth_date": "1979-08-11", **HOME},
    {"first_name": "Henry", "last_name": "Lindqvist", "birth_date": "1948-01-30", **HOME},
    {"first_name": "Paula", "last_name": "Ortega", "birth_date": "1990-12-05"},
    {"first_name": "Samuel", "last_name": "Ortega", "birth_date": "1991-02-14"},
]
EMAILS = ("greta@mail.example", "family@mail.example", "henry@mail.example", "p@mail.example")
PHONES = ("+14155550111", "+14155550112", "+14155550113")
SOURCES = ("signups", "crm", "stripe")


@st.composite
def a_record(draw: st.DrawFn) -> Record:
    """What one source knows of somebody: parts of the details, shared values, perhaps a login."""
    person = draw(st.sampled_from(PEOPLE))
    known = draw(st.sets(st.sampled_from(sorted(person)), max_size=len(person)))
    return {
        **{name: person[name] for name in sorted(known)},
        "email": draw(st.sampled_from([None, *EMAILS])),
        "phone": draw(st.sampled_from([None, None, *PHONES])),
        "user_id": draw(st.sampled_from([None, None, None, "u1", "u2", "u3"])),
    }


@st.composite
def some_records(draw: st.DrawFn) -> Records:
    found = draw(st.lists(a_record(), min_size=4, max_size=12))
    return {f"{SOURCES[n % 3]}:{n:02}": record for n, record in enumerate(found)}


@st.composite
def some_batches(draw: st.DrawFn) -> list[Records]:
    """All records in any order, cut anywhere, each batch beside all before; last all of them."""
    records = draw(some_records())
    order = draw(st.permutations(sorted(records)))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), min_size=2, max_size=2)))
    return [{key: records[key] for key in order[:cut]} for cut in (*cuts, len(order))]


def resolve(models: Mapping[str, str], states: Sequence[Records]) -> list[dict[str, str]]:
    engine = Engine(models)
    return [engine.run(state) for state in states]


def afresh(models: Mapping[str, str], records: Records) -> dict[str, str]:
    """One full run in a new home, without anything kept."""
    return Engine(models, keeps_scores=False).run(records)


def assert_ids_are_kept(before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Whoever neither merged nor split has the id of before."""
    members: dict[str, set[str]] = {}
    for record, customer in after.items():
        members.setdefault(customer, set()).add(record)
    for customer, records in members.items():
        had = {before[record] for record in records if record in before}
        still_there = {r for r, c in before.items() if c in had and r in after}
        if len(had) == 1 and still_there <= records:
            assert had == {customer}


@SETTINGS
@given(batches=some_batches())
def test_any_cut_in_any_order_gives_the_people_of_one_run(
    models: dict[str, str], batches: list[Records]
) -> None:
    states = resolve(models, batches)
    assert partition(states[-1]) == partition(afresh(models, batches[-1]))
    for before, after in pairwise(states):
        assert_ids_are_kept(before, after)


@SETTINGS
@given(records=some_records(), data=st.data())
def test_deleted_records_join_nobody_any_more(
    models: dict[str, str], records: Records, data: st.DataObject
) -> None:
    kept = data.draw(st.sets(st.sampled_from(sorted(records)), min_size=1), label="kept")
    left = {key: record for key, record in records.items() if key in kept}
    first, second = resolve(models, [records, left])
    assert partition(second) == partition(afresh(models, left))
    assert_ids_are_kept(first, second)


@SETTINGS
@given(records=some_records(), corrected=a_record(), data=st.data())
def test_corrected_records_join_whom_they_now_say(
    models: dict[str, str], records: Records, corrected: Record, data: st.DataObject
) -> None:
    changed = records | {data.draw(st.sampled_from(sorted(records)), label="which"): corrected}
    first, second, third = resolve(models, [records, changed, records])
    assert partition(second) == partition(afresh(models, changed))
    assert partition(third) == partition(first)
    assert_ids_are_kept(first, second)
    assert_ids_are_kept(second, third)
