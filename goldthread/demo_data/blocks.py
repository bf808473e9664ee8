"""One block of people from the dice to the packed rows. Blocks know nothing of each other."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from goldthread.demo_data import app_source, crm_source, stripe_source
from goldthread.demo_data.broken_rows import add_broken_rows
from goldthread.demo_data.collected import Block, Collector, joined
from goldthread.demo_data.consent_source import add_receipts
from goldthread.demo_data.email_source import add_messages
from goldthread.demo_data.identifiers import make_stripe_id, make_user_id
from goldthread.demo_data.outcomes import Order, Outcome, add_outcomes
from goldthread.demo_data.people import Person
from goldthread.demo_data.plans import Purchase, plan_purchases
from goldthread.demo_data.population import device_id, populate
from goldthread.demo_data.randomness import between, chance, pick, seeded, uuid_text
from goldthread.demo_data.signups_source import add_signup
from goldthread.demo_data.stamps import HOUR, MINUTE
from goldthread.demo_data.stewardship_files import stewardship_files
from goldthread.demo_data.web_source import WebPerson

#: People of a block; part of the format, since kiosks and household borders follow it.
BLOCK_PEOPLE: Final = 500


class BlockTask(NamedTuple):
    """Which people to make, in whole blocks; ``as_of`` in milliseconds."""

    seed: int
    first: int
    last: int
    as_of: int


def make_blocks(task: BlockTask) -> Block:
    """Everything the people of the range leave behind, the same in whatever process it runs."""
    return joined(
        _block(task._replace(first=first, last=min(first + BLOCK_PEOPLE, task.last)))
        for first in range(task.first, task.last, BLOCK_PEOPLE)
    )


def _block(task: BlockTask) -> Block:
    people = populate(task.seed, task.first, task.last, task.as_of)
    out = Collector()
    outcomes = [Outcome(person) for person in people]
    webs = [
        web for outcome in outcomes
        if (web := _live(out, seeded(task.seed, "life", outcome.person.index), outcome, task.as_of))
    ]  # fmt: skip
    rng = seeded(task.seed, "block", task.first)
    _share_devices(rng, webs, task.as_of)
    if task.first == 0:
        _forget_devices(out, rng, webs, task.as_of)
    add_outcomes(out, outcomes, task.as_of)
    add_broken_rows(out, rng, people, task.as_of, complete=task.first == 0)
    for person in people:
        out.add_truth("people", _truth(person))
    block = out.pack()
    if task.first == 0:
        block.files |= stewardship_files(people, block.source_records, task.as_of)
        for path, content in block.files.items():
            block.line_counts.setdefault(path, content.count(b"\n"))
    return block


def _live(out: Collector, rng: Random, outcome: Outcome, as_of: int) -> WebPerson | None:
    """Gives a person accounts and devices and writes down what they do."""
    person = outcome.person
    has_signup, has_contact, has_app = chance(rng, 0.5), chance(rng, 0.42), chance(rng, 0.42)
    has_web, is_guest = chance(rng, 0.55), chance(rng, 0.09)
    if not (has_signup or has_contact or has_app or has_web or is_guest):
        has_signup = True
    purchases: list[Purchase] = []
    if has_app:
        person.user_id = make_user_id(rng)
        purchases = plan_purchases(rng, person, as_of) if chance(rng, 0.7) else []
    if any(purchase.by_card for purchase in purchases):
        person.stripe_id = make_stripe_id(rng, "cus")
    if has_web:
        person.devices = [device_id(rng) for _ in range(2 if chance(rng, 0.25) else 1)]
    _register(out, rng, person, as_of, has_signup, has_contact)
    _pay(out, rng, outcome, purchases, as_of, is_guest)
    if (has_signup or has_app) and chance(rng, 0.62):
        outcome.deliveries = add_messages(out, rng, person, as_of)
    if chance(rng, 0.3) and (has_signup or has_app or has_web):
        add_receipts(out, rng, person, as_of)
    if not has_web:
        return None
    is_stranger = not (has_signup or has_contact or has_app or is_guest)
    web = WebPerson(out, rng, person, as_of, is_stranger)
    outcome.sightings = web.sightings
    web.visit_all(purchases)
    return web


def _register(
    out: Collector, rng: Random, person: Person, as_of: int, has_signup: bool, has_contact: bool
) -> None:
    if has_signup:
        add_signup(out, rng, person, person.joined_at, as_of)
        if chance(rng, 0.14):
            later = person.joined_at + int((as_of - person.joined_at) * rng.random())
            add_signup(out, rng, person, later, as_of)
    if has_contact:
        for _ in range(2 if chance(rng, 0.08) else 1):
            crm_source.add_contact(out, rng, person, as_of)
    if person.user_id:
        app_source.add_user(out, rng, person, person.user_id, as_of)


def _pay(
    out: Collector, rng: Random, outcome: Outcome, purchases: list[Purchase], as_of: int,
    is_guest: bool,
) -> None:  # fmt: skip
    """Purchases in the app, their charges, and charges that the app knows nothing of."""
    person, orders = outcome.person, outcome.orders
    charges: dict[str, str] = {}
    if person.stripe_id:
        paid = [purchase for purchase in purchases if purchase.by_card]
        stripe_source.add_customer(out, rng, person, paid[0].moment - 20_000)
        for purchase in paid:
            charge_id = stripe_source.add_charge(out, rng, person, purchase, as_of)
            charges[purchase.purchase_id] = charge_id
        if chance(rng, 0.1):
            moment = paid[0].moment + int((as_of - paid[0].moment) * rng.random()) - MINUTE
            orders.append(stripe_source.add_lone_charge(out, rng, person, moment, as_of))
    if person.user_id:
        for purchase in purchases:
            app_source.add_purchase(out, rng, purchase, person.user_id)
            net = purchase.amount
            if purchase.status == "refunded":
                net = 0
            elif purchase.by_card:
                net -= purchase.refunded
            orders.append(
                Order(purchase.purchase_id, charges.get(purchase.purchase_id), purchase.moment,
                      purchase.status, net, purchase.currency)
            )  # fmt: skip
    if is_guest:
        for _ in range(2 if chance(rng, 0.1) else 1):
            moment = as_of - int((as_of - person.joined_at) * rng.random()) - HOUR
            orders.append(stripe_source.add_guest_charge(out, rng, person, moment, as_of))


def _share_devices(rng: Random, webs: list[WebPerson], as_of: int) -> None:
    """Family tablets, and one kiosk a block on which strangers sign in."""
    kiosk = f"kiosk-{uuid_text(rng)}"
    members = [web for web in webs if web.person.user_id]
    for web in members:
        tablet = web.person.household.device
        span = as_of - web.person.joined_at
        if tablet is not None:
            web.use_shared_device(tablet, web.person.joined_at + int(span * rng.random()))
    for _ in range(min(12, len(members))):
        pick(rng, members).use_shared_device(kiosk, as_of - between(rng, 1, 400) * HOUR)


#: What broken clients send in place of an anonymous id.
_BLOCKED_IDS: Final = ("00000000-0000-0000-0000-000000000000", "null", "anonymous", "-1")


def _forget_devices(out: Collector, rng: Random, webs: list[WebPerson], as_of: int) -> None:
    """Signs many people in on ids that are no ids; only one block does it, so ids stay unique."""
    members = [web for web in webs if web.person.user_id]
    for blocked in _BLOCKED_IDS:
        out.claim("web", blocked, None)
        for _ in range(min(10, len(members))):
            pick(rng, members).use_shared_device(blocked, as_of - between(rng, 1, 900) * HOUR)


def _truth(person: Person) -> tuple[str | None, ...]:
    """A row of ``_truth/people.parquet``; its columns stand in truth.py."""
    facts = person.facts
    return (
        person.person_id, person.household.number, facts.first_name, facts.last_name,
        facts.birth_date, facts.email, facts.phone, facts.address.address_line,
        facts.address.postal_code, facts.address.city, person.household.country, person.user_id,
        person.stripe_id,
    )  # fmt: skip
