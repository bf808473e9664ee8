"""How two people are compared: the levels of agreement of each attribute, as Splink reads them.

The probabilities here are only where training starts from; the trained ones stand in the
committed model.
"""

from __future__ import annotations

NAME_MATCH = 0.92

# Names that resemble each other: two mistakes in a short name, or two names that begin alike.
NAME_RESEMBLANCE = 0.8

# (label, SQL condition, starting m, starting u). The first level of each takes missing values.
Level = tuple[str, str, float, float]

# First and last name stand in each other's place, perhaps mistyped or shortened to an initial.
SWAPPED = (
    "(left(given_typed_l, 1) = left(family_typed_r, 1) "
    "and left(family_typed_l, 1) = left(given_typed_r, 1) and ("
    f"jaro_winkler_similarity(full_name_l, full_name_swapped_r) >= {NAME_MATCH} "
    "or (given_typed_l = family_typed_r "
    "and least(length(family_typed_l), length(given_typed_r)) = 1) "
    "or (family_typed_l = given_typed_r "
    "and least(length(given_typed_l), length(family_typed_r)) = 1)))"
)

FIRST_NAME: list[Level] = [
    ("same", "given_first_l = given_first_r", 0.84, 0.005),
    (
        "nickname",
        "list_has_any(given_roots_l, given_roots_r) "
        "or (least(length(given_first_l), length(given_first_r)) >= 3 "
        "and (starts_with(given_first_l, given_first_r) "
        "or starts_with(given_first_r, given_first_l)))",
        0.06,
        0.003,
    ),
    (
        "spelled alike",
        f"jaro_winkler_similarity(given_typed_l, given_typed_r) >= {NAME_MATCH} "
        "or damerau_levenshtein(given_typed_l, given_typed_r) <= 1",
        0.06,
        0.005,
    ),
    ("swapped with last name", SWAPPED, 0.005, 0.00001),
    (
        "initial",
        "least(length(given_first_l), length(given_first_r)) = 1 "
        "and left(given_first_l, 1) = left(given_first_r, 1)",
        0.015,
        0.003,
    ),
    (
        "resembling",
        f"jaro_winkler_similarity(given_typed_l, given_typed_r) >= {NAME_RESEMBLANCE}",
        0.005,
        0.01,
    ),
    ("different", "ELSE", 0.015, 0.97),
]

LAST_NAME: list[Level] = [
    ("same", "family_name_l = family_name_r", 0.88, 0.001),
    (
        "spelled alike",
        f"jaro_winkler_similarity(family_typed_l, family_typed_r) >= {NAME_MATCH} "
        "or damerau_levenshtein(family_typed_l, family_typed_r) <= 1",
        0.06,
        0.002,
    ),
    ("one part the same", "list_has_any(family_parts_l, family_parts_r)", 0.01, 0.0005),
    (
        "resembling",
        f"jaro_winkler_similarity(family_typed_l, family_typed_r) >= {NAME_RESEMBLANCE}",
        0.005,
        0.004,
    ),
    ("different", "ELSE", 0.045, 0.986),
]

GENERATION_YEARS = 14

BIRTH_DATE: list[Level] = [
    ("same", "birth_date_l = birth_date_r", 0.93, 0.00005),
    (
        "day and month swapped",
        "left(birth_digits_l, 4) = left(birth_digits_r, 4) "
        "and substr(birth_digits_l, 5, 2) = right(birth_digits_r, 2) "
        "and right(birth_digits_l, 2) = substr(birth_digits_r, 5, 2)",
        0.012,
        0.00002,
    ),
    (
        "one digit differs",
        "damerau_levenshtein(birth_digits_l, birth_digits_r) <= 1",
        0.03,
        0.001,
    ),
    (
        "two of year, month and day the same",
        "cast(left(birth_digits_l, 4) = left(birth_digits_r, 4) as integer) "
        "+ cast(substr(birth_digits_l, 5, 2) = substr(birth_digits_r, 5, 2) as integer) "
        "+ cast(right(birth_digits_l, 2) = right(birth_digits_r, 2) as integer) >= 2",
        0.01,
        0.004,
    ),
    (
        "a generation apart",
        f"abs(year(birth_date_l) - year(birth_date_r)) >= {GENERATION_YEARS}",
        0.004,
        0.5,
    ),
    ("different", "ELSE", 0.014, 0.49495),
]

