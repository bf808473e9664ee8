"""The gate: which rows of an activation model may be sent. Closed by default.

Whatever the model selects, a row passes only with an allowing row in ``activation_verdicts`` for
its customer, the sync's purpose and, where the model speaks of audiences, its audience. No
verdict, an
old verdict or an unreadable one means: held back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.sync.columns import beyond_the_calendar
from connectors.sync.published import column_types
from connectors.sync.spec import SyncSpec
from connectors.sync.wire_size import extra_bytes
from goldthread.warehouse.files import quoted

if TYPE_CHECKING:
    import duckdb


def select_desired(con: duckdb.DuckDBPyConnection, spec: SyncSpec) -> None:
    """Fill ``desired`` with the rows that may be sent, ``held_back`` with counts of the others.

    held_back: audience, reason, row_count.

    ``desired``: customer_id, audience, payload (struct of the mapped fields), destination_key (JSON
    of the key fields), key_hash, payload_hash, payload_bytes. Key hashes are unique: of several
    allowed rows with one key the first customer's passes, the others are held back.
    """
    fields = ", ".join(
        f"{quoted(field)} := {quoted(spec.fields[field])}" for field in sorted(spec.fields)
    )
    key = ", ".join(
        f"{quoted(field)} := {quoted(column)}" for field, column in spec.key_fields.items()
    )
    has_no_key = " or ".join(
        f"nullif(trim(cast({quoted(column)} as varchar)), '') is null" for column in spec.key
    )
    types = column_types(con, spec.model)
    has_no_date = beyond_the_calendar(spec, types)
    extra = extra_bytes(spec, types)
    audience = (
        f"cast({quoted(spec.audience_column)} as varchar)" if spec.audience_column else "null"
    )
    matches = (
        "verdicts.audience = members.audience"
        if spec.audience_column
        else "verdicts.audience is null"
    )
    con.execute(
        f"""
        create table judged as
        with

        members as (

            select
                cast(customer_id as varchar) as customer_id,
                cast({audience} as varchar) as audience,
                struct_pack({fields}) as payload,
                cast(to_json(struct_pack({key})) as varchar) as destination_key,
                {has_no_key} as has_no_key,
                {has_no_date} as has_no_date

            from published.activation.{quoted(spec.model)}

        ),

        verdicts as (

            -- Should the gate ever hold two verdicts on the same question, the denying one counts.
            select
                cast(customer_id as varchar) as customer_id,
                audience,
                bool_and(coalesce(is_allowed, false)) as is_allowed,
                min(reason) filter (where is_allowed is not true) as reason

            from published.activation.activation_verdicts

            where purpose = ?

            group by 1, 2

        ),

        judged as (

            select
                members.*,
                case
                    when verdicts.customer_id is null then 'no_verdict'
                    when not verdicts.is_allowed then coalesce(verdicts.reason, 'denied')
                    when members.has_no_key then 'no_key'
                    when members.has_no_date then 'date_out_of_range'
                end as held_back

            from members

            left join verdicts
                on members.customer_id = verdicts.customer_id and {matches}

        )

        select
            *,
            case when held_back is null then cast(to_json(payload) as varchar) end as document

        from judged
        """,
        [spec.purpose],
    )
    con.execute(
        """
        update judged set held_back = 'duplicate_key' where rowid in (
            select rowid from judged
            where held_back is null and destination_key in (
                select destination_key from judged where held_back is null
                group by 1 having count(*) > 1
            )
            qualify row_number() over (
                partition by destination_key order by customer_id, document
            ) > 1
        )
        """
    )
    con.execute(
        f"""
        create table desired as
        select
            customer_id,
            audience,
            payload,
            destination_key,
            keyed_hash('key ' || destination_key) as key_hash,
            keyed_hash('payload ' || document) as payload_hash,
            octet_length(encode(document)) + cast({extra} as bigint) as payload_bytes
        from judged
        where held_back is null
        """
    )
    con.execute(
        "create table held_back as select audience, held_back as reason, count(*) as row_count "
        "from judged where held_back is not null group by all"
    )
    con.execute("drop table judged")
