"""Rows that the destination holds under a former key, since the sync's key was changed.

The former key is of other fields, or of the same with a column that had another type then: the
number 5 and the text "5" are two keys in the ledger and one in a request.

Such a row is removed under its former key and added under the new one, removals first. Often both
keys mean the same thing to the destination. So a removal that did not get through at once, and is
sent again by a later apply, may take off what was added meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.sync.doubt import doubt
from connectors.sync.spec import SyncSpec

if TYPE_CHECKING:
    import duckdb


def doubt_those_to_remove(con: duckdb.DuckDBPyConnection, spec: SyncSpec) -> None:
    """Make uncertain whatever is held of people of whom a row is to be removed under a former key.

    Then they are sent once more, after the removal. Needs ``desired`` and a settled ledger.
    """
    if spec.mode != "mirror":
        return
    con.execute(
        """
        create or replace table formerly as
        with

        gone as materialized (

            select
                customer_id,
                json_keys(destination_key) as fields,
                -- Numbers and texts are alike without quotation marks, true and 'True' in lower
                -- case. Other keys that look alike so are sent once more for nothing.
                replace(lower(destination_key), '"', '') as looks
            from ledger.live anti join desired on live.key_hash = desired.key_hash

        ),

        come_back as (

            select gone.customer_id, desired.customer_id as desired_customer_id
            from gone inner join desired
                on gone.looks = replace(lower(desired.destination_key), '"', '')

        )

        select customer_id from gone where fields <> ?::varchar[]
        union
        select customer_id from come_back
        union
        select desired_customer_id from come_back
        """,
        [list(spec.key_fields)],
    )
    formerly = "customer_id in (select customer_id from formerly)"
    of_them = f"batch_id in (select batch_id from ledger.rows where {formerly})"
    doubt(con, held=formerly, pending=f"operation = 'upsert' and {of_them}")
    con.execute("drop table formerly")
