"""Which person records are those of an earlier run, and the numbers by which these are known.

A record keeps its number as long as neither its key nor its details change. So whatever was kept of
numbers, the keys they are found by and the scores of two of them, holds for whoever has the number.
Nothing follows from the order of numbers. Records that were deleted or corrected are gone: their
numbers are in nobody's hands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.people import PERSON_COLUMNS, comparable, prepare_people

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity.kept_tables import KeptTables


def write_people(cursor: duckdb.DuckDBPyConnection, kept: KeptTables, *, stand_in: bool) -> None:
    """Write tables people (as ``prepare_people`` does: of an earlier run's state the new records
    only), people_ids (id, source_record_key, details_hash, record_number; of all) and gone_ids.

    Needs tables records and nicknames. 64 bits are enough: a record would be mistaken only if two
    versions of it had the same hash.
    """
    known = comparable(cursor, "records", stand_in=stand_in)
    details = ", ".join(("source_record_key", *PERSON_COLUMNS))
    cursor.execute(
        "create table present as "
        f"select source_record_key, record_number, hash({details}) as details_hash "
        f"from records where record_number = profile_number and {known} is not null"
    )
    cursor.execute(
        "create table present_ids as "
        "select held.id, source_record_key, details_hash, record_number "
        f"from present left join {kept.people} as held using (source_record_key, details_hash)"
    )
    cursor.execute(
        f"create table gone_ids as select id from {kept.people} anti join present_ids using (id)"
    )
    row = cursor.execute(f"select coalesce(max(id), 0) from {kept.people}").fetchone()
    assert row is not None
    new_records = "records"
    if kept.is_held:
        new_records = "new_records"
        cursor.execute(
            "create table new_records as from records semi join "
            "(from present_ids where id is null) using (record_number)"
        )
    prepare_people(
        cursor, new_records, "nicknames", stand_in=stand_in, known=known, first_id=row[0] + 1
    )
    cursor.execute(
        "create table people_ids as from present_ids where id is not null union all "
        "select people.id, source_record_key, details_hash, record_number from people "
        "join (select details_hash, record_number from present_ids where id is null) as new_ids "
        "using (record_number)"
    )


def write_compared(cursor: duckdb.DuckDBPyConnection, pairs: str, *, stand_in: bool) -> None:
    """Write table ``compared`` (as ``prepare_people`` does) of the people of a table of pairs, and
    ``compared_pairs``: id_l < id_r over it, with kept_l and kept_r, the numbers in ``people_ids``.

    Which side of a pair a record stands on follows from its key, as in a run without memory.
    """
    known = comparable(cursor, "records", stand_in=stand_in)
    cursor.execute(
        f"""
        create or replace table compared_records as
        from records semi join (
            from people_ids semi join (
                select id_l as id from {pairs} union select id_r as id from {pairs}
            ) using (id)
        ) using (record_number)
        """
    )
    prepare_people(
        cursor, "compared_records", "nicknames", "compared", stand_in=stand_in, known=known
    )
    cursor.execute(
        "create or replace table compared_ids as select people_ids.id, compared.id as place "
        "from compared join people_ids using (record_number)"
    )
    cursor.execute(
        f"""
        create or replace table compared_pairs as
        select
            least(l.place, r.place) as id_l,
            greatest(l.place, r.place) as id_r,
            pairs.id_l as kept_l,
            pairs.id_r as kept_r
        from {pairs} as pairs
        join compared_ids as l on pairs.id_l = l.id
        join compared_ids as r on pairs.id_r = r.id
        """
    )
