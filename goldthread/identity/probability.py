"""From weights to decisions: priors and threshold follow from the data at hand.

A fixed threshold is too strict on small sets and too lax on large ones, because two strangers meet
by chance more often among more people, and some data has households and some has none. So the
shares of the kinds of pairs (one person, one household, namesakes of a family, strangers) are
estimated from the scored pairs themselves, and pairs are accepted, most probable first, as long as
the precision to be expected of all accepted together stays above the goal. Pairs that share an
identifier are joined anyway and would hide what the others are worth: they do not count there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

EXPECTED_PRECISION = 0.99

# However good the rest, a pair less probable than this is no link.
LEAST_PROBABILITY = 0.5

# Pairs of a household and of namesakes for each pair of one person's records: the estimates stay
# between these.
HOUSEHOLD_RATIO = (0.05, 2.0)
NAMESAKE_RATIO = (0.005, 0.5)

# Bits against one person from which on a pair keeps its two sides apart.
CONFLICT_WEIGHT = -3.0

ROUNDS = 200


@dataclass(frozen=True)
class Judgement:
    """prior_weight: log2 odds that two records picked at random are one person.
    household_ratio, namesake_ratio: pairs of that kind for each pair of one person's records.
    threshold: probability from which on a pair is a link.
    expected_matches: pairs of one person to be expected among the scored ones."""

    prior_weight: float
    household_ratio: float
    namesake_ratio: float
    threshold: float
    expected_matches: float

    @property
    def probability_sql(self) -> str:
        """SQL over the three weights: one person, not a household, namesakes or strangers."""
        return (
            f"(1 / (1 + pow(2, -least(match_weight + ({self.prior_weight}), 60)) "
            f"+ {self.household_ratio} * pow(2, -household_weight) "
            f"+ {self.namesake_ratio} * pow(2, -namesake_weight)))"
        )


def judge(cursor: duckdb.DuckDBPyConnection, scores: str, people: str) -> Judgement:
    """Priors and threshold for the pairs of table ``scores`` over the people of table ``people``.

    scores: match_weight, household_weight and namesake_weight in bits and shares_identifier, one
    row a pair; pairs that are not there count as strangers.
    """
    import numpy as np

    # Equal pairs are judged once: a few thousand kinds of pairs stand for millions.
    columns = cursor.execute(
        f"""
        select
            round(least(match_weight, 60), 1) as weight,
            round(household_weight, 1) as household,
            round(namesake_weight, 1) as namesake,
            shares_identifier,
            cast(count(*) as double) as pairs
        from {scores} group by 1, 2, 3, 4 order by 1, 2, 3, 4
        """
    ).fetchnumpy()
    row = cursor.execute(f"select count(*) from {people}").fetchone()
    assert row is not None
    weight, household, namesake, pairs = (
        columns[name].astype(np.float64) for name in ("weight", "household", "namesake", "pairs")
    )
    likelihoods = [np.exp2(weight), np.exp2(weight - household), np.exp2(weight - namesake)]
    share, ratios, probability = _fit(likelihoods, pairs, row[0] * (row[0] - 1) / 2)
    return Judgement(
        prior_weight=round(float(np.log2(share / (1 - share))), 2),
        household_ratio=round(ratios[0], 3),
        namesake_ratio=round(ratios[1], 4),
        threshold=_threshold(probability, pairs * ~columns["shares_identifier"].astype(bool)),
        expected_matches=round(float((probability * pairs).sum()), 1),
    )


def _fit(
    likelihoods: list[Floats], pairs: Floats, all_pairs: float
) -> tuple[float, list[float], Floats]:
    """Shares at which the expected numbers of each kind agree with themselves (EM, m and u fixed).

    likelihoods: of one person, household, namesakes, each against strangers.
    Returns the share of one-person pairs, household and namesake pairs for each of them, and the
    probability of one person for each kind of pair.
    """
    import numpy as np

    all_pairs = max(all_pairs, 1.0)
    least = 0.5 / all_pairs
    share = min(max(pairs.sum() / 3 / all_pairs, least), 0.5)
    ratios = [0.5, 0.05]
    probability = np.zeros_like(pairs)
    for _ in range(ROUNDS):
        kinds = [
            share * ratio * likelihood
            for ratio, likelihood in zip([1.0, *ratios], likelihoods, strict=True)
        ]
        total = sum(kinds) + max(1 - share * (1 + sum(ratios)), 1e-9)
        probability = kinds[0] / total
        matches = float((probability * pairs).sum())
        renewed = min(max(matches / all_pairs, least), 0.5)
        ratios = [
            min(max(float((kind / total * pairs).sum()) / max(matches, 0.5), lowest), highest)
            for kind, (lowest, highest) in zip(
                kinds[1:], (HOUSEHOLD_RATIO, NAMESAKE_RATIO), strict=True
            )
        ]
        if abs(renewed - share) <= 1e-6 * share:
            break
        share = renewed
    return share, ratios, probability


def _threshold(probability: Floats, pairs: Floats) -> float:
    """The lowest probability at which all pairs above are expected to hold the precision goal."""
    import numpy as np

    best_first = np.argsort(-probability, kind="stable")
    counts = pairs[best_first]
    accepted = np.maximum(np.cumsum(counts), 1e-9)
    expected = np.cumsum(probability[best_first] * counts) / accepted
    enough = np.flatnonzero(expected >= EXPECTED_PRECISION)
    if not len(enough):
        return 0.99
    # Rounded down: rounded up it would refuse the very pairs that were accepted.
    lowest = np.floor(float(probability[best_first][enough[-1]]) * 1e4) / 1e4
    return max(LEAST_PROBABILITY, float(lowest))
