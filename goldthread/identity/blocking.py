"""Which pairs of people are worth a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# Each rule is a set of expressions over the people table that both records must share. Together
# they find a person again after a new address, a new name, another device or a typing error, as
# long as two things still agree. Tight on purpose: loose rules cost more than many records.
RULES: tuple[tuple[str, ...], ...] = (
    ("email",),
    ("phone",),
    ("birth_date", "family_name"),
    ("birth_date", "given_first"),
    ("given_first", "family_name", "postal_code"),
    ("given_first", "family_name", "city"),
    ("least(given_first, family_name)", "greatest(given_first, family_name)", "left(birth_digits, 4)"),
    # Whole households, also to see how many there are.
    ("address", "coalesce(postal_code, city)"),
    ("email_local", "family_name"),
    ("email_local", "given_first"),
    ("birth_date", "postal_code"),
)

# A key shared by more people than this says nothing about any two of them.
MAX_BLOCK = 60


def write_candidate_pairs(
    cursor: duckdb.DuckDBPyConnection, people: str, pairs: str, known_pairs: str | None = None
) -> int:
    """Write table ``pairs`` (id_l < id_r, no pair twice) and return how many there are.

    people: a table as ``prepare_people`` writes it. known_pairs: a table of id_l, id_r to be
    compared whatever the rules say.
    """
    parts = [_rule_sql(people, rule) for rule in RULES]
    if known_pairs:
        parts.append(f"select id_l, id_r from {known_pairs}")
    cursor.execute(f"create or replace table {pairs} as " + " union ".join(parts))
    row = cursor.execute(f"select count(*) from {pairs}").fetchone()
    assert row is not None
    return int(row[0])


def _rule_sql(people: str, rule: tuple[str, ...]) -> str:
    keys = ", ".join(f"{expression} as key_{n}" for n, expression in enumerate(rule))
    names = ", ".join(f"key_{n}" for n in range(len(rule)))
    present = " and ".join(f"key_{n} is not null" for n in range(len(rule)))
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
