"""Three kinds of pairs, told apart by how they agree: one person, one household, strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldthread.identity.household import HOUSEHOLD

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from goldthread.identity.model import LinkageModel

    Floats = npt.NDArray[np.float64]

ROUNDS = 100

# The starting values count like this many pairs.
HOLD = 100.0


@dataclass(frozen=True)
class Chances:
    """For each comparison the chance of each level by its number, for each kind of pair.

    household holds null for what members of a household share as often as one's own records do.
    """

    person: list[Floats]
    household: list[Floats | None]
    strangers: list[Floats]

    @classmethod
    def of(cls, model: LinkageModel) -> Chances:
        """The chances a model holds."""
        import numpy as np

        chances = cls([], [], [])
        for name, levels in model.levels.items():
            by_number = sorted(levels, key=lambda level: level.number)
            mates = HOUSEHOLD.get(name)
            chances.person.append(np.array([level.m for level in by_number]))
            chances.strangers.append(np.array([level.u for level in by_number]))
            chances.household.append(
                np.array([mates[level.label] for level in by_number]) if mates else None
            )
        return chances


def separate(
    patterns: Sequence[Sequence[int]],
    counts: Sequence[int],
    free: Sequence[Sequence[bool]],
    starting: Chances,
    all_pairs: float,
) -> list[Floats]:
    """Estimate the chances of one person's pairs, by comparison (EM; the others' are kept).

    patterns: a level number for each comparison, -1 for missing. counts: pairs with that pattern.
    free: for each comparison whether the pairs were found without it; only those teach about it
    (pairs found by their e-mail all share it).
    all_pairs: how many pairs there are in all; those not counted are strangers.
    """
    import numpy as np

    levels = np.asarray(patterns, dtype=np.int64)
    weights = np.asarray(counts, dtype=np.float64)
    learnable = np.where(np.asarray(free, dtype=bool), levels, -1)
    person = [chances.copy() for chances in starting.person]
    apart = np.exp(_log_likelihood(levels, starting.strangers))
    share, ratio = weights.sum() / 3 / all_pairs, 0.5
    for _ in range(ROUNDS):
        household = [
            ours if mates is None else mates
            for ours, mates in zip(person, starting.household, strict=True)
        ]
        one = share * np.exp(_log_likelihood(levels, person))
        two = share * ratio * np.exp(_log_likelihood(levels, household))
        total = one + two + max(1 - share * (1 + ratio), 1e-9) * apart
        is_one, is_two = weights * one / total, weights * two / total
        person = [
            _chances(learnable[:, index], is_one, start)
            for index, start in enumerate(starting.person)
        ]
        share = is_one.sum() / all_pairs
        ratio = max(is_two.sum() / max(is_one.sum(), 1.0), 0.01)
    return person


def _log_likelihood(levels: npt.NDArray[np.int64], chances: list[Floats]) -> Floats:
    import numpy as np

    total = np.zeros(len(levels))
    for index, by_number in enumerate(chances):
        # A missing value (-1) picks the appended chance of 1.
        total += np.log(np.append(by_number, 1.0))[levels[:, index]]
    return total


def _chances(levels: npt.NDArray[np.int64], weights: Floats, starting: Floats) -> Floats:
    """Share of each level among the pairs that have it, held towards the starting values."""
    import numpy as np

    present = levels >= 0
    found = np.bincount(levels[present], weights[present], minlength=len(starting))
    held = found + HOLD * starting
    return np.asarray(held / held.sum(), dtype=np.float64)
