"""What the pipeline should conclude about people: their orders, two audiences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, NamedTuple

from goldthread.demo_data.collected import Collector
from goldthread.demo_data.people import Person
from goldthread.demo_data.rates import in_dollars
from goldthread.demo_data.stamps import SECOND

_HIGH_VALUE: Final = 500
_NEWEST_MESSAGES: Final = 5
_INTENT_WINDOW: Final = 300 * SECOND
_UNCOUNTED: Final = frozenset({"cancelled", "failed", "pending"})


class Order(NamedTuple):
    """An app purchase or a charge of its own; ``net`` in hundredths, refunds taken off."""

    purchase_id: str | None
    charge_id: str | None
    moment: int
    status: str
    net: int
    currency: str

    @property
    def counted(self) -> int:
        return 0 if self.status in _UNCOUNTED else self.net


class Delivery(NamedTuple):
    """A delivered message; ``is_opened`` by an open or a click."""

    address: str
    moment: int
    is_opened: bool


class Sighting(NamedTuple):
    """A view of shoes (or an order) on the web, by person or else by device."""

    person_id: str | None
    anonymous_id: str
    moment: int
    is_order: bool


@dataclass(slots=True)
class Outcome:
    """Gathered while a person's rows are written."""

    person: Person
    orders: list[Order] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)


def add_outcomes(out: Collector, outcomes: Iterable[Outcome], as_of: int) -> None:
    """Write orders and audiences of a block to the truth, once all its rows are known."""
    deliveries: dict[str, list[Delivery]] = {}
    for outcome in outcomes:
        for delivery in outcome.deliveries:
            # A mailbox that two people use says nothing of either.
            owner = out.owner("email", delivery.address)
            if owner is not None:
                deliveries.setdefault(owner, []).append(delivery)
    for outcome in outcomes:
        person_id = outcome.person.person_id
        for order in outcome.orders:
            out.add_truth("orders", _order_row(person_id, order))
        value = sum(
            in_dollars(order.counted, order.currency, order.moment, as_of) or Decimal(0)
            for order in outcome.orders
        )
        newest = sorted(deliveries.get(person_id, ()), key=lambda message: -message.moment)
        newest = newest[:_NEWEST_MESSAGES]
        if (
            value > _HIGH_VALUE
            and len(newest) == _NEWEST_MESSAGES
            and all(message.is_opened for message in newest)
        ):
            out.add_truth("audiences", ("high_value_customers", person_id, None, None))
        _add_browsers(out, outcome, as_of)


def _order_row(
    person_id: str, order: Order
) -> tuple[str | None, str | None, str | None, datetime, str, Decimal, str]:
    return (
        person_id,
        order.purchase_id,
        order.charge_id,
        datetime.fromtimestamp(order.moment // 1000, UTC).replace(tzinfo=None),
        order.status,
        Decimal(order.counted) / 100,
        order.currency,
    )


def _add_browsers(out: Collector, outcome: Outcome, as_of: int) -> None:
    """People, and devices of nobody known, who looked at shoes last and bought nothing after."""
    viewers = {
        (seen.person_id, "" if seen.person_id else seen.anonymous_id)
        for seen in outcome.sightings
        if not seen.is_order and seen.moment >= as_of - _INTENT_WINDOW
    }
    for person_id, anonymous_id in sorted(viewers, key=str):
        seen = [
            sighting
            for sighting in outcome.sightings
            if sighting.person_id == person_id
            and (person_id is not None or sighting.anonymous_id == anonymous_id)
        ]
        last_view = max(sighting.moment for sighting in seen if not sighting.is_order)
        bought = any(sighting.is_order and sighting.moment > last_view for sighting in seen)
        if person_id is not None:
            bought |= any(order.moment > last_view for order in outcome.orders)
        if bought:
            continue
        if person_id is not None:
            out.add_truth("audiences", ("high_intent_browsers", person_id, None, None))
        else:
            out.add_truth("audiences", ("high_intent_browsers", None, "web", anonymous_id))
