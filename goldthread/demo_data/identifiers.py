"""Identifiers that belong to exactly one person: e-mail addresses, phone numbers, ids.

Uniqueness needs no memory: each person has numbers of their own, scattered so that neighbours
do not look alike (multiplication by a number without common factors is a permutation).
"""

from __future__ import annotations

import unicodedata
from random import Random
from typing import Final

from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.randomness import chance, hex_id, pick

#: Different numbers one person may hold: mobile, former mobile, landline, spare.
PHONES_PER_PERSON: Final = 4
#: A prime just below the count of usable seven-digit US numbers (791 offices of 10,000).
_LINES: Final = 7_909_987
_SCATTER: Final = 3_141_593
_EMAIL_SPACE: Final = 1_000_003  # prime
_EMAIL_SCATTER: Final = 618_034
_LETTERS: Final = {
    "ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "þ": "th",
    "Ł": "L", "Ø": "O", "Đ": "D", "İ": "I", "Æ": "Ae", "Þ": "Th",
}  # fmt: skip
_UMLAUTS: Final = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa"}


def ascii_letters(text: str, spell_out_umlauts: bool = False) -> str:
    """A Latin name without accents: Müller → Muller, or Mueller when spelled out."""
    if text.isascii():
        return text
    table = _LETTERS | _UMLAUTS if spell_out_umlauts else _LETTERS
    replaced = "".join(table.get(letter, letter) for letter in text)
    bare = unicodedata.normalize("NFKD", replaced)
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def person_number(index: int) -> int:
    """A scattered number that no other person below a million has."""
    millions, rest = divmod(index, _EMAIL_SPACE)
    return millions * 10_000_000 + (rest * _EMAIL_SCATTER + 424_243) % _EMAIL_SPACE


def make_email(rng: Random, first: str, last: str, index: int, country: str) -> str:
    """An address made of a name; the digits at its end belong to this person only."""
    given = "".join(filter(str.isalpha, ascii_letters(first, chance(rng, 0.5)))).lower()
    family = "".join(filter(str.isalpha, ascii_letters(last, chance(rng, 0.5)))).lower()
    number = person_number(index)
    style = rng.random()
    if style < 0.35:
        local = f"{given}.{family}{number}"
    elif style < 0.6:
        local = f"{given[0]}{family}{number}"
    elif style < 0.75:
        local = f"{given}{number}"
    elif style < 0.9:
        local = f"{family}.{given}{number}"
    else:
        local = f"{given}_{family[0]}{number}"
    return f"{local}@{pick(rng, COUNTRIES[country].domains)}"


def _line_number(index: int, slot: int) -> int:
    return ((index * PHONES_PER_PERSON + slot) * _SCATTER + 271_829) % _LINES


def _nanp(area_code: str, line: int) -> str:
    # Central office codes run 200-999 without the N11 service codes and 555.
    exchange, number = divmod(line, 10_000)
    office = 200 + exchange
    for reserved in (211, 311, 411, 511, 555, 611, 711, 811, 911):
        if office >= reserved:
            office += 1
    return f"+1{area_code}{office}{number:04d}"


def make_mobile(rng: Random, country: str, area_code: str, index: int, slot: int) -> str:
    """A mobile number in E.164."""
    line = _line_number(index, slot)
    if country == "US":
        return _nanp(area_code, line)
    rules = COUNTRIES[country]
    return f"+{rules.calling_code}{pick(rng, rules.mobile)}{line:07d}"


def make_landline(country: str, area_code: str, index: int) -> str:
    """A landline number in E.164 for the household whose first person has this index."""
    line = _line_number(index, PHONES_PER_PERSON - 1)
    if country == "US":
        return _nanp(area_code, line)
    rules = COUNTRIES[country]
    wanted = rules.landline_length - len(area_code)
    digits = f"{line:0{wanted}d}"[-wanted:]
    # A subscriber number does not begin with 0 or 1.
    lead = str(2 + int(digits[0]) % 8)
    return f"+{rules.calling_code}{area_code}{lead}{digits[1:]}"


def write_phone(rng: Random, e164: str, country: str, with_country: bool) -> str:
    """The number as somebody types it: international, or national if the country is told."""
    rules = COUNTRIES[country]
    national = e164[1 + len(rules.calling_code) :]
    style = rng.random()
    if not with_country or style < 0.35:
        if style < 0.18 or (not with_country and style < 0.6):
            return e164
        if style < 0.25:
            return f"00{e164[1:]}" if country != "US" else f"+1 {national[:3]} {national[3:]}"
        return f"+{rules.calling_code} {national[:3]} {national[3:6]} {national[6:]}"
    if country == "US":
        area, office, number = national[:3], national[3:6], national[6:]
        return pick(
            rng,
            (
                f"({area}) {office}-{number}",
                f"{area}-{office}-{number}",
                f"{area}.{office}.{number}",
                f"{area}{office}{number}",
                f"1-{area}-{office}-{number}",
            ),
        )
    local = rules.trunk + national
    head = len(rules.trunk) + (2 if len(national) < 9 else 3)
    grouped = f"{local[:head]} {local[head : head + 3]} {local[head + 3 :]}"
    return pick(
        rng, (local, grouped, grouped.replace(" ", "-", 1), f"({local[:head]}) {local[head:]}")
    )


def make_user_id(rng: Random) -> str:
    return "u_" + hex_id(rng, 48)


def make_stripe_id(rng: Random, prefix: str) -> str:
    """``cus_…`` or ``ch_…`` as Stripe writes ids: letters and digits."""
    return f"{prefix}_{_base62(rng.getrandbits(96)):0>16}"


_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _base62(number: int) -> str:
    signs = []
    while number:
        number, rest = divmod(number, 62)
        signs.append(_DIGITS[rest])
    return "".join(reversed(signs))
