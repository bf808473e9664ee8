"""Ids are for ever: whatever happens to people, rules and models, an id once issued leads on."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldthread.identity import LinkageModel, committed_model
from goldthread.warehouse.errors import BuildFailed
from tests.identity_scenarios.engine import BEFORE_SCORING, Engine, Records, partition
from tests.identity_scenarios.test_increments import SETTINGS, assert_ids_are_kept

PEOPLE: Records = {
    f"crm:{n}": {"first_name": name, "email": f"{name.lower()}@mail.example"}
    for n, name in enumerate(("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay"))
}
KEYS = sorted(PEOPLE)
Decisions = list[tuple[str, str, str]]


@st.composite
def decisions(draw: st.DrawFn) -> Decisions:
    """Some pairs said to be one person: their number and choice merge and split from run to run."""
    pairs = st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)).filter(lambda p: p[0] != p[1])
    return [("must_link", *pair) for pair in draw(st.lists(pairs, max_size=5))]


@SETTINGS
@given(
    runs=st.lists(
        st.tuples(decisions(), st.sets(st.sampled_from(KEYS), max_size=2)), min_size=3, max_size=4
    )
)
def test_every_id_ever_issued_leads_to_a_customer(
    models: dict[str, str], runs: list[tuple[Decisions, set[str]]]
) -> None:
    engine = Engine(models)
    held: dict[str, set[str]] = {}
    for decided, gone in runs:
        there = {key: record for key, record in PEOPLE.items() if key not in gone}
        customers = engine.run(there, decided)
        for record, customer in customers.items():
            held.setdefault(customer, set()).add(record)
        redirects, active = engine.redirects(), set(customers.values())
        assert set(held) == engine.ids_ever_issued()
        assert set(redirects.values()) <= active
        assert not redirects.keys() & active
        for customer in held.keys() - active - redirects.keys():
            # Nowhere to lead to: whoever it meant is not there any more.
            assert not held[customer] & customers.keys()


def test_a_chain_of_merges_and_splits_is_followed_to_its_end(models: dict[str, str]) -> None:
    engine = Engine(models)
    ada, ben, cleo, dora = KEYS[:4]
    first = engine.run(PEOPLE)
    engine.run(PEOPLE, [("must_link", ada, ben)])
    engine.run(PEOPLE, [("must_link", ada, ben), ("must_link", ben, cleo)])
    engine.run(PEOPLE, [("must_link", ada, ben), ("must_link", cleo, dora)])
    last = engine.run(PEOPLE, [("must_link", ada, ben), ("must_link", ada, dora)])
    known, redirects = set(last.values()), engine.redirects()
    for record in (ada, ben, cleo, dora):
        assert redirects.get(first[record], first[record]) in known
    assert redirects.get(first[ben], first[ben]) == last[ben]


def test_an_id_leads_to_who_is_left_of_its_people(models: dict[str, str]) -> None:
    engine = Engine(models)
    ada, ben, cleo, dora, emil, fay = KEYS
    others = [("must_link", dora, emil), ("must_link", emil, fay)]
    first = engine.run(PEOPLE, [("must_link", ada, ben), ("must_link", ben, cleo), *others])
    # Two of three records join a larger customer, then all of that customer is deleted.
    engine.run(PEOPLE, [("must_link", ada, ben), ("must_link", ben, dora), *others])
    last = engine.run({cleo: PEOPLE[cleo]})
    assert first[cleo] != last[cleo]
    assert engine.redirects()[first[cleo]] == last[cleo]


def test_a_record_that_comes_back_takes_no_customer_its_id(models: dict[str, str]) -> None:
    engine = Engine(models)
    ada, ben, cleo = KEYS[:3]
    there = {key: PEOPLE[key] for key in (ada, ben, cleo)}
    engine.run({ada: PEOPLE[ada], ben: PEOPLE[ben]}, [("must_link", ada, ben)])
    before = engine.run({cleo: PEOPLE[cleo]})
    after = engine.run(there, [("must_link", ada, ben), ("must_link", ben, cleo)])
    assert set(after.values()) == {before[cleo]}


def test_another_model_and_another_threshold_keep_the_ids(models: dict[str, str]) -> None:
    people: Records = {
        f"crm:{n}{side}": {
            "first_name": first, "last_name": last,
            "birth_date": f"19{60 + 9 * n}-0{2 * n + 1}-1{n}",
            "postal_code": f"{n + 1}4110", "address_line": f"{n}7 Hill Road", "city": side,
        }
        for n, (first, last) in enumerate(
            (("Ada", "Quist"), ("Ben", "Rohde"), ("Cleo", "Marsh"), ("Dora", "Timm"))
        )
        for side in "ab"
    }  # fmt: skip
    engine = Engine(models)
    before = engine.run(people)
    assert len(set(before.values())) == 4
    shipped = committed_model()
    settings = copy.deepcopy(shipped.settings)
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if "m_probability" in level:
                level["m_probability"] *= 0.9
    engine.linkage = LinkageModel(settings, {}, {})
    after = engine.run(people)
    assert partition(after) == partition(before)
    assert after == before
    # A model that finds nothing alike splits people; the shipped one joins them under their ids.
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if "m_probability" in level:
                level["m_probability"], level["u_probability"] = 0.1, 0.9
    engine.linkage = LinkageModel(settings, {}, {})
    apart = engine.run(people)
    assert len(set(apart.values())) == len(people)
    engine.linkage = shipped
    again = engine.run(people)
    assert again == before
    assert_ids_are_kept(apart, again)


def test_tables_of_different_builds_are_not_put_together(models: dict[str, str]) -> None:
    engine = Engine(models)
    people = {**PEOPLE, "crm:9": PEOPLE["crm:0"]}
    engine.run(people)
    # A record whose key comes first takes the number of another one.
    more = {"app:1": {"first_name": "Gil", "email": "gil@mail.example"}, **people}
    with pytest.raises(BuildFailed, match="of different builds"):
        engine.cluster_after(more, "linkage_records")
    with pytest.raises(BuildFailed, match="of different builds"):
        engine.cluster_after(more, *BEFORE_SCORING)
    customers = engine.run(more)
    assert len(set(customers.values())) == len(PEOPLE) + 1
