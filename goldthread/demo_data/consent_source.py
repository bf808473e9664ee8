"""Consent receipts of a consent platform, conflicts and withdrawals included."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.bad_values import Spoiler
from goldthread.demo_data.collected import Collector
from goldthread.demo_data.people import Person
from goldthread.demo_data.randomness import Weighted, between, chance, hex_id, pick
from goldthread.demo_data.stamps import DAY, HOUR, iso_seconds, month_text

#: Valid TCF v2 strings, by what they say; consent platforms send many more of the same kinds.
TCF_STRINGS: Final[dict[str, str]] = {
    "accept_all": "CP9_GsAP9_GsAEsABBENAwFsAP_gAH_gAAwIF5wBAABAAIAAUAvMC84AgAAgAEAAKAXmAAAA"
    ".YAAAAAAAAAAA",
    "reject_all": "CP9_GsAP9_GsAEsABBENAwFgAAAAAAAAAAwIAAAAAAAA.YAAAAAAAAAAA",
    "measure_only": "CP9_GsAP9_GsAEsABBENAwFgAIIAAAAAAAwIF5wAQF5gAAAA.YAAAAAAAAAAA",
    "no_profiles": "CP9_GsAP9_GsAEsABBENAwFgAMKAAADAAAwIAEEEAAAAAAAA.YAAAAAAAAAAA",
}
_MOODS: Final = Weighted.of(
    {"accept_all": 0.5, "reject_all": 0.22, "measure_only": 0.16, "no_profiles": 0.12}
)
_CATEGORIES: Final[dict[str, tuple[bool, bool, bool, bool]]] = {
    "accept_all": (True, True, True, True),
    "reject_all": (False, False, False, False),
    "measure_only": (True, False, False, False),
    "no_profiles": (True, True, False, False),
}


def draw_preferences(rng: Random) -> dict[str, bool]:
    """OneTrust categories; C0005 is not offered everywhere."""
    return _preferences(rng, _MOODS.draw(rng))


def _preferences(rng: Random, mood: str) -> dict[str, bool]:
    performance, functional, targeting, social = _CATEGORIES[mood]
    chosen = {"C0001": True, "C0002": performance, "C0003": functional, "C0004": targeting}
    if chance(rng, 0.6):
        chosen["C0005"] = social if chance(rng, 0.92) else not social
    return chosen


def add_receipts(out: Collector, rng: Random, person: Person, as_of: int) -> None:
    """A first choice and, at times, a later or a contradicting one on another identifier."""
    moment = person.joined_at + int((as_of - person.joined_at) * rng.random() * 0.8)
    mood = _MOODS.draw(rng)
    _add_receipt(out, rng, person, moment, mood)
    if chance(rng, 0.25):
        later = moment + int((as_of - moment) * rng.random())
        _add_receipt(out, rng, person, min(later + HOUR, as_of - HOUR), _MOODS.draw(rng))
    if chance(rng, 0.02):
        # Two answers at one instant: the stricter one holds.
        _add_receipt(out, rng, person, moment, "reject_all")


def _identifier(rng: Random, person: Person, moment: int) -> tuple[str, str]:
    choices = [("email", person.facts_at(moment).email)]
    if person.user_id:
        choices.append(("user_id", person.user_id))
    if person.devices:
        choices += [("anonymous_id", pick(rng, person.devices))] * 2
    if chance(rng, 0.15):
        choices.append(("phone", person.facts_at(moment).phone))
    return pick(rng, choices)


def _add_receipt(out: Collector, rng: Random, person: Person, moment: int, mood: str) -> None:
    kind, value = _identifier(rng, person, moment)
    american = person.household.country == "US"
    receipt_id = "rcpt_" + hex_id(rng, 80)
    tcf = None
    if not american and chance(rng, 0.45):
        tcf = Spoiler(out, rng, "consent", receipt_id).spoil("tcf", TCF_STRINGS[mood])
    receipt = {
        "receipt_id": receipt_id,
        "identifier_type": kind,
        "identifier_value": value,
        "purposes": _preferences(rng, mood),
        "jurisdiction": "ccpa" if american else "gdpr",
        "gpc": american and chance(rng, 0.12),
        "tcf": tcf,
        "collected_at": iso_seconds(moment),
    }
    if chance(rng, 0.05):
        receipt["jurisdiction"] = None
    path = f"consent/receipts_{month_text(moment)}.jsonl"
    line = out.add_json(path, moment, receipt)
    if chance(rng, 0.01):
        out.add_line(path, moment + between(rng, 1, 5) * DAY, line)
