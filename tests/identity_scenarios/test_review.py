"""Risky and refused joins are not made, and stand in the review queue with their evidence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.identity_scenarios.engine import Engine, Record, Records

LENA: Record = {"first_name": "Lena", "last_name": "Marsh"}
# Two groups of Lena Marsh; nothing but a bare sign-up with one's phone and the other's mailbox
# joins them.
BRIDGE: Records = {
    "crm:1": {**LENA, "email": "lena@mail.example", "phone": "+14155550141"},
    "signups:1": {**LENA, "email": "lena@mail.example", "city": "Austin"},
    "crm:2": {**LENA, "email": "marsh@mail.example", "birth_date": "1980-02-03"},
    "signups:2": {**LENA, "email": "marsh@mail.example", "city": "Boston"},
    "signups:3": {"phone": "+14155550141", "email": "marsh@mail.example"},
}
# Each record shares its address with the one before and its number with the one after.
LARGE: Records = {
    f"crm:{n:02}": {
        "first_name": "Iris",
        "last_name": "Vann",
        "birth_date": "1980-02-03",
        "email": f"iris{n // 2}@mail.example",
        "phone": f"+141555502{(n + 1) // 2:02}",
    }
    for n in range(44)
}
# One name and one number, so one person, until people know better.
SISTERS: Records = {
    f"crm:{n}": {"first_name": "Ines", "last_name": "Calder", "phone": "+14155550101",
                 "email": f"{n}@mail.example", "city": "Austin"}
    for n in (1, 2, 3)
}  # fmt: skip
CASES: dict[str, Records] = {
    "bridge_link": BRIDGE,
    "oversize_cluster": LARGE,
    "value_over_cap": {
        f"signups:{n:02}": {"email": "everybody@mail.example", "phone": f"+141555503{n:02}"}
        for n in range(25)
    },
    "refused_link": {
        "crm:1": {"first_name": "Martin", "last_name": "Oakes", "email": "oakes@mail.example"},
        "crm:2": {"first_name": "Julia", "last_name": "Oakes", "email": "oakes@mail.example"},
    },
    "cut_link": {
        "app:a": {"user_id": "a", "email": "one@mail.example"},
        "app:b": {"user_id": "b", "phone": "+14155550151"},
        "signups:1": {"email": "one@mail.example", "phone": "+14155550151"},
    },
    "near_link": {
        "crm:1": {"first_name": "Ada", "last_name": "Quist", "postal_code": "94110",
                  "email": "ada.q@mail.example"},
        "crm:2": {"first_name": "Ada", "last_name": "Quist", "postal_code": "94110",
                  "email": "quist77@post.example", "birth_date": "1980-01-02"},
        "crm:3": {"first_name": "Ada", "last_name": "Quisst", "postal_code": "94110",
                  "email": "quisst@mail.example"},
    },
}  # fmt: skip


def entries(engine: Engine, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in engine.review() if entry["review_type"] == kind]


@pytest.mark.parametrize("kind", CASES)
def test_what_is_in_doubt_is_held_back_and_listed(models: dict[str, str], kind: str) -> None:
    engine = Engine(models)
    customers = engine.run(CASES[kind])
    found = entries(engine, kind)
    assert found
    for entry in found:
        assert entry["reason"]
        if kind == "value_over_cap":
            assert entry["record_count"] > 20
            assert len(set(customers.values())) == len(customers)
            continue
        left, right = entry["source_record_key"], entry["other_source_record_key"]
        assert customers[left] == entry["customer_id"] != entry["other_customer_id"]
        assert customers[right] == entry["other_customer_id"]


def test_nobody_grows_beyond_measure(models: dict[str, str]) -> None:
    customers = list(Engine(models).run(LARGE).values())
    assert max(customers.count(customer) for customer in customers) <= 30


@pytest.mark.parametrize("kind", ["bridge_link", "oversize_cluster"])
def test_people_may_let_a_risky_join_pass(models: dict[str, str], kind: str) -> None:
    engine = Engine(models)
    engine.run(CASES[kind])
    confirmed = [
        ("must_link", entry["source_record_key"], entry["other_source_record_key"])
        for entry in entries(engine, kind)
    ]
    customers = engine.run(CASES[kind], confirmed)
    assert all(customers[left] == customers[right] for _, left, right in confirmed)


@pytest.mark.parametrize("kind", ["refused_link", "cut_link", "near_link", "bridge_link"])
def test_what_people_decided_to_keep_apart_leaves_the_queue(
    models: dict[str, str], kind: str
) -> None:
    engine = Engine(models)
    engine.run(CASES[kind])
    decided = [
        ("cannot_link", entry["source_record_key"], entry["other_source_record_key"])
        for entry in entries(engine, kind)
    ]
    assert decided
    engine.run(CASES[kind], decided)
    assert engine.review() == []


def test_a_split_that_people_decided_is_no_open_question(models: dict[str, str]) -> None:
    """The link that the decision cut, and what else speaks for one person, would stay for ever."""
    engine = Engine(models)
    one = engine.run(SISTERS)
    assert len(set(one.values())) == 1
    two = engine.run(SISTERS, [("cannot_link", "crm:1", "crm:2")])
    assert len(set(two.values())) == 2
    assert engine.review() == []
    both = [("cannot_link", "crm:1", "crm:2"), ("must_link", "crm:2", "crm:3"),
            ("must_link", "crm:1", "crm:3")]  # fmt: skip
    engine.run(SISTERS, both)
    (entry,) = engine.review()
    assert entry["reason"] == "other decisions contradict this one"


def test_a_second_link_makes_a_bridge_safe(models: dict[str, str]) -> None:
    engine = Engine(models)
    both = (
        BRIDGE["signups:1"] | {"phone": "+14155550142"},
        BRIDGE["crm:2"] | {"phone": "+14155550142"},
    )
    customers = engine.run(BRIDGE | {"signups:1": both[0], "crm:2": both[1]})
    assert len(set(customers.values())) == 1
    assert entries(engine, "bridge_link") == []


def test_one_value_each_of_two_unique_identifiers_is_one_person(models: dict[str, str]) -> None:
    engine = Engine(models)
    engine.con.execute(
        "update seeds.identity_rules set is_unique_per_person = true "
        "where identifier_type = 'email'"
    )
    customers = engine.run(
        {
            "app:1": {"user_id": "a", "email": "one@mail.example", "phone": "+14155550151"},
            "crm:1": {"email": "one@mail.example", "phone": "+14155550151"},
            "crm:2": {"phone": "+14155550151"},
            # Two addresses with one number are two people where a person has one address.
            "crm:3": {"email": "two@mail.example", "phone": "+14155550152"},
            "crm:4": {"email": "three@mail.example", "phone": "+14155550152"},
        }
    )
    assert customers["app:1"] == customers["crm:1"] == customers["crm:2"]
    assert customers["crm:3"] != customers["crm:4"]
    (entry,) = entries(engine, "value_over_cap")
    assert entry["identifier_value"] == "+14155550152"
