"""One SQL set-difference: rows that may be sent against rows that the destination holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.sync.spec import Guards, SyncSpec

if TYPE_CHECKING:
    import duckdb

# A share says little about a handful of rows: below this many, only absolute guards speak.
SHARE_FLOOR = 20

# Verdicts by which people themselves closed a purpose: no guard may keep these at a destination.
WITHDRAWN = ("consent_denied", "suppressed")


def compare(con: duckdb.DuckDBPyConnection, spec: SyncSpec) -> None:
    """Fill ``difference`` from ``desired`` and the settled ledger; one row a key.

    kind: add, change, remove, unchanged; left (gone, but the mode is upsert); resend (in a pending
    batch, which goes out again as it is). desired_row: the row's place in ``desired``, where its
    payload stays; null when it is gone. was_refused: rejected last time in just this form.
    is_withdrawn: it is to be removed, and its customer denied the purpose or is suppressed.
    """
    gone = "remove" if spec.mode == "mirror" else "left"
    con.execute(
        f"""
        create table difference as
        with

        pending as (

            select rows.key_hash

            from ledger.rows

            inner join ledger.batches on rows.batch_id = batches.batch_id

            where batches.state = 'pending'

        ),

        withdrawn as (

            select distinct cast(customer_id as varchar) as customer_id

            from published.activation.activation_verdicts

            where purpose = ? and is_allowed is not true and reason in {WITHDRAWN}

        )

        select
            coalesce(desired.key_hash, live.key_hash) as key_hash,
            case
                when pending.key_hash is not null then 'resend'
                when live.key_hash is null then 'add'
                when desired.key_hash is null then '{gone}'
                when live.payload_hash is distinct from desired.payload_hash then 'change'
                else 'unchanged'
            end as kind,
            coalesce(desired.customer_id, live.customer_id) as customer_id,
            coalesce(desired.audience, live.audience) as audience,
            coalesce(desired.destination_key, live.destination_key) as destination_key,
            desired.payload_hash,
            desired.payload_bytes,
            desired.rowid as desired_row,
            refusals.key_hash is not null as was_refused,
            desired.key_hash is null and withdrawn.customer_id is not null as is_withdrawn

        from desired

        full join ledger.live on desired.key_hash = live.key_hash

        left join pending on coalesce(desired.key_hash, live.key_hash) = pending.key_hash

        left join ledger.refusals
            on coalesce(desired.key_hash, live.key_hash) = refusals.key_hash
            and desired.payload_hash is not distinct from refusals.payload_hash

        left join withdrawn
            on coalesce(desired.customer_id, live.customer_id) = withdrawn.customer_id
        """,
        [spec.purpose],
    )


def objections(con: duckdb.DuckDBPyConnection, guards: Guards) -> list[str]:
    """One sentence for each guard that the difference would break. People who withdrew are not
    counted: a guard looks for mistakes."""
    row = con.execute(
        "select (select count(*) from desired), (select count(*) from ledger.live), "
        "(select count(*) from difference where kind = 'remove' and not is_withdrawn)"
    ).fetchone()
    assert row is not None
    desired, live, removes = row
    found = []
    if desired < guards.min_rows:
        found.append(
            f"only {desired:,} rows may be sent, at least {guards.min_rows:,} are expected"
        )
    if guards.max_removes is not None and removes > guards.max_removes:
        found.append(f"{removes:,} rows would be removed, at most {guards.max_removes:,} may be")
    if live >= SHARE_FLOOR and removes / live > guards.max_remove_share:
        found.append(
            f"{removes:,} of {live:,} rows ({removes / live:.0%}) would be removed, at most "
            f"{guards.max_remove_share:.0%} may be"
        )
    return found


def keep_withdrawals(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Leave in the difference only the removals of people who withdrew, and removals that are
    pending since an earlier apply. Returns how many rows these are, each."""
    con.execute(
        """
        delete from difference
        where not (kind = 'remove' and is_withdrawn)
            and key_hash not in (
                select rows.key_hash from ledger.rows
                inner join ledger.batches on rows.batch_id = batches.batch_id
                where batches.state = 'pending' and batches.operation = 'remove'
            )
        """
    )
    row = con.execute(
        "select count(*) filter (kind = 'remove'), count(*) filter (kind = 'resend') "
        "from difference"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
