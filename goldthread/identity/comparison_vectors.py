"""Weighing pairs: the levels of agreement found, and the bits that Splink's model gives them.

The model is Splink's and trained by Splink; a weight is the sum of its levels' bits, as Splink's
``predict`` adds them up. It is worked out here because ``predict`` takes twice as long: it copies
the records first and carries along what nobody reads (docs/adr/0001).
"""

from __future__ import annotations

import re
from math import log2
from typing import TYPE_CHECKING, Any

from goldthread.identity.comparisons import IDENTIFIERS
from goldthread.identity.level_sql import agrees_sql, sum_sql
from goldthread.identity.model import LinkageModel, is_missing
from goldthread.identity.relatives import SUFFIX_WEIGHT

if TYPE_CHECKING:
    import duckdb

# DuckDB takes ten times as long for this distance as for the plain one, which is at most twice it.
SLOW_DISTANCE = re.compile(r"damerau_levenshtein\((\w+), (\w+)\) <= (\d+)")
GUARDED_DISTANCE = r"(levenshtein(\1, \2) <= 2 * \3 and \g<0>)"


def weigh(
    cursor: duckdb.DuckDBPyConnection,
    model: LinkageModel,
    pairs: str,
    target: str,
    people: str = "people",
) -> None:
    """Write table ``target``: id_l, id_r, the three weights and the levels found.

    pairs: a table of id_l < id_r over table ``people``, as ``prepare_people`` writes it. The levels
    stand in columns named like first_name_level, numbered as ``LinkageModel.levels`` does, -1 where
    a value is missing.
    """
    _register_rarities(cursor, model)
    names = list(model.levels)
    rare = {name: column for name, _, column, _ in _weighed_by_frequency(model)}
    suffix_weight = f"case when suffixes_differ then {SUFFIX_WEIGHT} else 0 end"
    household, namesake = (sum_sql(model, f"{kind}_bits") for kind in ("household", "namesake"))
    rarity = "".join(f" + coalesce({name}_rarity.bits, 0)" for name in rare)
    cursor.execute(
        f"""
        create or replace table {target} as
        with vectors as (
            select
                id_l,
                id_r,
                coalesce(suffix_l <> suffix_r, false) as suffixes_differ,
                {"".join(f"{column}_l as {name}_value, " for name, column in rare.items())}
                {", ".join(map(_level_sql, model.settings["comparisons"]))}
            from ({_both_sides_sql(cursor, pairs, people)})
        )
        select
            id_l,
            id_r,
            {sum_sql(model, "bits", ".17e")} {rarity} as match_weight,
            cast({household} + {suffix_weight} as double) as household_weight,
            cast({namesake} + {suffix_weight} as double) as namesake_weight,
            suffixes_differ,
            {agrees_sql(model, IDENTIFIERS)} as shares_identifier,
            {", ".join(f"{name}_level" for name in names)}
        from vectors
        {"".join(f" left join {_rarity_sql(name)}" for name in rare)}
        """
    )


def _both_sides_sql(cursor: duckdb.DuckDBPyConnection, pairs: str, people: str) -> str:
    """Each pair with what is compared of both records, in columns that end in _l and _r."""
    columns = [str(row[0]) for row in cursor.execute(f"describe {people}").fetchall()]
    sides = ", ".join(f"{side}.{name} as {name}_{side}" for name in columns for side in "lr")
    return (
        f"select {sides} from {pairs} as pairs "
        f"join {people} as l on pairs.id_l = l.id join {people} as r on pairs.id_r = r.id"
    )


def _level_sql(comparison: dict[str, Any]) -> str:
    """Splink's comparison vector value: the number of the first level whose condition holds."""
    levels = comparison["comparison_levels"]
    number = sum(not is_missing(level) for level in levels)
    arms = []
    for level in levels:
        number -= not is_missing(level)
        found = -1 if is_missing(level) else number
        condition = SLOW_DISTANCE.sub(GUARDED_DISTANCE, level["sql_condition"])
        arms.append(f"else {found}" if condition == "ELSE" else f"when {condition} then {found}")
    return f"cast(case {' '.join(arms)} end as tinyint) as {comparison['output_column_name']}_level"


def _weighed_by_frequency(
    model: LinkageModel,
) -> list[tuple[str, int, str, dict[str, Any]]]:
    """Comparison, level number, column and Splink's level, where values are not equally telling."""
    found = []
    for comparison in model.settings["comparisons"]:
        levels = [each for each in comparison["comparison_levels"] if not is_missing(each)]
        for position, level in enumerate(levels):
            if "tf_adjustment_column" in level:
                number = len(levels) - 1 - position
                column = level["tf_adjustment_column"]
                found.append((comparison["output_column_name"], number, column, level))
    return found


def _register_rarities(cursor: duckdb.DuckDBPyConnection, model: LinkageModel) -> None:
    """Register tables like first_name_rarity: level, value, and the bits a value adds to its
    level's: more where it is rarer than the average one. Values without a frequency add none."""
    import pyarrow as pa

    for name, number, column, level in _weighed_by_frequency(model):
        shares = model.term_frequencies.get(column, {})
        average = log2(level["u_probability"])
        weight = level.get("tf_adjustment_weight", 1.0)
        bits = [weight * (average - log2(share)) for share in shares.values()]
        table = pa.table(
            {
                "level": pa.array([number] * len(shares), "int8"),
                "value": pa.array(list(shares), "string"),
                "bits": pa.array(bits, "float64"),
            }
        )
        cursor.register(f"{name}_rarity", table)


def _rarity_sql(name: str) -> str:
    return (
        f"{name}_rarity on {name}_level = {name}_rarity.level "
        f"and {name}_value = {name}_rarity.value"
    )
