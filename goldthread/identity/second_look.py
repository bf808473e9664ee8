"""A second look at the records that found nobody.

How probable a match is before anything is compared depends on who is left. Where everybody is there
twice, the last few without a counterpart belong together, and weak evidence is enough; where most
are there once, it is not. So the prior is estimated once more among the records that nothing joined
yet, and between these and the others. Only where wrong and missed links weigh alike: an expected
precision is promised over all links, not over the last ones.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldthread.identity.components import component_of
from goldthread.identity.level_sql import corroborated_sql
from goldthread.identity.probability import ROUNDS, Judgement, kinds_of_pairs
from goldthread.identity.workspace import row_count

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity.model import LinkageModel

# Fewer records without a counterpart than this do not show how many have one.
LEAST_LEFT = 4


def look_again(
    cursor: duckdb.DuckDBPyConnection,
    model: LinkageModel,
    judgement: Judgement,
    people: str = "people",
) -> Judgement:
    """The judgement with priors of their own for records that nothing joined.

    people: a table of everybody. Needs tables scores and known_pairs. Writes table
    ``joined_people``: id of every record that a link of this judgement or an identifier joins.
    """
    import pyarrow as pa

    links = cursor.execute(
        f"select id_l, id_r from scores where {judgement.probability_sql} >= {judgement.threshold} "
        f"and {corroborated_sql(model)} union select id_l, id_r from known_pairs"
    ).fetchnumpy()
    joined = component_of(links["id_l"], links["id_r"]).nodes
    cursor.register("joined", pa.table({"id": joined}))
    cursor.execute("create or replace table joined_people as select id from joined")
    cursor.unregister("joined")
    alone = row_count(cursor, people) - len(joined)
    if alone < LEAST_LEFT:
        return judgement
    sides = (
        "cast(id_l in (from joined_people) as integer) "
        "+ cast(id_r in (from joined_people) as integer)"
    )
    return replace(
        judgement,
        prior_weight_both_alone=_share_among(
            cursor, f"{sides} = 0", alone * (alone - 1) / 2, judgement
        ),
        prior_weight_one_alone=_share_among(
            cursor, f"{sides} = 1", float(alone * len(joined)), judgement
        ),
    )


def _share_among(
    cursor: duckdb.DuckDBPyConnection, condition: str, all_pairs: float, judgement: Judgement
) -> float:
    """The prior weight among the pairs of table ``scores`` that fulfil a condition (EM).

    all_pairs: how many there are, scored or not. Households and namesakes are as many among them
    as among all.
    """
    import numpy as np

    likelihoods, pairs, _ = kinds_of_pairs(cursor, f"scores where {condition}")
    one_person, household, namesakes = likelihoods
    relatives = 2**judgement.prior_weight * (
        judgement.household_ratio * household + judgement.namesake_ratio * namesakes
    )
    least = 0.5 / max(all_pairs, 1.0)
    share = 2**judgement.prior_weight
    for _ in range(ROUNDS):
        probability = share * one_person / (share * one_person + relatives + 1 - share)
        share = min(max(float((probability * pairs).sum()) / max(all_pairs, 1.0), least), 0.5)
    return round(float(np.log2(share / (1 - share))), 2)
