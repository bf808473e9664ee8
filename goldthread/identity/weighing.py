"""What the details of two groups of records say, taken together."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING

from goldthread.identity.relatives import SUFFIX_WEIGHT

if TYPE_CHECKING:
    from goldthread.identity.model import LinkageModel

Levels = tuple[int, ...]


class Judge:
    """Weighs what the details of two groups of records say, attribute by attribute.

    Of each attribute the best agreement between the groups counts once, however many records repeat
    it: five records without birth date do not outvote the two that have one.
    """

    def __init__(
        self,
        model: LinkageModel,
        prior_weight: float,
        household_ratio: float,
        namesake_ratio: float,
    ) -> None:
        self._priors = (prior_weight, -log2(household_ratio), -log2(namesake_ratio))
        self._bits = [
            {
                level.number: (level.bits, level.household_bits, level.namesake_bits)
                for level in levels
            }
            for levels in model.levels.values()
        ]
        self._best: dict[tuple[Levels, Levels], Levels] = {}
        self._probability: dict[tuple[Levels, bool], float] = {}
        # An initial fits many names: a name that differs says more.
        self._standing = [
            {level.number: -99.0 if level.label == "initial" else level.bits for level in levels}
            for levels in model.levels.values()
        ]

    def best(self, first: Levels, second: Levels) -> Levels:
        """The levels of two pairs taken together."""
        # Few combinations make up nearly all pairs: each is worked out once.
        found = self._best.get((first, second))
        if found is None:
            found = self._best[(first, second)] = tuple(
                two if one < 0 else one if two < 0 else max(one, two, key=standing.__getitem__)
                for one, two, standing in zip(first, second, self._standing, strict=True)
            )
        return found

    def probability(self, levels: Levels, suffixes_differ: bool) -> float:
        """Of one person, against strangers, members of a household and namesakes."""
        found = self._probability.get((levels, suffixes_differ))
        if found is None:
            found = self._probability_of(levels, suffixes_differ)
            self._probability[(levels, suffixes_differ)] = found
        return found

    def _probability_of(self, levels: Levels, suffixes_differ: bool) -> float:
        found = [
            bits[number] for number, bits in zip(levels, self._bits, strict=True) if number >= 0
        ]
        others = 0.0
        for kind, prior in enumerate(self._priors):
            weight = prior + sum(bits[kind] for bits in found)
            if kind and suffixes_differ:
                weight += SUFFIX_WEIGHT
            others += 2 ** -min(weight, 60)
        return float(1 / (1 + others))
