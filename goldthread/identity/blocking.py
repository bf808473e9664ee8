"""Which pairs of people are worth a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from goldthread.identity.block_keys import MAX_BLOCK, Rule, pair_count, pairs_sql, write_keys
from goldthread.identity.workspace import row_count

if TYPE_CHECKING:
    import duckdb


def _rule(*expressions: str, on: str, largest: int = MAX_BLOCK) -> Rule:
    return Rule(expressions, frozenset(on.split()), largest)


# Together the rules find a person again after a new address, a new name, another device or a
# typing error, as long as something besides the name still agrees: a name alone, however rare,
# never joins anybody. Tight on purpose: loose rules cost more than many records.
RULES = (
    _rule("email", on="email"),
    _rule("phone", on="phone"),
    _rule("birth_date", "family_name", on="birth_date last_name"),
    _rule("birth_date", "given_first", on="birth_date first_name"),
    _rule("family_name", "postal_code", on="last_name place"),
    _rule("given_first", "postal_code", on="first_name place"),
    # Also finds first and last name swapped.
    _rule(
        "least(given_first, family_name)",
        "greatest(given_first, family_name)",
        "left(birth_digits, 4)",
        on="first_name last_name birth_date",
    ),
    # Whole households, also to see how many there are.
    _rule("address", "coalesce(postal_code, city)", on="street place"),
    _rule("house_number", "postal_code", on="street place"),
    _rule("email_local", "family_name", on="email last_name"),
    _rule("email_local", "given_first", on="email first_name"),
    _rule("birth_date", "postal_code", on="birth_date place"),
)

YEAR, DAY = "left(birth_digits, 4)", "right(birth_digits, 4)"
LARGEST_LOOSE = 500

# Vowels are mistyped and left out more often than consonants.
_CONSONANTS = "left({0}, 1) || regexp_replace(substr({0}, 2), '[aeiouhwy ]', '', 'g')"
FAMILY, GIVEN = _CONSONANTS.format("family_name"), _CONSONANTS.format("given_first")


def _loose(*expressions: str, on: str) -> Rule:
    return _rule(*expressions, on=on, largest=LARGEST_LOOSE)


# Looser ones for whoever has two mistakes in one record. What they cost depends on the data: on few
# records hardly anything, on millions too much. So the cheapest that the budget allows are taken.
LOOSE_RULES = (
    # Everybody with everybody, of a few hundred people.
    _rule("1", on="", largest=800),
    _loose("birth_date", on="birth_date"),
    _loose("birth_date", "left(family_name, 1)", on="birth_date last_name"),
    _loose("left(birth_digits, 6)", "left(family_name, 1)", on="birth_date last_name"),
    _loose("family_name", "given_first", on="first_name last_name"),
    _loose("family_name", YEAR, on="birth_date last_name"),
    _loose("family_name", DAY, on="birth_date last_name"),
    _loose("given_first", YEAR, on="birth_date first_name"),
    _loose("given_first", DAY, on="birth_date first_name"),
    _loose(FAMILY, GIVEN, on="first_name last_name"),
    _loose(FAMILY, YEAR, on="birth_date last_name"),
    _loose("left(family_name, 3)", "left(given_first, 3)", on="first_name last_name"),
    _loose(
        "least(left(given_first, 4), left(family_name, 4))",
        "greatest(left(given_first, 4), left(family_name, 4))",
        on="first_name last_name",
    ),
    _loose("left(family_name, 3)", YEAR, on="birth_date last_name"),
    _loose("left(given_first, 3)", YEAR, on="birth_date first_name"),
    _loose("left(family_name, 1)", DAY, on="birth_date last_name"),
    _loose("postal_code", on="place"),
    _loose("postal_code", "left(family_name, 1)", on="last_name place"),
    _loose("postal_code", "left(given_first, 1)", on="first_name place"),
    _loose("postal_code", YEAR, on="birth_date place"),
    _loose("postal_code", DAY, on="birth_date place"),
    _loose("city", "family_name", on="last_name place"),
    _loose("city", "given_first", on="first_name place"),
    _loose("city", YEAR, on="birth_date place"),
    _loose("city", DAY, on="birth_date place"),
    _loose("city", "house_number", on="street place"),
    _loose("address", on="street"),
    _loose("left(address, 8)", "house_number", on="street"),
    _loose("house_number", "family_name", on="last_name street"),
    _loose("house_number", "given_first", on="first_name street"),
    _loose("email_local", on="email"),
    _loose("right(phone, 7)", on="phone"),
    _loose("family_name", on="last_name"),
    _loose("given_first", on="first_name"),
)

# For a table that is judged by itself: it may hold little besides places, with mistyped codes.
THOROUGH_RULES = (
    *LOOSE_RULES,
    _loose("city", on="place"),
    _loose("city", "left(postal_code, 2)", on="place"),
    _loose("city", "left(family_name, 1)", on="last_name place"),
    _loose("city", "left(given_first, 1)", on="first_name place"),
    _loose("street", on="street"),
    _loose("street", "city", on="street place"),
    _loose("street", "left(postal_code, 2)", on="street place"),
)

# Pairs that the loose rules may add: in all, and for each record.
EXTRA_PAIRS = 300_000
EXTRA_PAIRS_A_RECORD = 2


def _budget(cursor: duckdb.DuckDBPyConnection, keys: str) -> int:
    """How many pairs the loose rules may add."""
    return EXTRA_PAIRS + EXTRA_PAIRS_A_RECORD * row_count(cursor, keys)


def spare_budget(cursor: duckdb.DuckDBPyConnection, keys: str) -> int:
    """How many they may add where the tight rules' pairs count towards each record's share.

    Where these find two pairs for each record, looser ones hardly find anybody (docs/adr/0005).
    """
    left = EXTRA_PAIRS_A_RECORD * row_count(cursor, keys)
    for rule in RULES:
        left -= pair_count(cursor, keys, rule)
        if left <= 0:
            return EXTRA_PAIRS
    return EXTRA_PAIRS + left


def choose_loose_rules(
    cursor: duckdb.DuckDBPyConnection, people: str, rules: Sequence[Rule]
) -> list[Rule]:
    """Those of the loose ``rules`` that the people of table ``people`` afford.

    They are taken by the number of pairs they find, fewest first, while their sum stays
    within the budget. Rules that find none are left out.
    """
    keys = write_keys(cursor, people, rules)
    return _affordable(cursor, keys, rules, _budget(cursor, keys))


def affordable_loose_rules(cursor: duckdb.DuckDBPyConnection, keys: str) -> list[Rule]:
    """The loose rules that a build affords, by a table of keys as ``write_keys`` writes it."""
    return _affordable(cursor, keys, LOOSE_RULES, spare_budget(cursor, keys))


def _affordable(
    cursor: duckdb.DuckDBPyConnection, keys: str, rules: Sequence[Rule], left: int
) -> list[Rule]:
    """The rules that find the fewest pairs, ``left`` of them in all."""
    chosen: list[Rule] = []
    for count, rule in _by_cost(cursor, keys, rules):
        if count <= left:
            left -= count
            chosen.append(rule)
    return chosen


def _by_cost(
    cursor: duckdb.DuckDBPyConnection, keys: str, rules: Sequence[Rule]
) -> list[tuple[int, Rule]]:
    """The rules that find anything, with the number of their pairs, fewest first."""
    counts = [(pair_count(cursor, keys, rule), rule) for rule in rules]
    return sorted((each for each in counts if each[0]), key=lambda each: each[0])


def rules_of(*, is_thorough: bool) -> tuple[Rule, ...]:
    """All rules that pairs may be looked for by."""
    return (*RULES, *(THOROUGH_RULES if is_thorough else LOOSE_RULES))


def write_pairs_by_keys(
    cursor: duckdb.DuckDBPyConnection,
    keys: str,
    pairs: str,
    known_pairs: str | None = None,
    *,
    is_thorough: bool = False,
) -> None:
    """Write table ``pairs``: id_l < id_r, no pair twice; is_tight: whether a tight rule found it.

    keys: a table as ``write_keys`` writes it for ``rules_of``. known_pairs: a table of id_l, id_r
    to be compared whatever the rules say. is_thorough: a pair that several rules find counts once
    towards the budget. Where a person has dozens of records, every rule finds the same pairs.
    """
    tight = [pairs_sql(keys, rule) for rule in RULES]
    if known_pairs:
        tight.append(f"select id_l, id_r from {known_pairs}")
    cursor.execute(
        f"create or replace table {pairs} as select id_l, id_r, true as is_tight "
        f"from ({' union '.join(tight)})"
    )
    if is_thorough:
        left = _budget(cursor, keys)
        for count, rule in _by_cost(cursor, keys, THOROUGH_RULES):
            if count <= left:
                left -= _add_pairs(cursor, pairs, pairs_sql(keys, rule))
        return
    loose = [pairs_sql(keys, rule) for rule in affordable_loose_rules(cursor, keys)]
    if loose:
        _add_pairs(cursor, pairs, " union ".join(loose))


def _add_pairs(cursor: duckdb.DuckDBPyConnection, pairs: str, found: str) -> int:
    """Insert the found pairs that are new; returns how many."""
    row = cursor.execute(
        f"insert into {pairs} select id_l, id_r, false from ({found}) "
        f"anti join {pairs} using (id_l, id_r)"
    ).fetchone()
    assert row is not None
    return int(row[0])


def write_candidates_by_rule(
    cursor: duckdb.DuckDBPyConnection, people: str, pairs: str, rules: Sequence[Rule]
) -> None:
    """Write table ``pairs``: id_l, id_r, rules (positions in ``rules`` that found it)."""
    keys = write_keys(cursor, people, rules)
    parts = [
        f"select id_l, id_r, {position} as rule from ({pairs_sql(keys, rule)})"
        for position, rule in enumerate(rules)
    ]
    cursor.execute(
        f"create or replace table {pairs} as select id_l, id_r, list(rule order by rule) as rules "
        f"from ({' union all '.join(parts)}) group by 1, 2"
    )
