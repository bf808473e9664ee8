"""Random numbers that are the same on every machine and in every process.

Each person, household and block of people has a generator of its own, seeded by text; only
``random()`` and ``getrandbits()`` are used, whose streams Python keeps stable between versions.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def seeded(seed: int, *parts: object) -> Random:
    """A generator for one thing, e.g. ``seeded(7, "person", 41)``."""
    return Random("/".join(map(str, (seed, *parts))))


def chance(rng: Random, probability: float) -> bool:
    return rng.random() < probability


def pick(rng: Random, values: Sequence[T]) -> T:
    return values[int(rng.random() * len(values))]


def between(rng: Random, low: int, high: int) -> int:
    """A whole number, both ends included."""
    return low + int(rng.random() * (high - low + 1))


def normal(rng: Random) -> float:
    radius = math.sqrt(-2.0 * math.log(1.0 - rng.random()))
    return radius * math.cos(2.0 * math.pi * rng.random())


def skewed_count(rng: Random, median: float, spread: float, most: int) -> int:
    """A lognormal count of at least 1: most people do little, few do a lot."""
    return max(1, min(most, round(median * math.exp(spread * normal(rng)))))


def hex_id(rng: Random, bits: int) -> str:
    return f"{rng.getrandbits(bits):0{bits // 4}x}"


def uuid_text(rng: Random) -> str:
    """A version 4 UUID."""
    digits = f"{rng.getrandbits(128):032x}"
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


class Weighted(Generic[T]):
    """Values drawn by weight; ``Weighted.zipf`` weighs them by their rank."""

    def __init__(self, values: Sequence[T], weights: Sequence[float]) -> None:
        self.values = tuple(values)
        self._cumulative = list(accumulate(weights))

    @classmethod
    def zipf(cls, values: Sequence[T], exponent: float) -> Weighted[T]:
        return cls(values, [1.0 / (rank + 2.0) ** exponent for rank in range(len(values))])

    @classmethod
    def of(cls, weights: dict[T, float]) -> Weighted[T]:
        return cls(tuple(weights), tuple(weights.values()))

    def draw(self, rng: Random) -> T:
        place = bisect(self._cumulative, rng.random() * self._cumulative[-1])
        return self.values[min(place, len(self.values) - 1)]
