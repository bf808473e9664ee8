"""How a true fact ends up written in a source: nicknames, typos, swaps, local habits."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.countries import COUNTRIES
from goldthread.demo_data.given_names import NICKNAMES
from goldthread.demo_data.identifiers import ascii_letters
from goldthread.demo_data.people import Facts
from goldthread.demo_data.randomness import between, chance, pick
from goldthread.demo_data.wordlists import words

_NEIGHBOURS: Final = {
    letter: near
    for letter, near in (
        pair.split("=")
        for pair in words(
            """q=wa w=qes e=wrd r=etf t=ryg y=tuh u=yij i=uok o=ipl p=ol a=qsz s=adw d=sfe f=dgr
            g=fht h=gjy j=hku k=jli l=kop z=axs x=zcd c=xvf v=cbg b=vnh n=bmj m=nk"""
        )
    )
}


def with_typo(rng: Random, text: str) -> str:
    """One slip of the fingers: a letter doubled, dropped, swapped or hit beside."""
    if len(text) < 3:
        return text
    place = between(rng, 1, len(text) - 2)
    style = rng.random()
    if style < 0.3:
        return text[:place] + text[place + 1 :]
    if style < 0.5:
        return text[: place + 1] + text[place:]
    if style < 0.75:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    near = _NEIGHBOURS.get(text[place].lower(), text[place])
    return text[:place] + pick(rng, near) + text[place + 1 :]


def write_name(rng: Random, facts: Facts, care: float) -> tuple[str, str]:
    """First and last name as written; ``care`` 1.0 is a clerk, 0.5 a phone keyboard."""
    first, last = facts.first_name, facts.last_name
    carelessness = 1.0 - care
    if first in NICKNAMES and chance(rng, 0.25 * carelessness + 0.05):
        first = pick(rng, NICKNAMES[first])
    if not (first + last).isascii() and chance(rng, 0.5 * carelessness + 0.15):
        spelled_out = chance(rng, 0.5)
        first, last = ascii_letters(first, spelled_out), ascii_letters(last, spelled_out)
    if chance(rng, 0.06 * carelessness):
        first = with_typo(rng, first)
    if chance(rng, 0.07 * carelessness):
        last = with_typo(rng, last)
    if chance(rng, 0.03 * carelessness):
        first, last = last, first
    if chance(rng, 0.03 * carelessness):
        first = first[0] + "."
    style = rng.random()
    if style < 0.12 * carelessness:
        return first.lower(), last.lower()
    if style < 0.2 * carelessness:
        return first.upper(), last.upper()
    if style < 0.24 * carelessness:
        return f" {first}", f"{last}  "
    return first, last


def write_birth_date(rng: Random, birth_date: str, care: float) -> str:
    """ISO; now and then day and month are swapped or a digit is off."""
    year, month, day = birth_date.split("-")
    carelessness = 1.0 - care
    if int(day) <= 12 and day != month and chance(rng, 0.06 * carelessness):
        return f"{year}-{day}-{month}"
    if chance(rng, 0.03 * carelessness):
        return f"{int(year) + pick(rng, (-10, -1, 1))}-{month}-{min(int(day), 28):02d}"
    return birth_date


def write_email(rng: Random, email: str) -> str:
    """Case and blanks do not matter to a mailbox, and people type them."""
    style = rng.random()
    if style < 0.04:
        return email.upper()
    if style < 0.1:
        return email[0].upper() + email[1:]
    if style < 0.12:
        return f" {email} "
    return email


def write_address_line(rng: Random, line: str, care: float) -> str:
    """Street kinds shortened or spelled out, ß as ss, a typo at times."""
    for short, spelled in (("St", "Street"), ("Ave", "Avenue"), ("Rd", "Road"), ("Dr", "Drive")):
        if line.endswith(f" {short}") and chance(rng, 0.25):
            return line[: -len(short)] + spelled
    if "straße" in line and chance(rng, 0.4):
        return line.replace("straße", pick(rng, ("str.", "strasse")))
    if chance(rng, 0.05 * (1.0 - care)):
        return with_typo(rng, line)
    return line


def write_country(rng: Random, country: str) -> str:
    return pick(rng, COUNTRIES[country].spellings)