EMAIL: list[Level] = [
    ("same", "email_l = email_r", 0.84, 0.00001),
    ("same before the @", "email_local_l = email_local_r", 0.012, 0.003),
    (
        "spelled alike before the @",
        f"jaro_winkler_similarity(email_local_l, email_local_r) >= {NAME_MATCH}",
        0.028,
        0.03,
    ),
    ("different", "ELSE", 0.12, 0.96699),
]

PHONE: list[Level] = [
    ("same", "phone_l = phone_r", 0.82, 0.00001),
    ("one digit differs", "damerau_levenshtein(phone_l, phone_r) <= 1", 0.01, 0.00002),
    ("different", "ELSE", 0.17, 0.99997),
]

# The same place, as far as a typing error in the city or the postal code may hide it.
SAME_CODE = "postal_code_l = postal_code_r"
PLACE_ALIKE = (
    f"city_l = city_r or {SAME_CODE} "
    "or damerau_levenshtein(postal_code_l, postal_code_r) <= 1 "
    f"or jaro_winkler_similarity(city_l, city_r) >= {NAME_MATCH}"
)

ADDRESS: list[Level] = [
    (
        "same",
        "address_l = address_r and (coalesce(postal_code_l = postal_code_r, true) "
        "or coalesce(city_l = city_r, true))",
        0.6,
        0.0001,
    ),
    (
        "spelled alike",
        f"({PLACE_ALIKE}) and house_number_l = house_number_r "
        "and jaro_winkler_similarity(address_l, address_r) >= 0.85",
        0.08,
        0.0001,
    ),
    ("same postal code and city", f"{SAME_CODE} and city_l = city_r", 0.06, 0.001),
    ("same postal code", SAME_CODE, 0.03, 0.001),
    (
        "same street",
        "jaro_winkler_similarity(address_l, address_r) >= 0.92 "
        f"or (({PLACE_ALIKE}) and street_l = street_r)",
        0.01,
        0.0005,
    ),
    ("same city", PLACE_ALIKE, 0.07, 0.02),
    ("different", "ELSE", 0.15, 0.9774),
]

MISSING = {
    "first_name": "given_first_l is null or given_first_r is null",
    # Swapped names are weighed once, by the first name's level.
    "last_name": f"family_name_l is null or family_name_r is null or {SWAPPED}",
    "birth_date": "birth_date_l is null or birth_date_r is null",
    "email": "email_l is null or email_r is null",
    "phone": "phone_l is null or phone_r is null",
    "address": "coalesce(address_l, postal_code_l, city_l) is null "
    "or coalesce(address_r, postal_code_r, city_r) is null",
}

LEVELS = {
    "first_name": FIRST_NAME,
    "last_name": LAST_NAME,
    "birth_date": BIRTH_DATE,
    "email": EMAIL,
    "phone": PHONE,
    "address": ADDRESS,
}

# Addresses are made of names: among people of one name, other people's look alike too. Random
# pairs, which hardly ever share a name, cannot show that, so these are not estimated.
FIXED_U = {("email", "same before the @"), ("email", "spelled alike before the @")}

# A link needs one of these, or an identifier: a name alone, however rare, never joins anybody.
CORROBORATION = {
    "birth_date": {
        *("same", "day and month swapped", "one digit differs", "same year"),
        "two of year, month and day the same",
    },
    "email": {"same", "same before the @"},
    "phone": {"same", "one digit differs"},
    "address": {
        *("same", "spelled alike", "same street"),
        *("same postal code and city", "same postal code"),
    },
    "street": {"same", "spelled alike", "same street"},
    "postal_code": {"same"},
    "place": {
        *("same postal code and city", "same city, postal code alike"),
        *("same postal code, no city", "same postal code, another city"),
    },
}

# What joins two records by itself, whatever their weight.
IDENTIFIERS = {"email": {"same"}, "phone": {"same"}}

# Common names say less than rare ones: the first level of these is weighed by frequency.
TERM_FREQUENCIES = {"first_name": "given_first", "last_name": "family_name"}
