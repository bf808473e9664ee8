"""Which pairs of people are worth a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Rule:
    """Expressions over the people table that both records must share, and the comparisons these
    decide: nothing can be learned about those from pairs that only this rule found."""

    expressions: tuple[str, ...]
    comparisons: frozenset[str]


def _rule(*expressions: str, on: str) -> Rule:
    return Rule(expressions, frozenset(on.split()))


# Together the rules find a person again after a new address, a new name, another device or a
# typing error, as long as something besides the name still agrees: a name alone, however rare,
# never joins anybody. Tight on purpose: loose rules cost more than many records.
RULES = (
    _rule("email", on="email"),
    _rule("phone", on="phone"),
    _rule("birth_date", "family_name", on="birth_date last_name"),
    _rule("birth_date", "given_first", on="birth_date first_name"),
    _rule("family_name", "postal_code", on="last_name address"),
    _rule("given_first", "postal_code", on="first_name address"),
    # Also finds first and last name swapped.
    _rule(
        "least(given_first, family_name)",
        "greatest(given_first, family_name)",
        "left(birth_digits, 4)",
        on="first_name last_name birth_date",
    ),
    # Whole households, also to see how many there are.
    _rule("address", "coalesce(postal_code, city)", on="address"),
    _rule("house_number", "postal_code", on="address"),
    _rule("email_local", "family_name", on="email last_name"),
    _rule("email_local", "given_first", on="email first_name"),
    _rule("birth_date", "postal_code", on="birth_date address"),
)

# A key shared by more people than this says nothing about any two of them.
MAX_BLOCK = 60


def write_candidate_pairs(
    cursor: duckdb.DuckDBPyConnection, people: str, pairs: str, known_pairs: str | None = None
) -> None:
    """Write table ``pairs`` (id_l < id_r, no pair twice).

    people: a table as ``prepare_people`` writes it. known_pairs: a table of id_l, id_r to be
    compared whatever the rules say.
    """
    parts = [_rule_sql(people, rule) for rule in RULES]
    if known_pairs:
        parts.append(f"select id_l, id_r from {known_pairs}")
    cursor.execute(f"create or replace table {pairs} as " + " union ".join(parts))


def write_candidates_by_rule(cursor: duckdb.DuckDBPyConnection, people: str, pairs: str) -> None:
    """Write table ``pairs``: id_l, id_r, rules (list of the positions in RULES that found it)."""
    parts = [
        f"select id_l, id_r, {position} as rule from ({_rule_sql(people, rule)})"
        for position, rule in enumerate(RULES)
    ]
    cursor.execute(
        f"create or replace table {pairs} as select id_l, id_r, list(rule order by rule) as rules "
        f"from ({' union all '.join(parts)}) group by 1, 2"
    )


def _rule_sql(people: str, rule: Rule) -> str:
    keys = ", ".join(f"{expression} as key_{n}" for n, expression in enumerate(rule.expressions))
    names = ", ".join(f"key_{n}" for n in range(len(rule.expressions)))
    present = " and ".join(f"key_{n} is not null" for n in range(len(rule.expressions)))
    # One list a block: a self-join on several text keys would hash every text twice.
    return f"""
        select member_l.id as id_l, member_r.id as id_r
        from (
            select list(id order by id) as ids
            from (select id, {keys} from {people})
            where {present}
            group by {names}
            having count(*) between 2 and {MAX_BLOCK}
        ) as blocks,
        unnest(blocks.ids) as member_l(id),
        unnest(blocks.ids) as member_r(id)
        where member_l.id < member_r.id
    """
