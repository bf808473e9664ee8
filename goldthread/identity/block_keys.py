"""Keys that people share, as numbers: what blocking rules are counted and joined by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity.kept_tables import KeptTables

# A key shared by more people than this says nothing about any two of them.
MAX_BLOCK = 60


@dataclass(frozen=True)
class Rule:
    """Expressions over the people table that both records must share, and the comparisons these
    decide (``training.DECIDED_BY``): pairs that only this rule found teach nothing about those.

    largest: a key that more people share is passed over."""

    expressions: tuple[str, ...]
    comparisons: frozenset[str]
    largest: int = MAX_BLOCK


def write_keys(cursor: duckdb.DuckDBPyConnection, people: str, rules: Sequence[Rule]) -> str:
    """Write and name a table of id and a hash of each expression that the rules use, by its text.

    Dozens of rules share few expressions, and numbers are grouped four times as fast as texts. Two
    texts of one hash would only make two strangers candidates.
    """
    keys = f"{people}_keys"
    used = sorted({expression for rule in rules for expression in rule.expressions})
    texts = ", ".join(f'{each} as "{each}"' for each in used)
    hashes = ", ".join(f'case when "{each}" is not null then hash("{each}") end' for each in used)
    names = ", ".join(f'"{each}"' for each in used)
    cursor.execute(
        f"create or replace table {keys} (id, {names}) as "
        f"select id, {hashes} from (select id, {texts} from {people})"
    )
    return keys


def write_all_keys(cursor: duckdb.DuckDBPyConnection, kept: KeptTables, new_keys: str) -> str:
    """Name a table of the keys of all people: of those kept from earlier runs and the new ones."""
    if not kept.is_held:
        return new_keys
    cursor.execute(
        f"create view all_keys as from {kept.people_keys} anti join gone_ids using (id) "
        f"union all by name from {new_keys}"
    )
    return "all_keys"


def pair_count(cursor: duckdb.DuckDBPyConnection, keys: str, rule: Rule) -> int:
    """How many pairs a rule finds."""
    row = cursor.execute(
        f"select coalesce(sum(bearers * (bearers - 1) // 2), 0) "
        f"from ({_blocks_sql(keys, rule, 'count(*) as bearers')})"
    ).fetchone()
    assert row is not None
    return int(row[0])


def pairs_sql(keys: str, rule: Rule) -> str:
    """Pairs id_l < id_r of people who share a key of the rule."""
    # Most keys are one person's: only shared ones are joined.
    return f"""(
        with members as materialized ({members_sql(keys, rule)}),
        shared as ({_blocks_sql(keys, rule, "key")}),
        block_members as materialized (select id, key from members semi join shared using (key))
        select l.id as id_l, r.id as id_r
        from block_members as l join block_members as r on l.key = r.key and l.id < r.id
    )"""


def _blocks_sql(keys: str, rule: Rule, result: str) -> str:
    """One row for each key that people share, as long as not too many do."""
    return f"""
        select {result} from ({members_sql(keys, rule)})
        group by key having count(*) between 2 and {rule.largest}
    """


def members_sql(keys: str, rule: Rule) -> str:
    """Whoever has all that the rule asks for, and the hash of it."""
    names = [f'"{expression}"' for expression in rule.expressions]
    present = " and ".join(f"{name} is not null" for name in names)
    return f"select id, hash({', '.join(names)}) as key from {keys} where {present}"
