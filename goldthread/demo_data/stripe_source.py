"""Stripe: customers and charges as API objects, a newer line of an id replacing the older."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.bad_values import Spoiler
from goldthread.demo_data.catalog import ZERO_DECIMAL, draw_product, price_in
from goldthread.demo_data.collected import Collector
from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.identifiers import make_stripe_id, write_phone
from goldthread.demo_data.outcomes import Order
from goldthread.demo_data.people import Facts, Person
from goldthread.demo_data.plans import Purchase
from goldthread.demo_data.randomness import between, chance
from goldthread.demo_data.spelling import (
    write_address_line,
    write_email,
    write_name,
)
from goldthread.demo_data.stamps import DAY, HOUR, MINUTE

CUSTOMERS_PATH: Final = "stripe/customers.jsonl"
CHARGES_PATH: Final = "stripe/charges.jsonl"
_CARE: Final = 0.8


def add_customer(out: Collector, rng: Random, person: Person, created: int) -> None:
    stripe_id = person.stripe_id
    assert stripe_id is not None
    facts = person.facts_at(created)
    bad = Spoiler(out, rng, "stripe", stripe_id)
    told_user = person.user_id is not None and chance(rng, 0.5)
    customer = {
        "id": stripe_id,
        "object": "customer",
        "address": _address(rng, person, facts) if chance(rng, 0.5) else None,
        "created": created // 1000,
        "email": write_email(rng, facts.email),
        "livemode": False,
        "metadata": {"user_id": person.user_id} if told_user else {},
        "name": " ".join(write_name(rng, facts, _CARE)) if chance(rng, 0.85) else None,
        "phone": bad.spoil("phone", _phone(rng, person, facts) if chance(rng, 0.35) else None),
    }
    out.add_record("stripe", stripe_id, person.person_id)
    out.add_json(CUSTOMERS_PATH, created, customer)
    if len(person.history) > 1 and chance(rng, 0.5) and person.history[-2][0] > created:
        customer["email"] = person.facts.email
        customer["name"] = f"{person.facts.first_name} {person.facts.last_name}"
        out.add_json(CUSTOMERS_PATH, person.history[-2][0] + HOUR, customer)


def _address(rng: Random, person: Person, facts: Facts) -> dict[str, str | None]:
    return {
        "line1": write_address_line(rng, facts.address.address_line, _CARE),
        "line2": None,
        "city": facts.address.city,
        "postal_code": facts.address.postal_code,
        "state": facts.address.state or None,
        "country": person.household.country,
    }


def _phone(rng: Random, person: Person, facts: Facts) -> str:
    return write_phone(rng, facts.phone, person.household.country, False)


def _minor_units(hundredths: int, currency: str) -> int:
    return hundredths // 100 if currency in ZERO_DECIMAL else hundredths


def add_charge(out: Collector, rng: Random, person: Person, purchase: Purchase, as_of: int) -> str:
    """The card's side of an app purchase: failed attempts, the charge, later its refund.

    Returns the id of the charge that went through.
    """
    moment = purchase.moment + between(rng, 2, 90) * 1000
    metadata = {"purchase_id": purchase.purchase_id} if purchase.names_purchase else {}
    if purchase.names_purchase and chance(rng, 0.07):
        failed = _charge(rng, person, moment - 50_000, purchase.amount, purchase.currency, "failed")
        failed["metadata"] = metadata
        out.add_json(CHARGES_PATH, moment - 50_000, failed)
    if not purchase.names_purchase and chance(rng, 0.1):
        moment = min(moment + between(rng, 1, 20) * HOUR, as_of - MINUTE)
    charge = _charge(rng, person, moment, purchase.amount, purchase.currency, "succeeded")
    charge["metadata"] = metadata
    _add_with_refund(out, rng, charge, moment, purchase.refunded, purchase.currency, as_of)
    return str(charge["id"])


def _add_with_refund(
    out: Collector, rng: Random, charge: dict[str, object], moment: int, refunded: int,
    currency: str, as_of: int,
) -> None:  # fmt: skip
    if refunded:
        out.add_json(CHARGES_PATH, moment, charge)
        charge["amount_refunded"] = _minor_units(refunded, currency)
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        out.add_json(CHARGES_PATH, min(moment + between(rng, 1, 30) * DAY, as_of), charge)
    else:
        line = out.add_json(CHARGES_PATH, moment, charge)
        if chance(rng, 0.01):
            out.add_line(CHARGES_PATH, moment + HOUR, line)


def _charge(
    rng: Random, person: Person, moment: int, amount: int, currency: str, status: str
) -> dict[str, object]:
    facts = person.facts_at(moment)
    charge_id = make_stripe_id(rng, "ch")
    full = chance(rng, 0.5)
    return {
        "id": charge_id,
        "object": "charge",
        "amount": _minor_units(amount, currency),
        "amount_refunded": 0,
        "billing_details": {
            "address": _address(rng, person, facts) if full else None,
            "email": facts.email if chance(rng, 0.6) else None,
            "name": " ".join(write_name(rng, facts, _CARE)) if full else None,
            "phone": _phone(rng, person, facts) if chance(rng, 0.2) else None,
        },
        "created": moment // 1000,
        "currency": currency.lower(),
        "customer": person.stripe_id,
        "livemode": False,
        "metadata": {},
        "paid": status == "succeeded",
        "receipt_email": facts.email if chance(rng, 0.5) else None,
        "refunded": False,
        "status": status,
    }


def add_guest_charge(out: Collector, rng: Random, person: Person, moment: int, as_of: int) -> Order:
    """A charge without a customer; what was typed at the till is all that is known."""
    currency = COUNTRIES[person.household.country].currency
    product = draw_product(rng)
    status = "succeeded" if chance(rng, 0.88) else "failed" if chance(rng, 0.6) else "pending"
    amount = price_in(product, currency) * between(rng, 1, 2)
    charge = _charge(rng, person, moment, amount, currency, status)
    charge["customer"] = None
    facts = person.facts_at(moment)
    typed = rng.random()
    charge["receipt_email"] = write_email(rng, facts.email) if typed < 0.6 else None
    details: dict[str, object] = {"address": None, "email": None, "name": None, "phone": None}
    if typed >= 0.6:
        country_told = chance(rng, 0.5)
        details["phone"] = _phone(rng, person, facts)
        if country_told:
            details["address"] = {
                "country": person.household.country,
                "postal_code": facts.address.postal_code,
            }
    if typed > 0.4 and chance(rng, 0.7):
        details["name"] = " ".join(write_name(rng, facts, _CARE))
        if chance(rng, 0.4):
            details["address"] = _address(rng, person, facts)
    charge["billing_details"] = details
    out.add_record("stripe", f"guest:{charge['id']}", person.person_id)
    refunded = amount if status == "succeeded" and chance(rng, 0.05) else 0
    _add_with_refund(out, rng, charge, moment, refunded, currency, as_of)
    return Order(None, str(charge["id"]), moment, status, amount - refunded, currency)


def add_lone_charge(out: Collector, rng: Random, person: Person, moment: int, as_of: int) -> Order:
    """A charge of a known customer that the app knows nothing of: an order of its own."""
    currency = COUNTRIES[person.household.country].currency
    amount = price_in(draw_product(rng), currency) * between(rng, 1, 3) + between(rng, 1, 99)
    status = "succeeded" if chance(rng, 0.9) else "pending"
    charge = _charge(rng, person, moment, amount, currency, status)
    _add_with_refund(out, rng, charge, moment, 0, currency, as_of)
    return Order(None, str(charge["id"]), moment, status, amount, currency)
