"""The other explanation of a likeness: not one person, but two who live together.

Fellegi-Sunter asks whether two records agree more than two strangers would. Members of a household
do too: they share surname, address, often phone and sometimes a mailbox. So each pair gets a
second weight, of "one person" against "two members of a household". It is this weight that tells
twins (birth date agrees, first names do not), father and son (names agree, birth dates do not) and
a shared mailbox (only the mailbox agrees) from one person with a nickname, a new surname or a
mistyped date.
"""

from __future__ import annotations

# How often each level of agreement is seen between two members of a household. Set by hand and
# never trained: a set of data without shared mailboxes must not teach that there are none. What is
# missing here (surname, address) is shared about as often as with oneself and tells nothing.
HOUSEHOLD: dict[str, dict[str, float]] = {
    "first_name": {
        "same": 0.03,  # senior and junior
        "nickname": 0.005,
        "spelled alike": 0.015,  # Jan and Jana
        "swapped with last name": 0.0005,
        "initial": 0.04,
        "different": 0.9095,
    },
    "birth_date": {
        "same": 0.015,  # twins
        "day and month swapped": 0.0002,
        "one digit differs": 0.002,
        "year or day and month the same": 0.03,
        "different": 0.25,
        "a generation apart": 0.7028,
    },
    "email": {
        "same": 0.1,
        "same before the @": 0.01,
        "spelled alike before the @": 0.04,
        "different": 0.85,
    },
    "phone": {"same": 0.3, "one digit differs": 0.02, "different": 0.68},
}

# "Jr." against "Sr." settles it.
SUFFIX_WEIGHT = -12.0
