"""How addresses are compared by a model that judges only the table it was trained on.

The committed model weighs an address as a whole: it has to suit any shop's data. What street,
postal code and city are worth each follows from the table at hand, and so does whether two of them
say the same. In most data the code tells the city: then both are one piece of evidence, and a
street that agrees says all that they could. Fellegi and Sunter (1969) multiply the evidence of
attributes that are independent among strangers; those that are not have to be compared together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.comparisons import LEVELS, NAME_MATCH, NAME_RESEMBLANCE, Level

if TYPE_CHECKING:
    import duckdb

# Share of the pairs with one postal code that have one city too, from which on the code is taken to
# tell the city. Where it does not, hardly any have; where it does, all but mistakes.
TOLD = 0.25

NO_CODE = "(postal_code_l is null or postal_code_r is null)"
NO_CITY = "(city_l is null or city_r is null)"
SAME_CODE = "postal_code_l = postal_code_r"
CODE_ALIKE = "damerau_levenshtein(postal_code_l, postal_code_r) <= 1"
CITY_ALIKE = (
    f"(jaro_winkler_similarity(city_l, city_r) >= {NAME_MATCH} "
    "or damerau_levenshtein(city_l, city_r) <= 1)"
)
SAME_NUMBER = "house_number_l = house_number_r"
ADDRESS_ALIKE = f"({SAME_NUMBER} and jaro_winkler_similarity(address_l, address_r) >= 0.85)"
STREET_ALIKE = (
    f"(street_l = street_r or jaro_winkler_similarity(address_l, address_r) >= {NAME_MATCH})"
)

# Nothing says that the two places differ.
PLACE_ALIKE = f"({CODE_ALIKE} or {CITY_ALIKE} or ({NO_CITY} and {NO_CODE}))"

STREET: list[Level] = [
    ("same", "address_l = address_r", 0.6, 0.0001),
    ("spelled alike", ADDRESS_ALIKE, 0.1, 0.0001),
    ("same street", STREET_ALIKE, 0.08, 0.001),
    ("same house number", SAME_NUMBER, 0.07, 0.02),
    ("different", "ELSE", 0.15, 0.9789),
]

POSTAL_CODE: list[Level] = [
    ("same", SAME_CODE, 0.85, 0.001),
    ("one digit differs", CODE_ALIKE, 0.07, 0.005),
    ("different", "ELSE", 0.08, 0.994),
]

CITY: list[Level] = [
    ("same", "city_l = city_r", 0.85, 0.01),
    ("spelled alike", CITY_ALIKE, 0.07, 0.003),
    (
        "resembling",
        f"jaro_winkler_similarity(city_l, city_r) >= {NAME_RESEMBLANCE}",
        0.01,
        0.02,
    ),
    ("different", "ELSE", 0.07, 0.967),
]

STREET_IN_PLACE: list[Level] = [
    ("same", f"{PLACE_ALIKE} and address_l = address_r", 0.6, 0.0001),
    ("spelled alike", f"{PLACE_ALIKE} and {ADDRESS_ALIKE}", 0.1, 0.0001),
    ("same street", f"{PLACE_ALIKE} and {STREET_ALIKE}", 0.08, 0.0005),
    ("same street elsewhere", STREET_ALIKE, 0.01, 0.002),
    ("same house number", SAME_NUMBER, 0.07, 0.02),
    ("different", "ELSE", 0.14, 0.9774),
]

PLACE: list[Level] = [
    ("same postal code and city", f"{SAME_CODE} and {CITY_ALIKE}", 0.6, 0.001),
    ("same city, postal code alike", f"{CODE_ALIKE} and {CITY_ALIKE}", 0.05, 0.001),
    ("same postal code, no city", f"{SAME_CODE} and {NO_CITY}", 0.05, 0.001),
    ("same postal code, another city", SAME_CODE, 0.04, 0.001),
    ("postal code alike", CODE_ALIKE, 0.02, 0.005),
    ("same city, no postal code", f"city_l = city_r and {NO_CODE}", 0.05, 0.01),
    ("city spelled alike, no postal code", f"{CITY_ALIKE} and {NO_CODE}", 0.01, 0.005),
    ("same city, another postal code", CITY_ALIKE, 0.06, 0.01),
    ("different", "ELSE", 0.12, 0.9667),
]

APART = {"street": STREET, "postal_code": POSTAL_CODE, "city": CITY}
IN_PLACE = {"street": STREET_IN_PLACE, "place": PLACE}

MISSING_PLACES = {
    "street": "address_l is null or address_r is null",
    "postal_code": NO_CODE,
    "city": NO_CITY,
    # A street that agrees has said it already.
    "place": f"({NO_CITY} and {NO_CODE}) "
    f"or ({PLACE_ALIKE} and ({ADDRESS_ALIKE} or {STREET_ALIKE}))",
}


def place_levels(cursor: duckdb.DuckDBPyConnection, people: str) -> dict[str, list[Level]]:
    """The comparisons for the people of a table, addresses taken apart as far as the table allows.

    people: a table as ``prepare_people`` writes it, addresses as such. Where mailboxes or phones
    tell people apart and the code tells the city, the address stays whole: its parts find nobody
    more there, and join namesakes of one postal code.
    """
    rest = {name: levels for name, levels in LEVELS.items() if name != "address"}
    if _code_tells_city(cursor, people):
        reached = cursor.execute(f"select 1 from {people} where coalesce(email, phone) is not null")
        if reached.fetchone():
            return dict(LEVELS)
        return rest | IN_PLACE
    return rest | APART


def _code_tells_city(cursor: duckdb.DuckDBPyConnection, people: str) -> bool:
    """Whether strangers who share a postal code mostly share the city.

    Who begins with another letter counts as a stranger: records of one person share both anyway.
    """
    initial = "left(coalesce(family_name, given_first, address), 1)"

    def others(*shared: str) -> str:
        # All pairs of a block without those of one initial, from counts alone.
        keys = ", ".join(shared)
        return (
            f"(select sum(together * together) from (select sum(bearers) as together "
            f"from counted group by {keys})) - (select sum(together * together) from "
            f"(select sum(bearers) as together from counted group by {keys}, initial))"
        )

    row = cursor.execute(
        f"""
        with counted as (
            select postal_code, city, {initial} as initial, count(*) as bearers
            from {people} where postal_code is not null and city is not null
            group by all
        )
        select {others("postal_code", "city")}, {others("postal_code")}
        """
    ).fetchone()
    assert row is not None
    same_city, same_code = row[0] or 0, row[1] or 0
    return bool(same_city > TOLD * same_code)
