"""The other explanations of a likeness: not one person, but two who belong together.

Fellegi-Sunter asks whether two records agree more than two strangers would. Members of a household
do too: they share surname, address, often phone and sometimes a mailbox. So do namesakes in a
family, father and son, who share the first name as well. So each pair gets two more weights, of
"one person" against each of these. They tell twins (birth date agrees, first names do not), father
and son (names agree, birth dates do not) and a shared mailbox (only the mailbox agrees) from one
person with a nickname, a new surname or a mistyped date.

The chances are set by hand and never trained: data without shared mailboxes must not teach that
there are none. What is missing in a table is shared about as often as with oneself and tells
nothing. How many such pairs there are does follow from the data, see ``probability``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

# Two members of a household with different first names.
HOUSEHOLD: dict[str, dict[str, float]] = {
    "first_name": {
        "same": 0.003,
        "nickname": 0.005,
        "spelled alike": 0.015,  # Jan and Jana
        "swapped with last name": 0.0005,
        "initial": 0.04,
        "resembling": 0.012,
        "different": 0.9245,
    },
    "birth_date": {
        "same": 0.015,  # twins
        "day and month swapped": 0.0002,
        "one digit differs": 0.002,
        "two of year, month and day the same": 0.008,
        "a generation apart": 0.55,
        "different": 0.4248,
        # Of years alone: a third are couples, mostly of one decade.
        "same year": 0.05,
        "a year apart": 0.1,
        "one digit of the year differs": 0.2,
        "another year": 0.1,
    },
    "email": {
        "same": 0.1,
        "same before the @": 0.01,
        "spelled alike before the @": 0.04,
        "different": 0.85,
    },
    "phone": {"same": 0.3, "one digit differs": 0.02, "different": 0.68},
}

# Two members of a family with the same first name.
NAMESAKES: dict[str, dict[str, float]] = {
    # Else as with oneself.
    "first_name": {"different": 0.003},
    "birth_date": {
        "same": 0.002,
        "day and month swapped": 0.0002,
        "one digit differs": 0.002,
        "two of year, month and day the same": 0.008,
        "a generation apart": 0.8,
        "different": 0.1878,
        "same year": 0.005,
        "a year apart": 0.01,
        "one digit of the year differs": 0.1,
        "another year": 0.085,
    },
    "email": {
        "same": 0.05,
        "same before the @": 0.05,
        "spelled alike before the @": 0.25,
        "different": 0.65,
    },
    "phone": {"same": 0.15, "one digit differs": 0.02, "different": 0.83},
}

# "Jr." against "Sr." settles it.
SUFFIX_WEIGHT = -12.0

# Pairs of a household and of namesakes for each pair of one person's records: what is believed
# before any data is seen, and the most that is believed of any.
HOUSEHOLD_RATIO = (0.25, 2.0)
NAMESAKE_RATIO = (0.025, 0.5)


@dataclass(frozen=True)
class MostRelatives:
    """The most relatives that a table can hold, where that is known: of a table that a model was
    trained on and judges alone.

    household_pairs: pairs of two members, see ``homes``. share_of_one_name: of strangers, those who
    bear one first and last name.
    """

    household_pairs: float = inf
    share_of_one_name: float = inf

    def bound(self, ratios: list[float], share: float, person_pairs: float) -> list[float]:
        """Household and namesake pairs for each pair of one person's records, at most so many.

        Namesakes are father and son, so a share of the households, or strangers who bear one name
        by chance. Else people who live alone, some of them with a wrong birth date, pass for
        fathers and sons; where nobody has a first name, households and namesakes look alike.
        share: of one-person pairs among all. person_pairs: how many these are.
        """
        household = min(ratios[0], self.household_pairs / max(person_pairs, 1.0))
        fathers_and_sons = NAMESAKE_RATIO[0] / HOUSEHOLD_RATIO[0] * household
        return [household, min(ratios[1], fathers_and_sons + self.share_of_one_name / share)]


# Of tables that nothing is known of.
ANY_NUMBER = MostRelatives()
