"""Components that may hold two people: who is in them, and a hash of what is known of them.

Records are told by their place among the component's records in order of their keys. So the same
component has the same hash in a later run, among other records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# A record of another component, which is somebody else for certain.
ELSEWHERE = -1

# Both records of a pair, by their places.
BOTH = "join members as l on id_l = l.id join members as r on id_r = r.id and l.label = r.label"


def write_contested(cursor: duckdb.DuckDBPyConnection, levels: str) -> None:
    """Write table ``contested_components``: label, ids (of its records, by place), content_hash;
    and what it is made of, by label and place: linked, compared, identified, decided, disputes.

    levels: the columns of table ``scored`` that hold levels. Needs the tables of ``write_graph``.
    """
    # Numbers change with the records beside it: a profile is told by its first place.
    cursor.execute(
        "create table members as select label, id, place, "
        "case when profile is not null "
        "then min(place) over (partition by label, profile) end as profile from ("
        "select *, row_number() over (partition by label order by id) - 1 as place "
        "from components semi join contested using (label) join nodes using (id))"
    )
    contents = {
        "linked": "select l.label, l.place as place_l, r.place as place_r, priority, is_certain, "
        "identifier_type = 'details' as is_by_details, match_probability "
        f"from links {BOTH} where decision = 'linked'",
        "compared": "select l.label, l.place as place_l, r.place as place_r, "
        f"coalesce(conflict = 'name_suffix', false) as suffixes_differ, {levels} "
        f"from scored {BOTH}",
        "identified": "select label, place, identifier_type, identifier_value "
        "from unique_ids join members using (id)",
        "decided": f"select l.label, l.place as place_l, r.place as place_r from kept_apart {BOTH}",
        "disputes": _disputes_sql(),
    }
    for name, rows in contents.items():
        cursor.execute(f"create table {name} as {rows}")
    hashes = " union all ".join(
        f"select label, hash('{name}', {_fields(cursor, name)}) as row_hash from {name}"
        for name in (*contents, "members")
    )
    # The order of the rows says nothing, and a row may be there twice.
    cursor.execute(
        f"""
        create table contested_components as
        with hashed as (
            select label, sum(row_hash) || ':' || bit_xor(row_hash) as content_hash
            from ({hashes}) group by label
        ),
        listed as (select label, list(id order by id) as ids from members group by label)
        select * from listed join hashed using (label)
        """
    )


def _fields(cursor: duckdb.DuckDBPyConnection, table: str) -> str:
    """The columns that say what is known: neither which component it is nor who."""
    names = [str(row[0]) for row in cursor.execute(f"describe {table}").fetchall()]
    return ", ".join(name for name in names if name not in ("label", "id"))


def _disputes_sql() -> str:
    """Of each component the disputed values that records of it have and nothing else: who else
    holds the value (by place), and these records."""
    ends = "(select *, id_l as id from disputed union all select *, id_r as id from disputed)"
    value = "identifier_type, identifier_value"
    return f"""
        with holders as (
            select distinct {value}, id from {ends} where decision <> 'deferred'
        ),
        bearers as (
            select distinct label, {value}, id, place
            from {ends} join members using (id) where decision = 'deferred'
        ),
        alone as (
            select label, {value}, list(place order by place) as bearing
            from bearers anti join holders using ({value}, id) group by all
        )
        select
            alone.label, {value}, bearing,
            list_sort(list(
                distinct if(alone.label = members.label, members.place, {ELSEWHERE})
            )) as holding
        from alone join holders using ({value}) left join members using (id) group by all
    """
