"""How many pairs of a household a table can hold, by who comes again under which name.

Where nothing but the first name tells a family from one person (no birth dates, phones, mailboxes),
two accounts fit the pairs equally well: families, or people whose first name is often wrong. Who
comes again tells them apart: a member of a family is there under that name again as often as
anybody else, a wrong name stands in one record.
"""

from __future__ import annotations

from math import inf, log2, sqrt
from typing import TYPE_CHECKING

from goldthread.identity.level_sql import agrees_sql, sum_sql
from goldthread.identity.relatives import HOUSEHOLD
from goldthread.identity.workspace import row_count

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity.model import LinkageModel

SAME_NAME = {"first_name": {"same", "nickname", "spelled alike", "swapped with last name"}}
OTHER_NAME = {"first_name": {"different"}}

# Bits by which surname and place have to outweigh chance: one stranger among nine pairs.
LEAST_BITS = 3.0

# Records that say the same are one row of table people.
REPEATED = "select profile_number from records group by profile_number having count(*) > 1"


def most_household_pairs(
    cursor: duckdb.DuckDBPyConnection, model: LinkageModel, share: float
) -> float:
    """The most pairs of two members of a household that tables ``scores`` and ``people`` can hold.

    Of two members who are both there again, each as often as people in all are, there are pairs in
    which both names come again; their number, with twice its random error, over the chance of that.
    share: of one-person pairs among all. Returns infinity where nobody comes again at one place.
    """
    shared = sum_sql(model, "bits", leave_out=HOUSEHOLD)
    if not shared or share <= 0:
        return inf
    cursor.execute(
        "create or replace temp table home_pairs as "
        f"select id_l, id_r, {agrees_sql(model, SAME_NAME)} as is_same_name, "
        f"{agrees_sql(model, OTHER_NAME)} as is_other_name "
        f"from scores where {shared} + ({log2(share)}) > {LEAST_BITS}"
    )
    cursor.execute(
        "create or replace temp table come_again as "
        "select unnest([id_l, id_r]) as id from home_pairs where is_same_name "
        f"union select id from people where record_number in ({REPEATED})"
    )
    named = row_count(cursor, "people where given_first is not null")
    chance = row_count(cursor, "come_again") / max(named, 1)
    both = row_count(
        cursor,
        "home_pairs where is_other_name "
        "and id_l in (from come_again) and id_r in (from come_again)",
    )
    return (both + 2 * sqrt(both) + 3) / chance**2 if chance else inf
