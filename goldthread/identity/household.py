"""The other explanation of a likeness: not one person, but two who live together.

Fellegi-Sunter asks whether two records agree more than two strangers would. Members of a household
do too: they share surname, address, often phone and sometimes a mailbox. So each pair gets a
second weight, of "same person" against "two members of a household". It is this weight that tells
twins (birth date agrees, first names do not), father and son (names agree, birth dates do not) and
a shared mailbox (only the mailbox agrees) from one person with a nickname, a new surname or a
mistyped date.
"""

from __future__ import annotations

from math import log2
from typing import Any

# How often each level of agreement is seen between two members of a household. What is missing
# here (surname, address) is shared about as often as with oneself and tells nothing.
HOUSEHOLD: dict[str, dict[str, float]] = {
    "first_name": {
        "same": 0.02,  # senior and junior
        "swapped with last name": 0.0005,
        "nickname": 0.005,
        "spelled alike": 0.02,  # Jan and Jana
        "initial": 0.05,
        "different": 0.9,
    },
    "last_name": {"different": 0.3},
    "birth_date": {
        "same": 0.015,  # twins
        "day and month swapped": 0.0002,
        "one digit differs": 0.002,
        "year or day and month the same": 0.03,
        "different": 0.95,
    },
    "email": {
        "same": 0.08,
        "same before the @": 0.01,
        "spelled alike before the @": 0.04,
        "different": 0.87,
    },
    "phone": {"same": 0.35, "one digit differs": 0.02, "different": 0.63},
}

# "Jr." against "Sr." settles it.
SUFFIX_WEIGHT = -12.0


def household_weight_sql(settings: dict[str, Any]) -> str:
    """SQL over Splink's ``mw_…`` columns: bits for one person against two of a household.

    settings: the trained Splink settings, whose m-probabilities are the chances within a person.
    """
    terms = []
    for comparison in settings["comparisons"]:
        name = comparison["output_column_name"]
        arms = " ".join(
            f"when {is_level_sql(settings, name, label)} "
            f"then {log2(_level(settings, name, label)['m_probability'] / chance):.4f}"
            for label, chance in HOUSEHOLD.get(name, {}).items()
        )
        if arms:
            terms.append(f"case {arms} else 0 end")
    return " + ".join(terms)


def is_level_sql(settings: dict[str, Any], comparison: str, label: str) -> str:
    """SQL condition over Splink's ``mw_…`` columns: the comparison ended at this level.

    Splink gives out the weight of the level it found, not its number.
    """
    level = _level(settings, comparison, label)
    weight = log2(level["m_probability"] / level["u_probability"])
    return f"abs(mw_{comparison} - ({weight!r})) < 1e-7"


def _level(settings: dict[str, Any], comparison: str, label: str) -> dict[str, Any]:
    for candidate in settings["comparisons"]:
        if candidate["output_column_name"] == comparison:
            for level in candidate["comparison_levels"]:
                if level["label_for_charts"] == label:
                    return dict(level)
    raise KeyError(f"the model has no level {label!r} of {comparison}")
