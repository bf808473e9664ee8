"""The app's database: users and purchases."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.bad_values import Spoiler
from goldthread.demo_data.catalog import ZERO_DECIMAL
from goldthread.demo_data.collected import Collector
from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.identifiers import write_phone
from goldthread.demo_data.people import Person
from goldthread.demo_data.plans import Purchase
from goldthread.demo_data.randomness import chance
from goldthread.demo_data.spelling import (
    write_address_line,
    write_birth_date,
    write_country,
    write_email,
    write_name,
)
from goldthread.demo_data.stamps import DAY, MINUTE, iso_seconds

#: Statements that make the tables; keys are not constraints, for old rows of a key may remain.
TABLES: Final[dict[str, str]] = {
    "users": """create table users (
    user_id text, email text, phone text, first_name text, last_name text, birth_date text,
    address_line text, postal_code text, city text, country text, created_at text, updated_at text
)""",
    "purchases": """create table purchases (
    purchase_id text, user_id text, product_id text, product_name text, category text,
    quantity integer, unit_price numeric, currency text, status text, purchased_at text,
    updated_at text
)""",
}
_CARE: Final = 0.75


def add_user(out: Collector, rng: Random, person: Person, user_id: str, as_of: int) -> None:
    """The user row, and at times an older version of it that a newer one replaces."""
    out.add_record("app", user_id, person.person_id)
    created = person.joined_at
    last_edit = created + int((person.active_until - created) * rng.random() * 0.9)
    if len(person.history) > 1 and chance(rng, 0.6):
        out.add_db_row("users", _user(out, rng, person, user_id, created, created))
        last_edit = max(last_edit, person.history[-2][0] + DAY)
    row = _user(out, rng, person, user_id, created, min(last_edit, as_of - MINUTE))
    out.add_db_row("users", row)
    mailbox = person.household.mailbox
    if mailbox and row[1] and row[1].strip().lower() == mailbox:
        out.claim("email", mailbox, person.person_id)


def _user(
    out: Collector, rng: Random, person: Person, user_id: str, created: int, updated: int
) -> tuple[str | None, ...]:
    facts = person.facts_at(updated)
    country = person.household.country
    offset = COUNTRIES[country].offset_minutes
    first, last = write_name(rng, facts, _CARE)
    has_address = chance(rng, 0.6)
    email = facts.email
    if person.household.mailbox and chance(rng, 0.2):
        email = person.household.mailbox
    bad = Spoiler(out, rng, "app", user_id)
    phone = birth_date = None
    if chance(rng, 0.65):
        phone = write_phone(rng, facts.phone, country, has_address)
    if chance(rng, 0.6):
        birth_date = write_birth_date(rng, facts.birth_date, _CARE)
    return (
        user_id,
        bad.spoil("email", write_email(rng, email)),
        bad.spoil("phone", phone),
        first,
        last,
        bad.spoil("birth_date", birth_date),
        write_address_line(rng, facts.address.address_line, _CARE) if has_address else None,
        facts.address.postal_code if has_address else None,
        facts.address.city if has_address else None,
        write_country(rng, country) if has_address else None,
        iso_seconds(created, offset),
        iso_seconds(updated, offset),
    )


def add_purchase(out: Collector, rng: Random, purchase: Purchase, user_id: str) -> None:
    """The purchase row; a changed one may still stand there in its first state."""
    if purchase.status != "completed" and chance(rng, 0.15):
        out.add_db_row("purchases", _purchase(purchase, user_id, "completed", purchase.moment))
    out.add_db_row("purchases", _purchase(purchase, user_id, purchase.status, purchase.updated_at))


def _purchase(
    purchase: Purchase, user_id: str, status: str, updated: int
) -> tuple[str | float | int, ...]:
    hundredths = purchase.unit_price
    price: float | int = hundredths / 100
    if purchase.currency in ZERO_DECIMAL:
        price = hundredths // 100
    return (
        purchase.purchase_id,
        user_id,
        purchase.product.product_id,
        purchase.product.name,
        purchase.product.category,
        purchase.quantity,
        price,
        purchase.currency,
        status,
        iso_seconds(purchase.moment),
        iso_seconds(updated),
    )
