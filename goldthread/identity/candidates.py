"""Which pairs are candidates in this run, told from what the last run found by the same rules.

Of a blocking rule only those keys are looked at that a new, deleted or corrected record has, before
or now: nobody else's key is shared by more or fewer people. For each pair it is kept which rules
find it, so that it goes when the last of them no longer does (a key may become one that too many
people share). Which loose rules are afforded follows from all people; others find all pairs anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.block_keys import members_sql, pairs_sql
from goldthread.identity.blocking import (
    LOOSE_RULES,
    RULES,
    affordable_loose_rules,
    write_pairs_by_keys,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from goldthread.identity.block_keys import Rule
    from goldthread.identity.kept_tables import KeptTables

    # By their place among all: the bit that stands for it.
    Numbered = Mapping[int, Rule]

TIGHT = (1 << len(RULES)) - 1


def write_candidates(
    cursor: duckdb.DuckDBPyConnection,
    kept: KeptTables,
    keys: str,
    new_keys: str,
    *,
    is_thorough: bool,
) -> str:
    """Write tables candidates (id_l < id_r, is_tight, as ``write_pairs_by_keys``) and found_pairs
    (id_l, id_r, rules: a bit for each that finds it); returns which rules were afforded.

    keys: of all people. new_keys: of those that were not kept. Needs table known_pairs.
    """
    if is_thorough:
        # Rules are afforded by the pairs that no other finds: no rule stands for itself.
        write_pairs_by_keys(cursor, keys, "candidates", "known_pairs", is_thorough=True)
        for table in ("found_pairs", "changed_pairs"):
            cursor.execute(f"create table {table} (id_l bigint, id_r bigint, rules ubigint)")
        return "thorough"
    every = (*RULES, *LOOSE_RULES)
    chosen = {*RULES, *affordable_loose_rules(cursor, keys)}
    rules = {number: rule for number, rule in enumerate(every) if rule in chosen}
    afforded = " ".join(map(str, rules))
    if kept.is_held and kept.afforded() == afforded:
        _write_changed(cursor, kept, new_keys, rules)
    else:
        found = " union all ".join(
            f"select id_l, id_r, {1 << number}::ubigint as rule from {pairs_sql(keys, rule)}"
            for number, rule in rules.items()
        )
        cursor.execute(
            f"create table found_pairs as select id_l, id_r, bit_or(rule) as rules from ({found}) "
            "group by all"
        )
    cursor.execute(
        f"""
        create table candidates as
        select id_l, id_r, rules & {TIGHT} > 0 or known_pairs.id_l is not null as is_tight
        from found_pairs left join known_pairs using (id_l, id_r)
        union all
        select id_l, id_r, true from known_pairs anti join found_pairs using (id_l, id_r)
        """
    )
    return afforded


def _write_changed(
    cursor: duckdb.DuckDBPyConnection, kept: KeptTables, new_keys: str, rules: Numbered
) -> None:
    """Write table ``found_pairs`` from the kept one, and ``changed_pairs``: those that other rules
    find now (added, dropped: bits)."""
    before = f"from {kept.people_keys} semi join gone_ids using (id)"
    cursor.execute(f"create view changed_keys as {before} union all by name from {new_keys}")
    touched = " union all ".join(
        f"select {number} as number, key from ({members_sql('changed_keys', rule)})"
        for number, rule in rules.items()
    )
    cursor.execute(f"create table touched as select distinct * from ({touched})")
    cursor.execute(
        f"create view every_key as from {kept.people_keys} union all by name from {new_keys}"
    )
    members = " union all ".join(
        f"select {number} as number, {rule.largest} as largest, id, key "
        f"from ({members_sql('every_key', rule)}) "
        f"semi join (from touched where number = {number}) using (key)"
        for number, rule in rules.items()
    )
    cursor.execute(
        f"""
        create table members as
        select
            number, id, key, is_new, is_gone,
            count(*) filter (not is_new) over block between 2 and largest as was_block,
            count(*) filter (not is_gone) over block between 2 and largest as is_block
        from (
            select
                members.*,
                people.id is not null as is_new,
                gone_ids.id is not null as is_gone
            from ({members}) as members
            left join people using (id)
            left join gone_ids using (id)
        )
        window block as (partition by number, key)
        """
    )
    cursor.execute(
        """
        create table changed_pairs as
        select
            l.id as id_l,
            r.id as id_r,
            bit_or(case when l.is_block then 1::ubigint << l.number else 0 end) as added,
            bit_or(case when l.is_block then 0 else 1::ubigint << l.number end) as dropped
        from members as l
        join members as r on l.number = r.number and l.key = r.key and l.id < r.id
        where not l.is_gone and not r.is_gone and (
            l.is_block <> l.was_block or (l.is_block and (l.is_new or r.is_new))
        )
        group by all
        """
    )
    cursor.execute(
        f"""
        create table found_pairs as
        with left_pairs as (
            from {kept.pairs}
            where id_l not in (from gone_ids) and id_r not in (from gone_ids)
        ),
        renewed as (
            select
                id_l,
                id_r,
                (coalesce(rules, 0) & ~coalesce(dropped, 0)) | coalesce(added, 0) as rules
            from left_pairs full join changed_pairs using (id_l, id_r)
        )
        from renewed where rules > 0
        """
    )
