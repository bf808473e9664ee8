"""Broken rows of the app's database, whose columns take any value as SQLite's do."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from goldthread.demo_data.collected import DbValue
from goldthread.demo_data.people import Person
from goldthread.demo_data.randomness import hex_id, pick
from goldthread.demo_data.stamps import DAY, iso_seconds


def broken_db_rows(
    rng: Random, people: list[Person], as_of: int
) -> Iterator[tuple[str, tuple[DbValue, ...], str]]:
    """(table, values, reason) of every kind once."""
    users = [person.user_id for person in people if person.user_id] or ["u_none"]
    day = iso_seconds(as_of - 4 * DAY)

    def purchase(**changes: DbValue) -> tuple[DbValue, ...]:
        good: dict[str, DbValue] = {
            "purchase_id": "pur_broken_" + hex_id(rng, 48), "user_id": pick(rng, users),
            "product_id": "GT-1000", "product_name": "Trail Runner", "category": "shoes",
            "quantity": 1, "unit_price": 9900, "currency": "USD", "status": "completed",
            "purchased_at": day, "updated_at": day,
        }  # fmt: skip
        return tuple({**good, **changes}.values())

    for reason, changes in (
        ("missing key", {"purchase_id": None}),
        ("no identifying field", {"user_id": None}),
        ("negative quantity", {"quantity": -2}),
        ("negative unit_price", {"unit_price": -19.99}),
        ("unit_price is not a number", {"unit_price": "free"}),
        ("missing currency", {"currency": None}),
        ("unknown status", {"status": "teleported"}),
        ("impossible purchased_at", {"purchased_at": "2026-02-31T10:00:00+00:00"}),
        ("NUL byte", {"product_name": "Trail\x00Runner"}),
        ("invalid UTF-8", {"product_name": b"Trail\xff\xfeRunner"}),
    ):
        yield "purchases", purchase(**changes), reason
    lost = f"lost.{hex_id(rng, 32)}@example.org"
    name = ("Lost", "User", None, None, None, None, None)
    yield "users", (None, lost, None, *name, day, day), "missing key"
    user_id = "u_broken_" + hex_id(rng, 40)
    yield "users", (user_id, lost, None, *name, day, "not a time"), "impossible updated_at"
