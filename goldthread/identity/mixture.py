"""Kinds of pairs, told apart by how they agree: one person, household, namesakes, strangers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldthread.identity.relatives import HOUSEHOLD, NAMESAKES, MostRelatives

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from goldthread.identity.model import LinkageModel

    Floats = npt.NDArray[np.float64]

ROUNDS = 100

# The starting values count like this many pairs.
HOLD = 100.0

# The most that the lowest level may have among one person's records. Where nothing but the first
# name tells a household from a person, the data fits as well if there are no households and people
# change their first name every other time.
MOST_DIFFERENT = {"first_name": 0.2}


@dataclass(frozen=True)
class Chances:
    """For each comparison the chance of each level by its number, for each kind of pair.

    relatives: one list for households and one for namesakes; nan stands for what these share as
    often as one person's records do. ceilings: the most that a person's lowest level may have.
    """

    person: list[Floats]
    relatives: list[list[Floats]]
    strangers: list[Floats]
    ceilings: list[float]

    @classmethod
    def of(cls, model: LinkageModel) -> Chances:
        """The chances a model holds."""
        import numpy as np

        by_number = {
            name: sorted(levels, key=lambda level: level.number)
            for name, levels in model.levels.items()
        }
        return cls(
            person=[np.array([level.m for level in levels]) for levels in by_number.values()],
            relatives=[
                [
                    np.array([kind.get(name, {}).get(level.label, np.nan) for level in levels])
                    for name, levels in by_number.items()
                ]
                for kind in (HOUSEHOLD, NAMESAKES)
            ],
            strangers=[np.array([level.u for level in levels]) for levels in by_number.values()],
            ceilings=[MOST_DIFFERENT.get(name, 1.0) for name in by_number],
        )


def separate(
    patterns: Sequence[Sequence[int]],
    counts: Sequence[int],
    free: Sequence[Sequence[bool]],
    starting: Chances,
    all_pairs: float,
    most: MostRelatives,
) -> tuple[list[Floats], float]:
    """Estimate the chances of one person's pairs, by comparison (EM; the others' are kept).

    patterns: a level number for each comparison, -1 for missing. counts: pairs with that pattern.
    free: for each comparison whether the pairs were found without it; only those teach about it
    (pairs found by their e-mail all share it).
    all_pairs: how many pairs there are in all; those not counted are strangers.
    most: relatives that there can be among them.
    Returns the chances and the share of one-person pairs among all.
    """
    import numpy as np

    levels = np.asarray(patterns, dtype=np.int64)
    weights = np.asarray(counts, dtype=np.float64)
    learnable = np.where(np.asarray(free, dtype=bool), levels, -1)
    person = [chances.copy() for chances in starting.person]
    apart = np.exp(_log_likelihood(levels, starting.strangers))
    share, ratios = weights.sum() / 3 / all_pairs, [0.5, 0.05]
    for _ in range(ROUNDS):
        kinds = [share * np.exp(_log_likelihood(levels, person))]
        for ratio, relatives in zip(ratios, starting.relatives, strict=True):
            chances = [
                np.where(np.isnan(theirs), ours, theirs)
                for ours, theirs in zip(person, relatives, strict=True)
            ]
            kinds.append(share * ratio * np.exp(_log_likelihood(levels, chances)))
        total = sum(kinds) + max(1 - share * (1 + sum(ratios)), 1e-9) * apart
        found = [weights * kind / total for kind in kinds]
        person = [
            _capped(_chances(learnable[:, index], found[0], start), ceiling)
            for index, (start, ceiling) in enumerate(
                zip(starting.person, starting.ceilings, strict=True)
            )
        ]
        share = found[0].sum() / all_pairs
        ratios = [max(kind.sum() / max(found[0].sum(), 1.0), 0.005) for kind in found[1:]]
        ratios = most.bound(ratios, share, found[0].sum())
    return person, float(share)


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


def _capped(chances: Floats, ceiling: float) -> Floats:
    """The chances with at most ``ceiling`` in the lowest level, the others grown to fill up."""
    if chances[0] <= ceiling:
        return chances
    import numpy as np

    capped = chances * (1 - ceiling) / (1 - chances[0])
    capped[0] = ceiling
    return np.asarray(capped, dtype=np.float64)


def without_matches(strangers: Floats, person: Floats, share: float, pairs: float) -> Floats:
    """The strangers' chances as they are when one person's pairs are taken out of the sample.

    Random pairs hold matches too. Among a million records those do not count; where every second
    pair with one birth date is one person, they make a birth date look like weak evidence.
    strangers: chances as sampled from ``pairs`` random pairs. No chance falls below its sampling
    error, which is all that the sample says of it.
    """
    import numpy as np

    error = np.sqrt(strangers * pairs) / pairs
    left = np.maximum(strangers - share * person, np.minimum(error, strangers))
    return np.asarray(left / left.sum(), dtype=np.float64)
