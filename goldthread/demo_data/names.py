"""Draws names with realistic collisions: few frequent ones, a long tail of rare ones."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Final

from goldthread.demo_data.family_names import COMPOSED_FAMILY_NAMES, FAMILY_NAMES
from goldthread.demo_data.given_names import GIVEN_NAMES
from goldthread.demo_data.randomness import Weighted, chance, pick

_TAIL_SHARE: Final = 0.38


@cache
def _given(origin: str, gender: str) -> Weighted[str]:
    return Weighted.zipf(GIVEN_NAMES[origin, gender], 0.75)


@cache
def _family(origin: str) -> Weighted[str]:
    return Weighted.zipf(FAMILY_NAMES[origin], 0.7)


def draw_given_name(rng: Random, origin: str, gender: str) -> str:
    name = _given(origin, gender).draw(rng)
    if chance(rng, 0.03):
        second = _given(origin, gender).draw(rng)
        return f"{name}-{second}" if origin in ("french", "german") else f"{name} {second}"
    return name


def draw_family_name(rng: Random, origin: str) -> str:
    if origin in COMPOSED_FAMILY_NAMES and chance(rng, _TAIL_SHARE):
        beginnings, endings = COMPOSED_FAMILY_NAMES[origin]
        return pick(rng, beginnings) + pick(rng, endings)
    name = _family(origin).draw(rng)
    if origin == "spanish" and chance(rng, 0.3):
        return f"{name} {_family(origin).draw(rng)}"
    return name


def family_name_of(name: str, origin: str, gender: str) -> str:
    """The form a woman of the family bears, where the language has one (Kowalska)."""
    if origin == "polish" and gender == "f" and name.endswith(("ski", "cki", "dzki")):
        return name[:-1] + "a"
    return name
