"""Households and the people in them, block by block."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from goldthread.demo_data.cities import CITIES, City, draw_postal_code, draw_street_line
from goldthread.demo_data.countries import COUNTRIES, COUNTRY_SHARES
from goldthread.demo_data.identifiers import (
    ascii_letters,
    make_email,
    make_landline,
    make_mobile,
    person_number,
)
from goldthread.demo_data.names import draw_family_name, draw_given_name, family_name_of
from goldthread.demo_data.people import Address, Facts, Household, Person
from goldthread.demo_data.randomness import (
    Weighted,
    between,
    chance,
    hex_id,
    normal,
    pick,
    seeded,
    uuid_text,
)
from goldthread.demo_data.stamps import DAY, day_text
from goldthread.demo_data.wordlists import words

#: How far back the story reaches.
STORY_DAYS: Final = 540
_SIZES: Final = Weighted.of({1: 0.45, 2: 0.28, 3: 0.12, 4: 0.1, 5: 0.05})


class Member(NamedTuple):
    """A place in a household before it becomes a person."""

    gender: str
    first_name: str
    last_name: str
    birth_day: int


def populate(seed: int, first: int, last: int, as_of: int) -> list[Person]:
    """The people ``first`` to ``last - 1``; a household never crosses the range."""
    layout = seeded(seed, "households", first)
    people: list[Person] = []
    index = first
    while index < last:
        size = min(_SIZES.draw(layout), last - index)
        people += _household(seed, index, size, as_of)
        index += size
    return people


def _household(seed: int, first: int, size: int, as_of: int) -> list[Person]:
    rng = seeded(seed, "household", first)
    country = COUNTRY_SHARES.draw(rng)
    origin = COUNTRIES[country].origins.draw(rng)
    city = CITIES[country].draw(rng)
    address = _address(rng, country, city)
    members = _members(rng, origin, size, as_of)
    household = Household(f"h{first:07d}", country, address, pick(rng, city.area_codes))
    if chance(rng, 0.35):
        household.landline = make_landline(country, household.area_code, first)
    if size > 1:
        family = "".join(filter(str.isalpha, ascii_letters(members[0].last_name))).lower()
        if chance(rng, 0.1):
            domain = pick(rng, COUNTRIES[country].domains)
            household.mailbox = f"family.{family}{person_number(first)}@{domain}"
        if chance(rng, 0.08):
            household.device = uuid_text(rng)
    people = [
        _person(seed, first + place, household, origin, member, as_of)
        for place, member in enumerate(members)
    ]
    if size > 1:
        # The others give this number at times; it is its owner's all the same.
        household.head_phone = people[0].facts.phone
    return people


def _address(rng: Random, country: str, city: City) -> Address:
    line = draw_street_line(rng, country, COUNTRIES[country].language)
    return Address(line, draw_postal_code(rng, city), city.name, city.state)


def _members(rng: Random, origin: str, size: int, as_of: int) -> list[Member]:
    """A couple and their grown children, twins and namesakes among them; or flatmates."""
    today = as_of // DAY
    family = draw_family_name(rng, origin)
    gender = pick(rng, "fm")
    age = between(rng, 19, 84) if size == 1 else between(rng, 24, 70)
    members = [_member(rng, origin, gender, family, today - age * 365 - between(rng, 0, 364))]
    if size == 1:
        return members
    if size == 2 and chance(rng, 0.15):
        flatmate = draw_family_name(rng, origin)
        birth = members[0].birth_day + between(rng, -1800, 1800)
        return [*members, _member(rng, origin, pick(rng, "fm"), flatmate, birth)]
    other = "m" if gender == "f" else "f"
    own_name = draw_family_name(rng, origin) if chance(rng, 0.2) else family
    partner_birth = members[0].birth_day + between(rng, -2500, 2500)
    partner = _member(rng, origin, other, own_name, min(partner_birth, today - 20 * 365))
    members.append(partner)
    for _ in range(size - 2):
        members.append(_child(rng, origin, family, members, today))
    if size == 2 and chance(rng, 0.12):
        # Father and son, or mother and daughter, of one name under one roof.
        parent = members[0]
        birth = min(
            parent.birth_day + between(rng, 7500, 11000), today - between(rng, 17 * 365, 24 * 365)
        )
        members[1] = Member(gender, parent.first_name, parent.last_name, birth)
    return members


def _member(rng: Random, origin: str, gender: str, family: str, birth_day: int) -> Member:
    first_name = draw_given_name(rng, origin, gender)
    return Member(gender, first_name, family_name_of(family, origin, gender), birth_day)


def _child(rng: Random, origin: str, family: str, members: list[Member], today: int) -> Member:
    gender = pick(rng, "fm")
    parents = max(member.birth_day for member in members[:2])
    birth = min(parents + between(rng, 6800, 12500), today - between(rng, 16 * 365, 24 * 365))
    if len(members) > 2 and chance(rng, 0.12):
        birth = members[-1].birth_day  # twins
    child = _member(rng, origin, gender, family, birth)
    taken = {member.first_name for member in members[2:]}
    while child.first_name in taken:
        child = _member(rng, origin, gender, family, birth)
    namesakes = [member for member in members[:2] if member.gender == gender]
    if namesakes and namesakes[0].first_name not in taken and chance(rng, 0.06):
        return child._replace(first_name=namesakes[0].first_name)
    return child


def _person(
    seed: int, index: int, household: Household, origin: str, member: Member, as_of: int
) -> Person:
    rng = seeded(seed, "person", index)
    country = household.country
    story = STORY_DAYS * DAY
    joined_at = as_of - int(story * rng.random() ** 1.3) - 3600_000
    active_until = as_of
    if chance(rng, 0.3):
        active_until = joined_at + int((as_of - joined_at) * rng.random())
    facts = Facts(
        member.first_name,
        member.last_name,
        day_text(member.birth_day),
        make_email(rng, member.first_name, member.last_name, index, country),
        make_mobile(rng, country, household.area_code, index, 0),
        household.address,
    )
    activity = min(20.0, 2.718281828 ** (0.9 * normal(rng) - 0.4))
    engagement = pick(rng, (0.05, 0.15, 0.3, 0.45, 0.7, 0.96, 0.99))
    person = Person(
        index, f"p{index:07d}", household, member.gender,
        _history(rng, facts, member, household, index, origin, joined_at, as_of),
        joined_at, active_until, activity, engagement,
    )  # fmt: skip
    if chance(rng, 0.12):
        person.employer = _employer(rng)
        given = "".join(filter(str.isalpha, ascii_letters(member.first_name))).lower()
        site = person.employer.lower().replace(" ", "-").replace("&", "and")
        person.work_email = f"{given}.{person_number(index)}@{site}.example"
    return person


_TRADES: Final = words(
    """Logistics Analytics Foods Systems Design Energy Partners Textiles Media Labs"""
)
_HEADS: Final = words(
    """Northgate Alder Brightwell Kestrel Oakhaven Meridian Falkner Sunder Vantage"""
)


def _employer(rng: Random) -> str:
    return f"{pick(rng, _HEADS)} {pick(rng, _TRADES)}"


def _history(
    rng: Random, now: Facts, member: Member, household: Household, index: int,
    origin: str, joined_at: int, as_of: int,
) -> list[tuple[int, Facts]]:  # fmt: skip
    """What was true until when; most people changed nothing."""
    country = household.country
    former: list[tuple[int, Facts]] = []
    changes = 0
    facts = now
    moments = sorted(joined_at + int((as_of - joined_at) * rng.random()) for _ in range(4))
    # Built backwards from today, so that the newest change comes first.
    for kind in ("address", "email", "phone", "name"):
        odds = {"address": 0.1, "email": 0.07, "phone": 0.07, "name": 0.03}[kind]
        if kind == "name" and member.gender == "m":
            odds = 0.004
        if not chance(rng, odds) or changes == 2:
            continue
        before = _former(rng, kind, facts, household, index, origin, country)
        former.append((moments.pop(), before))
        facts = before
        changes += 1
    return [*reversed(former), (as_of + 400 * DAY, now)]


def _former(
    rng: Random,
    kind: str,
    facts: Facts,
    household: Household,
    index: int,
    origin: str,
    country: str,
) -> Facts:
    if kind == "address":
        return facts._replace(address=_address(rng, country, CITIES[country].draw(rng)))
    if kind == "email":
        name, last = facts.first_name, facts.last_name
        local, _, domain = make_email(rng, name, last, index, country).partition("@")
        # An older address at another provider; the mark keeps it different from today's.
        return facts._replace(email=f"{local}x@{domain}")
    if kind == "phone":
        return facts._replace(phone=make_mobile(rng, country, household.area_code, index, 1))
    return facts._replace(last_name=draw_family_name(rng, origin))


def device_id(rng: Random) -> str:
    """An anonymous id as analytics libraries make them."""
    return uuid_text(rng) if chance(rng, 0.9) else hex_id(rng, 128)
