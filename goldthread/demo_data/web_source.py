"""Web and app behaviour of a person: visits, funnels, logins, carts left behind."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from goldthread.demo_data.catalog import CAMPAIGNS, SHOES, Campaign, Product, draw_product, price_in
from goldthread.demo_data.collected import Collector
from goldthread.demo_data.consent_source import draw_preferences
from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.outcomes import Sighting
from goldthread.demo_data.people import Person
from goldthread.demo_data.plans import Purchase
from goldthread.demo_data.randomness import between, chance, pick, skewed_count
from goldthread.demo_data.spelling import write_name
from goldthread.demo_data.stamps import HOUR, MINUTE, SECOND
from goldthread.demo_data.web_messages import Device, Visit, make_device, send_from_server

_CARE: Final = 0.75
_PAGES: Final = (("/", "Home"), ("/new", "New arrivals"), ("/sale", "Sale"), ("/stores", "Stores"))


class WebPerson:
    """A person with their devices; every method writes one visit.

    A stranger is someone who leaves nothing but visits.
    """

    def __init__(
        self, out: Collector, rng: Random, person: Person, as_of: int, is_stranger: bool
    ) -> None:
        self._is_stranger = is_stranger
        self._out, self._rng, self.person, self._as_of = out, rng, person, as_of
        self._locale = COUNTRIES[person.household.country].language
        self._currency = COUNTRIES[person.household.country].currency
        self.sightings: list[Sighting] = []
        self.devices = [self._device(anonymous_id) for anonymous_id in person.devices]

    def _device(self, anonymous_id: str) -> Device:
        device = make_device(self._rng, anonymous_id, self._locale)
        if chance(self._rng, 0.35):
            device.preferences = draw_preferences(self._rng)
        return device

    def _campaign(self) -> Campaign | None:
        return CAMPAIGNS.draw(self._rng) if chance(self._rng, 0.3) else None

    def visit_all(self, purchases: Sequence[Purchase]) -> None:
        """Everything the person does on the web, up to the moment the story ends."""
        rng, person = self._rng, self.person
        span = max(person.active_until - person.joined_at, MINUTE)
        for number, device in enumerate(self.devices):
            if person.user_id and (number == 0 or chance(rng, 0.85)):
                device.logged_in_at = person.joined_at + int(span * 0.6 * rng.random())
                self._log_in(device)
            elif person.user_id is None and chance(rng, 0.4):
                self._leave_email(device, person.joined_at + int(span * rng.random()))
            else:
                # Nothing links it to its owner, unless it is all that is known of them.
                device.owner = person.person_id if self._is_stranger and not number else None
        for _ in range(skewed_count(rng, 1.85 * max(0.4, person.activity), 0.75, 60)):
            start = person.joined_at + int(span * rng.random() ** 0.8) - 9 * MINUTE
            self._browse(pick(rng, self.devices), start)
        for purchase in purchases:
            if chance(rng, 0.45):
                self._buy(pick(rng, self.devices), purchase)
            elif chance(rng, 0.1) and person.user_id:
                self._order_from_server(purchase)
        if person.active_until == self._as_of and chance(rng, 0.02):
            self._look_at_shoes_now(self.devices[0])

    def _log_in(self, device: Device) -> None:
        """Signs in on the device; what it did before was anonymous."""
        person, rng, moment = self.person, self._rng, device.logged_in_at
        assert moment is not None
        assert person.user_id is not None
        device.owner = person.person_id
        visit = Visit(self._out, rng, device, self._as_of, None)
        visit.send("page", moment - 40 * SECOND, None, "/login", name="Login",
                   properties=_page("/login", "Login"))  # fmt: skip
        visit.send("identify", moment, person.user_id, "/login", traits=self._traits(moment))
        if chance(rng, 0.1):
            visit.send("alias", moment + SECOND, person.user_id, "/login",
                       previousId=device.anonymous_id)  # fmt: skip
        if person.employer and chance(rng, 0.2):
            visit.send("group", moment + 2 * SECOND, person.user_id, "/account",
                       groupId=person.employer.lower().replace(" ", "-"),
                       traits={"name": person.employer})  # fmt: skip

    def _traits(self, moment: int) -> dict[str, Any]:
        facts, rng = self.person.facts_at(moment), self._rng
        traits: dict[str, Any] = {"email": facts.email}
        if chance(rng, 0.6):
            traits["firstName"], traits["lastName"] = write_name(rng, facts, _CARE)
        if chance(rng, 0.2):
            traits["phone"] = facts.phone
        if chance(rng, 0.15):
            traits["birthday"] = facts.birth_date
        if chance(rng, 0.15):
            traits["address"] = {
                "street": facts.address.address_line,
                "city": facts.address.city,
                "postalCode": facts.address.postal_code,
                "country": self.person.household.country,
            }
        return traits

    def _leave_email(self, device: Device, moment: int) -> None:
        """Gives an address in a form: the device is known, though there is no account."""
        facts = self.person.facts_at(moment)
        device.owner = self.person.person_id
        visit = Visit(self._out, self._rng, device, self._as_of, self._campaign())
        visit.send("page", moment - 5 * SECOND, None, "/newsletter", name="Newsletter",
                   properties=_page("/newsletter", "Newsletter"))  # fmt: skip
        visit.send("identify", moment, None, "/newsletter", traits={"email": facts.email})

    def _product(self, product: Product) -> dict[str, Any]:
        price = price_in(product, self._currency) / 100
        return {
            "product_id": product.product_id,
            "sku": product.product_id,
            "name": product.name,
            "category": product.category,
            "price": price,
            "currency": self._currency,
        }

    def _browse(self, device: Device, start: int) -> None:
        rng = self._rng
        visit = Visit(self._out, rng, device, self._as_of, self._campaign())
        clock = start
        path, title = pick(rng, _PAGES)
        if device.is_phone:
            self._send(visit, device, "screen", clock, path, name=title, properties={})
        else:
            self._send(visit, device, "page", clock, path, name=title,
                       properties=_page(path, title))  # fmt: skip
        if chance(rng, 0.12):
            clock += between(rng, 5, 40) * SECOND
            self._send(visit, device, "track", clock, "/search", event="Products Searched",
                       properties={"query": draw_product(rng).category})  # fmt: skip
        product = draw_product(rng)
        for _ in range(skewed_count(rng, 1.2, 0.8, 9) if chance(rng, 0.8) else 0):
            product = draw_product(rng)
            clock += between(rng, 8, 240) * SECOND
            self._view(visit, device, clock, product)
            if chance(rng, 0.03):
                clock += between(rng, 31, 55) * MINUTE  # a break: another session
        if chance(rng, 0.16):
            self._fill_cart(visit, device, clock + between(rng, 10, 90) * SECOND, product)

    def _view(self, visit: Visit, device: Device, moment: int, product: Product) -> None:
        path = f"/products/{product.product_id}"
        self._send(visit, device, "track", moment, path, event="Product Viewed",
                   properties=self._product(product))  # fmt: skip

    def _fill_cart(self, visit: Visit, device: Device, moment: int, product: Product) -> None:
        cart = {"cart_id": f"cart-{device.anonymous_id[:8]}"}
        self._send(visit, device, "track", moment, f"/products/{product.product_id}",
                   event="Product Added",
                   properties={**cart, **self._product(product), "quantity": 1})  # fmt: skip
        if chance(self._rng, 0.4):
            self._send(visit, device, "track", moment + 30 * SECOND, "/checkout",
                       event="Checkout Started", properties=cart)  # fmt: skip

    def _buy(self, device: Device, purchase: Purchase) -> None:
        """View, cart, order: the visit behind a purchase of the app."""
        rng = self._rng
        moment = purchase.moment
        if device.logged_in_at is not None and device.logged_in_at > moment - 10 * MINUTE:
            return
        visit = Visit(self._out, rng, device, self._as_of, self._campaign())
        viewed = moment - between(rng, 120, 420) * SECOND
        self._view(visit, device, viewed, purchase.product)
        self._fill_cart(visit, device, viewed + 50 * SECOND, purchase.product)
        self._send(visit, device, "track", moment, "/checkout/done", event="Order Completed",
                   properties=self._order(purchase))  # fmt: skip

    def _order(self, purchase: Purchase) -> dict[str, Any]:
        return {
            "order_id": purchase.purchase_id,
            "total": purchase.amount / 100,
            "currency": purchase.currency,
            "products": [{"product_id": purchase.product.product_id,
                          "category": purchase.product.category, "quantity": purchase.quantity}],
        }  # fmt: skip

    def _order_from_server(self, purchase: Purchase) -> None:
        user_id = self.person.user_id
        assert user_id is not None
        send_from_server(
            self._out, self._rng, purchase.moment + 800, self._as_of, user_id,
            event="Order Completed", properties=self._order(purchase),
        )  # fmt: skip
        if purchase.moment + 800 < self._as_of - 2 * SECOND:
            self._out.add_record("web", f"user:{user_id}", self.person.person_id)

    def _look_at_shoes_now(self, device: Device) -> None:
        """In the shop as the story ends; some look elsewhere, some buy, some left just before."""
        rng = self._rng
        visit = Visit(self._out, rng, device, self._as_of, self._campaign())
        seconds = between(rng, 20, 290) if chance(rng, 0.75) else between(rng, 310, 500)
        moment = self._as_of - seconds * SECOND
        self._view(visit, device, moment - 30 * SECOND, draw_product(rng))
        self._view(visit, device, moment, pick(rng, SHOES))
        if chance(rng, 0.2):
            order = {"order_id": f"web-{device.anonymous_id[:12]}", "currency": self._currency}
            self._send(visit, device, "track", moment + 10 * SECOND, "/checkout/done",
                       event="Order Completed", properties={**order, "total": 59})  # fmt: skip

    def use_shared_device(self, anonymous_id: str, moment: int) -> None:
        """Signs in on a device that others sign in on as well, and looks around."""
        device = self._device(anonymous_id)
        device.logged_in_at = moment
        self._log_in(device)
        self._view(
            Visit(self._out, self._rng, device, self._as_of, None), device,
            moment + 50 * SECOND, draw_product(self._rng),
        )  # fmt: skip

    def _send(
        self, visit: Visit, device: Device, kind: str, moment: int, path: str, **body: object
    ) -> None:
        user_id = device.user_id_at(moment, self.person.user_id)
        seen_at = visit.send(kind, moment, user_id, path, **body)
        if seen_at is None or seen_at < self._as_of - HOUR:
            return
        event, properties = body.get("event"), body.get("properties")
        is_shoes = isinstance(properties, dict) and properties.get("category") == "shoes"
        if event == "Order Completed" or (event == "Product Viewed" and is_shoes):
            person_id = self.person.person_id if user_id else device.owner
            is_order = event == "Order Completed"
            self.sightings.append(Sighting(person_id, device.anonymous_id, seen_at, is_order))


def _page(path: str, title: str) -> dict[str, str]:
    return {"path": path, "title": title, "url": f"https://shop.example{path}"}
