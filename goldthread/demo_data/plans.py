"""What a person buys and when: the common plan that app, web, Stripe and e-mail follow."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from goldthread.demo_data.catalog import Product, draw_product, draw_quantity, price_in
from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.people import Person
from goldthread.demo_data.randomness import Weighted, between, chance, hex_id, skewed_count
from goldthread.demo_data.stamps import HOUR, MINUTE

_STATUSES = Weighted.of({"completed": 0.9, "refunded": 0.055, "cancelled": 0.045})


@dataclass(slots=True)
class Purchase:
    """Amounts in hundredths of the currency. ``refunded`` is paid back by card."""

    purchase_id: str
    product: Product
    quantity: int
    unit_price: int
    currency: str
    status: str
    moment: int
    updated_at: int
    by_card: bool
    names_purchase: bool
    refunded: int

    @property
    def amount(self) -> int:
        return self.quantity * self.unit_price


def plan_purchases(rng: Random, person: Person, as_of: int) -> list[Purchase]:
    """A skewed number of purchases between joining and leaving, oldest first."""
    count = skewed_count(rng, 1.7 * max(0.5, person.activity), 0.85, 40)
    span = person.active_until - person.joined_at
    moments = sorted(
        person.joined_at + int(span * rng.random()) - 20 * MINUTE for _ in range(count)
    )
    if person.active_until == as_of and chance(rng, 0.12):
        moments.append(as_of - between(rng, 30, 20 * 60) * MINUTE)
    return [_purchase(rng, person, moment, as_of) for moment in moments]


def _purchase(rng: Random, person: Person, moment: int, as_of: int) -> Purchase:
    currency = _currency(rng, person.household.country)
    product = draw_product(rng)
    quantity = draw_quantity(rng)
    unit_price = price_in(product, currency)
    status = _STATUSES.draw(rng)
    updated_at = moment
    refunded = 0
    if status != "completed":
        updated_at = min(moment + between(rng, 2, 20 * 24) * HOUR, as_of - MINUTE)
        refunded = quantity * unit_price if status == "refunded" else 0
    elif chance(rng, 0.04):
        # A part of the price is paid back; only the card's side knows.
        refunded = quantity * unit_price * between(rng, 1, 6) // 1000 * 100
    by_card = status != "cancelled" and chance(rng, 0.6)
    return Purchase(
        "pur_" + hex_id(rng, 56), product, quantity, unit_price, currency, status, moment,
        max(moment, updated_at), by_card, chance(rng, 0.75), refunded,
    )  # fmt: skip


def _currency(rng: Random, country: str) -> str:
    if chance(rng, 0.01):
        return "JPY" if chance(rng, 0.5) else "CHF"
    home = COUNTRIES[country].currency
    return "EUR" if home == "PLN" and chance(rng, 0.25) else home
