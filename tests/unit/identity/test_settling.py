"""Components in which not everybody can be one person."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from goldthread.identity import committed_model, groups
from goldthread.identity.component import Component, Disputed, Edge, JoinLimits
from goldthread.identity.groups import contradict
from goldthread.identity.settling import HeldBack, settle
from goldthread.identity.weighing import Judge

SAME = (5, 3, 5, 3, 2, 4)
NAMESAKES = (5, 3, 1, 0, 0, 4)
LIMITS = JoinLimits(30, 2, 0.9)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(committed_model(), prior_weight=-12.0, household_ratio=0.3, namesake_ratio=0.02)


def edge(left: int, right: int, rank: int = 2, *, decided: bool = False) -> Edge:
    return Edge(left, right, (rank, left, right), is_decided=decided, is_certain=rank == 1)


def test_the_weaker_link_goes_where_two_users_would_become_one(judge: Judge) -> None:
    component = Component(
        edges=[edge(1, 2, rank=1), edge(2, 3), edge(3, 4, rank=1)],
        unique_ids={1: {("user_id", "a")}, 4: {("user_id", "b")}},
    )
    # Logins (rank 1) hold; the link between the two people gives way.
    assert settle(component, judge, LIMITS).clusters == [[1, 2], [3, 4]]


def test_a_decision_passes_where_identifiers_contradict(judge: Judge) -> None:
    component = Component(
        edges=[edge(1, 2, rank=0, decided=True)],
        unique_ids={1: {("user_id", "a")}, 2: {("user_id", "b")}},
    )
    assert settle(component, judge, LIMITS).clusters == [[1, 2]]


def test_a_decision_keeps_apart_what_links_join(judge: Judge) -> None:
    component = Component(edges=[edge(1, 2, rank=1), edge(2, 3, rank=1)], apart={(1, 3)})
    clusters = settle(component, judge, LIMITS).clusters
    assert [1, 2, 3] not in clusters
    assert sorted(record for cluster in clusters for record in cluster) == [1, 2, 3]


def test_records_without_birth_date_do_not_outvote_those_with_one(judge: Judge) -> None:
    # 1 and 4 are father and son; 2 and 3 have no birth date and fit both.
    missing = (5, 3, -1, 0, -1, 4)
    component = Component(
        edges=[edge(1, 2), edge(3, 4), edge(2, 3, rank=3)],
        levels={
            (1, 2): (5, 3, -1, 3, -1, 4),
            (3, 4): (5, 3, -1, 3, -1, 4),
            (2, 3): missing,
            (1, 3): missing,
            (2, 4): missing,
            (1, 4): NAMESAKES,
        },
    )
    assert settle(component, judge, LIMITS).clusters == [[1, 2], [3, 4]]


def test_a_disputed_value_follows_its_holders_once_they_are_one(judge: Judge) -> None:
    shared = ("email", "x@mail.example")
    component = Component(
        edges=[edge(1, 2)], levels={(1, 2): SAME}, disputed={shared: Disputed({1, 2}, {3})}
    )
    assert settle(component, judge, LIMITS).clusters == [[1, 2, 3]]
    component.disputed = {shared: Disputed({1, 2, 99}, {3})}
    assert settle(component, judge, LIMITS).clusters == [[1, 2], [3]]


def test_the_order_of_the_links_does_not_matter(judge: Judge) -> None:
    edges = [edge(n, n + 1, rank=1 + n % 2) for n in range(12)]
    ids = {n: {("user_id", str(n // 4))} for n in range(0, 13, 4)}
    expected = settle(Component(edges=edges, unique_ids=ids), judge, LIMITS).clusters
    for seed in range(10):
        shuffled = random.Random(seed).sample(edges, len(edges))
        assert settle(Component(edges=shuffled, unique_ids=ids), judge, LIMITS).clusters == expected


def test_one_side_may_know_more_identifiers_than_the_other() -> None:
    both = {("user_id", "a"), ("user_id", "b")}
    assert not contradict(both, {("user_id", "a")})
    assert contradict(both, {("user_id", "c")})
    assert not contradict(set(), both)


def test_one_doubtful_link_does_not_join_two_known_people(judge: Judge) -> None:
    component = Component(
        edges=[edge(1, 2), edge(3, 4), edge(2, 3, rank=3)], profiles={n: n for n in range(1, 5)}
    )
    settled = settle(component, judge, LIMITS)
    assert settled.clusters == [[1, 2], [3, 4]]
    assert settled.held_back == [HeldBack(2, 3, "bridge_link")]


def test_a_login_joins_whoever_it_joins(judge: Judge) -> None:
    component = Component(
        edges=[edge(1, 2), edge(3, 4), edge(2, 3, rank=1)], profiles={n: n for n in range(1, 5)}
    )
    assert settle(component, judge, LIMITS).clusters == [[1, 2, 3, 4]]


def test_two_links_or_probable_details_make_no_bridge(judge: Judge) -> None:
    twice = Component(
        edges=[edge(1, 2), edge(3, 4), edge(2, 3, rank=3), edge(1, 4, rank=4)],
        profiles={n: n for n in range(1, 5)},
    )
    probable = Component(
        edges=[edge(1, 2), edge(3, 4), edge(2, 3, rank=3)],
        levels={(2, 3): SAME},
        profiles={n: n for n in range(1, 5)},
    )
    for component in (twice, probable):
        assert settle(component, judge, LIMITS).clusters == [[1, 2, 3, 4]]


def test_a_person_of_too_many_different_records_is_held_back(judge: Judge) -> None:
    chain = [edge(n, n + 1) for n in range(40)]
    different = settle(Component(edges=chain, profiles={n: n for n in range(41)}), judge, LIMITS)
    assert max(map(len, different.clusters)) == 30
    assert {held.because for held in different.held_back} == {"oversize_cluster"}
    same = settle(Component(edges=chain, profiles=dict.fromkeys(range(41), 0)), judge, LIMITS)
    assert list(map(len, same.clusters)) == [41]


def test_a_link_that_another_way_made_good_is_not_held_back(judge: Judge) -> None:
    component = Component(
        edges=[edge(1, 2), edge(3, 4), edge(2, 3, rank=3), edge(1, 5, rank=4), edge(4, 5, rank=5)],
        profiles={n: n for n in range(1, 5)},
    )
    settled = settle(component, judge, LIMITS)
    assert settled.clusters == [[1, 2, 3, 4, 5]]
    assert settled.held_back == []


def test_the_limits_of_risky_joins_are_data(judge: Judge) -> None:
    chain = Component(edges=[edge(n, n + 1) for n in range(9)], profiles={n: n for n in range(10)})
    assert max(map(len, settle(chain, judge, JoinLimits(4, 2, 0.9)).clusters)) == 4
    bridge = Component(
        edges=[edge(1, 2), edge(3, 4), edge(2, 3, rank=3)], profiles={n: n for n in range(1, 5)}
    )
    assert settle(bridge, judge, JoinLimits(30, 3, 0.9)).clusters == [[1, 2, 3, 4]]


def test_a_missing_limit_is_named() -> None:
    with pytest.raises(ValueError, match="least_bridge_probability"):
        JoinLimits.of([("most_profiles", 30), ("established_profiles", 2)])


def test_one_record_that_resembles_many_is_one_way_only(judge: Judge) -> None:
    # 3 stands with 4, and looks a little like 1 and 2: if it is wrong once, it is wrong twice.
    alike = [Edge(1, 3, (3, 1), is_by_details=True), Edge(2, 3, (3, 2), is_by_details=True)]
    profiles = {n: n for n in range(1, 5)}
    component = Component(edges=[edge(1, 2), edge(3, 4), *alike], profiles=profiles)
    assert settle(component, judge, LIMITS).clusters == [[1, 2], [3, 4]]
    second = Edge(2, 4, (3, 3), is_by_details=True)
    component = Component(edges=[edge(1, 2), edge(3, 4), *alike, second], profiles=profiles)
    assert settle(component, judge, LIMITS).clusters == [[1, 2, 3, 4]]


def test_one_pair_that_looks_alike_does_not_join_two_large_groups(judge: Judge) -> None:
    """Dozens of records of each of two people: some two of them always look alike."""
    people = range(1, 5), range(5, 9)
    alike = [edge(a, b, 2) for group in people for a in group for b in group if a < b]
    limits = replace(LIMITS, least_bridge_probability=0.0, least_linked_share=0.1)
    two = [list(group) for group in people]
    assert settle(Component([*alike, edge(1, 5, 3)]), judge, limits).clusters == two
    assert settle(Component([*alike, edge(1, 5, 1)]), judge, limits).clusters == [list(range(1, 9))]
    several = [edge(1, 5, 3), edge(1, 6, 3)]
    assert settle(Component([*alike, *several]), judge, limits).clusters == [list(range(1, 9))]
    # A person of two records has too few for their share to tell anything.
    pair = [edge(1, 2), edge(3, 4), edge(3, 5), edge(4, 5), edge(2, 3, 3)]
    assert settle(Component(pair), judge, limits).clusters == [[1, 2, 3, 4, 5]]


@pytest.mark.parametrize("seed", range(12))
def test_what_is_remembered_of_two_groups_is_what_is_found_anew(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    pairs = [(left, right) for right in range(30) for left in range(right)]
    alike = {pair: pair[0] % 3 == pair[1] % 3 for pair in pairs}
    linked = [pair for pair in pairs if chance.random() < (0.5 if alike[pair] else 0.1)]
    component = Component(
        edges=[edge(*pair, rank=chance.randint(2, 9)) for pair in linked],
        levels={
            pair: SAME if alike[pair] else NAMESAKES for pair in pairs if chance.random() < 0.4
        },
        profiles={record: record // 2 for record in range(30)},
    )
    outcomes = []
    for small in (0, 1000):
        monkeypatch.setattr(groups, "SMALL", small)
        # The share of linked pairs counts as well.
        outcomes.append(settle(component, judge, replace(LIMITS, least_linked_share=0.3)))
    assert outcomes[0] == outcomes[1]
    assert 1 < len(outcomes[0].clusters) < 30
