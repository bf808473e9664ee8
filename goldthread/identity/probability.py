"""From weights to decisions: priors and threshold follow from the data at hand.

A fixed threshold is too strict on small sets and too lax on large ones, because two strangers meet
by chance more often among more people, and some data has households and some has none. So the
shares of the kinds of pairs (one person, one household, namesakes of a family, strangers) are
estimated from the scored pairs themselves, and pairs are accepted, most probable first, as long as
the precision to be expected of all accepted together stays above the goal. Pairs that share an
identifier are joined anyway and would hide what the others are worth: they do not count there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

from goldthread.identity.relatives import ANY_NUMBER, HOUSEHOLD_RATIO, NAMESAKE_RATIO, MostRelatives
from goldthread.identity.workspace import row_count

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

# However good the rest, a pair less probable than this is no link. Where wrong links are no worse
# than missed ones, it is the threshold: one person is more probable than not.
LEAST_PROBABILITY = 0.5

LEAST_RATIO = 1e-6

# The belief counts like this many pairs: a few hundred records cannot show that there are no
# households, many thousand can.
BELIEF = 20.0

# Bits against one person from which on a pair keeps its two sides apart.
CONFLICT_WEIGHT = -3.0

ROUNDS = 200

# Bits by which priors change at least: a fifth more or less probable.
STEP = 0.25


@dataclass(frozen=True)
class Judgement:
    """prior_weight: log2 odds that two records picked at random are one person.
    household_ratio, namesake_ratio: pairs of that kind for each pair of one person's records.
    threshold: probability from which on a pair is a link.
    prior_weight_both_alone, prior_weight_one_alone: instead of prior_weight where both or one of
    the records stands in no row of table ``joined_people`` (see ``second_look``)."""

    prior_weight: float
    household_ratio: float
    namesake_ratio: float
    threshold: float
    prior_weight_both_alone: float | None = None
    prior_weight_one_alone: float | None = None

    @property
    def probability_sql(self) -> str:
        """SQL over the three weights: one person, not a household, namesakes or strangers."""
        if self.prior_weight_both_alone is None or self.prior_weight_one_alone is None:
            return self._probability_sql(self.prior_weight)
        both_alone = self._probability_sql(self.prior_weight_both_alone)
        one_alone = self._probability_sql(self.prior_weight_one_alone)
        joined = "in (from joined_people)"
        return (
            f"case when id_l not {joined} and id_r not {joined} then {both_alone} "
            f"when id_l not {joined} or id_r not {joined} then {one_alone} "
            f"else {self._probability_sql(self.prior_weight)} end"
        )

    def _probability_sql(self, prior_weight: float) -> str:
        # Relatives are as many among all pairs whoever is left: fewer for each pair of one person.
        relatives = 2 ** (self.prior_weight - prior_weight)
        return (
            f"(1 / (1 + pow(2, -least(match_weight + ({prior_weight}), 60)) "
            f"+ {self.household_ratio * relatives:.6g} * pow(2, -household_weight) "
            f"+ {self.namesake_ratio * relatives:.6g} * pow(2, -namesake_weight)))"
        )


def judge(
    cursor: duckdb.DuckDBPyConnection,
    scores: str,
    candidates: str,
    people: str,
    expected_precision: float | None,
    is_linkable: str = "true",
    most: MostRelatives = ANY_NUMBER,
) -> Judgement:
    """Priors and threshold for the pairs of table ``scores`` over the people of table ``people``.

    scores: match_weight, household_weight and namesake_weight in bits and shares_identifier, one
    row a pair; pairs that are not there count as strangers. candidates: is_tight for each pair:
    households are looked for among the pairs that tight rules found, or whoever shares a surname
    would pass for one; namesakes among all, for strangers of one name differ from one person in
    just what father and son differ in. expected_precision: of the links by details alone; null
    gives the threshold at which precision and recall are expected to balance best.
    is_linkable: SQL over the scores; other pairs are no links however probable, and do not tell
    what links are worth. most: relatives that the table can hold.
    """
    import numpy as np

    likelihoods, pairs, (tight, decided) = kinds_of_pairs(
        cursor,
        f"{scores} join {candidates} using (id_l, id_r)",
        ("is_tight", f"not shares_identifier and ({is_linkable})"),
    )
    number = row_count(cursor, people)
    all_pairs = max(number * (number - 1) / 2, 1.0)
    (share, (household_ratio, _)), (share_of_all, ratios_of_all) = (
        _fit(likelihoods, counts, all_pairs, most) for counts in (tight, pairs)
    )
    if expected_precision is None and share < share_of_all / 2:
        # A table of names and cities has no tight pairs, though many of one person.
        share, household_ratio = share_of_all, ratios_of_all[0]
    prior_weight = _stepped(float(np.log2(share / (1 - share))))
    ratios = [_ratio(household_ratio), _ratio(ratios_of_all[1])]
    probability = _probability(likelihoods, 1 / (1 + 2**-prior_weight), ratios)[0]
    return Judgement(
        prior_weight=prior_weight,
        household_ratio=ratios[0],
        namesake_ratio=ratios[1],
        threshold=LEAST_PROBABILITY
        if expected_precision is None
        else _threshold(probability, decided, expected_precision),
    )


def kinds_of_pairs(
    cursor: duckdb.DuckDBPyConnection, scores: str, conditions: Sequence[str] = ()
) -> tuple[list[Floats], Floats, list[Floats]]:
    """Equal pairs together: a few thousand kinds stand for millions.

    scores: SQL of the pairs, after "from". Returns for each kind the likelihoods of one person, of
    a household and of namesakes against strangers, how many pairs are of that kind, and how many of
    them fulfil each of the conditions.
    """
    import numpy as np

    fulfilled = "".join(f"{each} as condition_{n}, " for n, each in enumerate(conditions))
    columns = cursor.execute(
        f"""
        select
            round(least(match_weight, 60), 1) as weight,
            round(household_weight, 1) as household,
            round(namesake_weight, 1) as namesake,
            {fulfilled}
            cast(count(*) as double) as pairs
        from {scores} group by all order by all
        """
    ).fetchnumpy()
    weight, household, namesake, pairs = (
        columns[name].astype(np.float64) for name in ("weight", "household", "namesake", "pairs")
    )
    counts = [pairs * columns[f"condition_{n}"].astype(bool) for n in range(len(conditions))]
    likelihoods = [np.exp2(weight), np.exp2(weight - household), np.exp2(weight - namesake)]
    return likelihoods, pairs, counts


def _ratio(ratio: float) -> float:
    """In steps, three digits; where hundreds of records a person hide all relatives, some are
    left."""
    return float(f"{2 ** _stepped(log2(max(ratio, LEAST_RATIO))):.3g}")


def _stepped(bits: float) -> float:
    """To the nearest step. The estimates are no more precise than that, and a few new records must
    not change the judgement of all others."""
    return round(bits / STEP) * STEP


def _fit(
    likelihoods: list[Floats], pairs: Floats, all_pairs: float, most: MostRelatives
) -> tuple[float, list[float]]:
    """Shares at which the expected numbers of each kind agree with themselves (EM, m and u fixed).

    likelihoods: of one person, household, namesakes, each against strangers.
    Returns the share of one-person pairs, and household and namesake pairs for each of them.
    """
    least = 0.5 / all_pairs
    share = min(max(pairs.sum() / 3 / all_pairs, least), 0.5)
    ratios = [0.5, 0.05]
    for _ in range(ROUNDS):
        found = [float((kind * pairs).sum()) for kind in _probability(likelihoods, share, ratios)]
        renewed = min(max(found[0] / all_pairs, least), 0.5)
        ratios = [
            min((count + BELIEF * believed) / (found[0] + BELIEF), highest)
            for count, (believed, highest) in zip(
                found[1:], (HOUSEHOLD_RATIO, NAMESAKE_RATIO), strict=True
            )
        ]
        ratios = most.bound(ratios, renewed, found[0])
        if abs(renewed - share) <= 1e-6 * share:
            break
        share = renewed
    return share, ratios


def _probability(likelihoods: list[Floats], share: float, ratios: list[float]) -> list[Floats]:
    """The probability of one person, of a household and of namesakes, for each kind of pair."""
    kinds = [
        share * ratio * likelihood
        for ratio, likelihood in zip([1.0, *ratios], likelihoods, strict=True)
    ]
    total = sum(kinds) + max(1 - share * (1 + sum(ratios)), 1e-9)
    return [kind / total for kind in kinds]


def _threshold(probability: Floats, pairs: Floats, expected_precision: float) -> float:
    """The lowest probability at which all pairs above are expected to hold the precision goal.

    It lies half way to the next pair below, so that no rounding takes the last pair out again.
    """
    import numpy as np

    best_first = np.argsort(-probability, kind="stable")
    counts = pairs[best_first]
    ordered = probability[best_first]
    expected = np.cumsum(ordered * counts) / np.maximum(np.cumsum(counts), 1e-9)
    enough = np.flatnonzero((expected >= expected_precision) & (counts > 0))
    if not len(enough):
        return 0.99
    last = float(ordered[enough[-1]])
    below = ordered[ordered < last - 1e-9]
    middle = (last + float(below[0] if len(below) else 0.0)) / 2
    # Rounded down: rounded up it would refuse the very pairs that were accepted.
    return max(LEAST_PROBABILITY, float(np.floor(middle * 1e4) / 1e4))
