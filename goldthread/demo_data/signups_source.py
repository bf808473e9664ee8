"""E-mail sign-ups: CSV files by quarter; many rows hold nothing but an address."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.bad_values import Spoiler
from goldthread.demo_data.collected import Collector
from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.identifiers import write_phone
from goldthread.demo_data.people import Person
from goldthread.demo_data.randomness import Weighted, between, chance, hex_id, pick
from goldthread.demo_data.spelling import (
    with_typo,
    write_birth_date,
    write_country,
    write_email,
    write_name,
)
from goldthread.demo_data.stamps import DAY, iso_seconds, month_text

HEADER: Final = (
    "signup_id", "email", "first_name", "last_name", "phone", "birth_date", "postal_code",
    "city", "country", "marketing_opt_in", "signup_source", "signed_up_at",
)  # fmt: skip
#: The newest form has one more field; columns nobody asked for are kept by the loader.
HEADER_WITH_REFERRAL: Final = (*HEADER, "referral_code")
#: Rows that the form's provider delivered once more.
RESENT_PATH: Final = "signups/resent.csv"
_CARE: Final = 0.5
_SOURCES: Final = Weighted.of(
    {"footer": 0.4, "popup": 0.25, "checkout": 0.15, "store": 0.1, "event": 0.1}
)
_YES: Final = ("true", "true", "true", "1", "yes", "TRUE")
_NO: Final = ("false", "false", "0", "no")


def signups_path(moment: int) -> str:
    year, month = month_text(moment).split("-")
    return f"signups/signups_{year}_q{(int(month) + 2) // 3}.csv"


def header_of(path: str, as_of: int) -> tuple[str, ...]:
    return HEADER_WITH_REFERRAL if path == signups_path(as_of) else HEADER


def add_signup(out: Collector, rng: Random, person: Person, moment: int, as_of: int) -> None:
    signup_id = "su_" + hex_id(rng, 56)
    facts = person.facts_at(moment)
    country = person.household.country
    fullness = rng.random()
    first = last = phone = birth_date = ""
    postal = city = written_country = ""
    email = facts.email
    if fullness > 0.38:
        first, last = write_name(rng, facts, _CARE)
        if person.household.mailbox and chance(rng, 0.3):
            email = person.household.mailbox
            out.claim("email", email, person.person_id)
    if fullness > 0.55:
        written_country = write_country(rng, country)
        postal, city = facts.address.postal_code, facts.address.city
        if chance(rng, 0.5):
            phone = write_phone(rng, facts.phone, country, True)
        if chance(rng, 0.5):
            birth_date = write_birth_date(rng, facts.birth_date, _CARE)
    if fullness > 0.38 and first and birth_date and chance(rng, 0.02):
        name, _, domain = email.partition("@")
        email = f"{with_typo(rng, name)}@{domain}"
    bad = Spoiler(out, rng, "signups", signup_id)
    written_email = write_email(rng, email)
    if first and chance(rng, 0.004):
        written_email = "test@test.com"
    if first:
        # Without an address such a row would hold nothing that identifies.
        written_email = bad.spoil("email", written_email) or ""
    row = [
        signup_id, written_email, first, last, bad.spoil("phone", phone),
        bad.spoil("birth_date", birth_date), postal, city, written_country,
        pick(rng, _YES if chance(rng, 0.72) else _NO), _SOURCES.draw(rng),
        iso_seconds(moment, COUNTRIES[country].offset_minutes),
    ]  # fmt: skip
    path = signups_path(moment)
    if path == signups_path(as_of):
        row.append(f"R{between(rng, 100, 999)}" if chance(rng, 0.1) else "")
    out.add_record("signups", signup_id, person.person_id)
    line = out.add_csv(path, moment, row)
    if chance(rng, 0.02):
        again = path if chance(rng, 0.5) or len(row) > len(HEADER) else RESENT_PATH
        out.add_line(again, moment + between(rng, 0, 20) * DAY, line)
