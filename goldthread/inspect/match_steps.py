"""A pair's match weight, step by step: what each attribute adds to or takes from one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldthread.identity import LinkageModel


@dataclass(frozen=True)
class WeightStep:
    """One step. found: the level of agreement. bits: evidence for one person, against two
    strangers, two members of a household, two namesakes of a family; null where it says nothing of
    them."""

    attribute: str
    found: str
    bits: float | None
    household_bits: float | None = None
    namesake_bits: float | None = None


def weight_steps(model: LinkageModel, pair: Mapping[str, Any]) -> list[WeightStep]:
    """From what is known before any comparison to the sums that the probability is made of.

    pair: a row of int_identity__scored_pairs that has weights.
    """
    steps = [WeightStep("any two records", "before comparing", round(pair["prior_weight"], 2))]
    explained = 0.0
    for name, levels in model.levels.items():
        number = pair[f"{name}_level"]
        level = next((each for each in levels if each.number == number), None)
        if level is None:
            steps.append(WeightStep(name, "missing", None))
            continue
        explained += level.bits
        steps.append(
            WeightStep(
                name,
                level.label,
                round(level.bits, 2),
                round(level.household_bits, 2),
                round(level.namesake_bits, 2),
            )
        )
    # What Splink adds for names that few bear and takes for names that many do.
    rarity = round(pair["match_weight"] - explained, 2)
    if rarity:
        steps.append(
            WeightStep("names", "rarer than most" if rarity > 0 else "commoner than most", rarity)
        )
    if pair["conflict"] == "name_suffix":
        steps.append(WeightStep("name suffix", "Sr. against Jr.", None))
    steps.append(
        WeightStep(
            "sum",
            f"probability {pair['match_probability']:.4f}, linked from {pair['threshold']:.4f}",
            round(pair["match_weight"] + pair["prior_weight"], 2),
            round(pair["household_weight"], 2),
            round(pair["namesake_weight"], 2),
        )
    )
    return steps
