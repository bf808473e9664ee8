"""The CRM: two full exports of all contacts, the second with changed and new rows."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.bad_values import Spoiler
from goldthread.demo_data.collected import Collector
from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.identifiers import write_phone
from goldthread.demo_data.people import Person
from goldthread.demo_data.randomness import Weighted, chance, hex_id, pick
from goldthread.demo_data.spelling import (
    write_address_line,
    write_birth_date,
    write_country,
    write_email,
    write_name,
)
from goldthread.demo_data.stamps import DAY, HOUR, day_text, iso_seconds

HEADER: Final = (
    "contact_id", "email", "first_name", "last_name", "phone", "birth_date", "company",
    "address_line", "postal_code", "city", "country", "lifecycle_stage", "updated_at",
)  # fmt: skip
_CARE: Final = 0.7
_STAGES: Final = Weighted.of({"lead": 0.4, "customer": 0.4, "vip": 0.08, "churned": 0.12})


def export_moments(as_of: int) -> tuple[int, int]:
    """When the two exports were made."""
    return as_of - 31 * DAY, as_of - 10 * HOUR


def export_path(moment: int) -> str:
    return f"crm/contacts_{day_text(moment // DAY)}.csv"


def add_contact(out: Collector, rng: Random, person: Person, as_of: int) -> None:
    """A contact in both exports, the second one with changes that happened between."""
    contact_id = "C-" + hex_id(rng, 48).upper()
    out.add_record("crm", contact_id, person.person_id)
    first_export, second_export = export_moments(as_of)
    created = person.joined_at + int((person.active_until - person.joined_at) * 0.3 * rng.random())
    updated = min(created, second_export - HOUR)
    line = _contact(out, rng, person, contact_id, updated)
    if updated < first_export:
        out.add_csv(export_path(first_export), updated, line)
        stale = len(person.history) > 1 and person.history[-2][0] < second_export
        if chance(rng, 0.5 if stale else 0.12):
            changed = first_export + int((second_export - first_export) * rng.random())
            line = _contact(out, rng, person, contact_id, changed)
    out.add_csv(export_path(second_export), updated, line)


def switchboard(employer: str) -> str:
    """A company's own number, which all its people give: shared, and nobody's."""
    return f"+1646{320 + sum(map(ord, employer)) % 80}{len(employer):02d}00"


def _contact(
    out: Collector, rng: Random, person: Person, contact_id: str, moment: int
) -> list[str | None]:
    facts = person.facts_at(moment)
    country = person.household.country
    first, last = write_name(rng, facts, _CARE)
    email = facts.email
    if person.work_email and chance(rng, 0.6):
        email = person.work_email
    phone = facts.phone
    if person.household.landline and chance(rng, 0.25):
        phone = person.household.landline
    elif person.household.head_phone and chance(rng, 0.06):
        phone = person.household.head_phone
    if person.employer and chance(rng, 0.3):
        phone = switchboard(person.employer)
    bad = Spoiler(out, rng, "crm", contact_id)
    has_address = chance(rng, 0.8)
    told_country = chance(rng, 0.9)
    line = write_address_line(rng, facts.address.address_line, _CARE)
    if chance(rng, 0.01):
        line = line.replace(", ", "\n") if ", " in line else f"{line}\n2nd floor"
    return [
        contact_id,
        bad.spoil("email", _email(rng, email)),
        first,
        last,
        bad.spoil("phone", _phone(rng, phone, country, told_country)),
        bad.spoil(
            "birth_date",
            write_birth_date(rng, facts.birth_date, _CARE) if chance(rng, 0.7) else "",
        ),
        person.employer or "",
        line if has_address else "",
        facts.address.postal_code if has_address else "",
        facts.address.city if has_address else "",
        write_country(rng, country) if told_country else "",
        _STAGES.draw(rng),
        iso_seconds(moment, COUNTRIES[country].offset_minutes),
    ]


def _email(rng: Random, email: str) -> str:
    style = rng.random()
    if style < 0.08:
        return ""
    return "test@test.com" if style < 0.086 else write_email(rng, email)


def _phone(rng: Random, phone: str, country: str, told_country: bool) -> str:
    style = rng.random()
    if style < 0.35:
        return ""
    if style < 0.36:
        return pick(rng, ("000-000-0000", "0000000000"))
    if phone.startswith(f"+{COUNTRIES[country].calling_code}"):
        return write_phone(rng, phone, country, told_country)
    return phone
