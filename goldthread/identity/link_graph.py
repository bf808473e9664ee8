"""The records as nodes, what links them and what speaks against it: tables that clustering reads.

Records are told by record_number, which follows the order of the keys: the first record of a
component has its smallest key, and no tie is decided by chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.components import component_of
from goldthread.identity.numbering import require_one_numbering

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity.component import JoinLimits

# A pair less probable than this shows that its component may hold two people.
DOUBTFUL = 0.5

EDGE_COLUMNS = (
    "identifier_type, identifier_value, decision, priority, is_certain, match_probability"
)


def write_graph(cursor: duckdb.DuckDBPyConnection, limits: JoinLimits, levels: str) -> None:
    """Write tables nodes, edges, scored, unique_ids, disputed, components (label: its first
    record) and contested, and views of edges by what they say.

    levels: the columns of the scored pairs that hold levels of agreement. Raises BuildFailed when
    the tables were not built of the same records.
    """
    import pyarrow as pa

    cursor.execute(
        "create view nodes as select record_number as id, source_record_key, "
        "case when coalesce(first_name, last_name) is not null then profile_number end as profile "
        "from records_in"
    )
    _write_pairs(cursor, "edges", "edges_in", EDGE_COLUMNS)
    _write_pairs(cursor, "scored", "scored_in", f"match_probability, conflict, {levels}")
    require_one_numbering(cursor, "records_in", "edges", "scored")
    for view, condition in (
        ("links", "where decision in ('linked', 'deferred')"),
        ("kept_apart", "where decision = 'apart'"),
    ):
        cursor.execute(f"create view {view} as from edges {condition}")
    # What is known of identifiers that different people seem to hold.
    cursor.execute(
        "create table disputed as from edges semi join "
        "(from edges where decision = 'deferred') using (identifier_type, identifier_value)"
    )
    cursor.execute(
        "create table unique_ids as select nodes.id, identifier_type, identifier_value "
        "from identifiers_in join nodes using (source_record_key) where is_unique_per_person"
    )
    pairs = cursor.sql("select id_l, id_r from links").fetchnumpy()
    found = component_of(pairs["id_l"], pairs["id_r"])
    cursor.register("found", pa.table({"id": found.nodes, "label": found.firsts}))
    cursor.execute("create table components as select * from found")
    cursor.unregister("found")
    _write_contested(cursor, limits)


def _write_contested(cursor: duckdb.DuckDBPyConnection, limits: JoinLimits) -> None:
    """Write table ``contested``: the labels of components that may hold two people."""
    least_records = min(limits.most_profiles + 1, 2 * limits.established_profiles)
    cursor.execute(
        f"""
        create table contested as
        with large as (
            select label from components group by label
            having count(*) >= {least_records}
        )
        select label
        from unique_ids join components using (id)
        group by label, identifier_type
        having count(distinct identifier_value) > 1
        union
        select l.label
        from (
            select id_l, id_r from scored where match_probability < {DOUBTFUL}
            union all select id_l, id_r from kept_apart
            union all select id_l, id_r from disputed
        ) as against
        join components as l on against.id_l = l.id
        join components as r on against.id_r = r.id and l.label = r.label
        union
        select label
        from components
        join nodes using (id)
        semi join large using (label)
        left join (
            select distinct label as doubtful_label from links join components on id_l = id
            where not is_certain
                and coalesce(match_probability, 0) < {limits.least_bridge_probability}
        ) on label = doubtful_label
        group by label
        having count(distinct profile) > cast('{limits.most_profiles}' as double) or (
            count(distinct profile) >= {2 * limits.established_profiles}
            and any_value(doubtful_label) is not null
        )
        """
    )


def _write_pairs(cursor: duckdb.DuckDBPyConnection, target: str, source: str, columns: str) -> None:
    """Write table ``target``: ``source`` with the numbers of both records, id_l < id_r."""
    cursor.execute(
        f"""
        create table {target} as
        select
            least(left_number, right_number) as id_l,
            greatest(left_number, right_number) as id_r,
            numbering,
            {columns}
        from {source}
        where left_number is not null and right_number is not null
        """
    )
