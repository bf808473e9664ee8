"""From links to clusters: connected components, and care where a component holds two people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from goldthread.identity.components import component_of
from goldthread.identity.model import LinkageModel, current_model
from goldthread.identity.settling import Component, Disputed, Edge, Judge, settle
from goldthread.identity.workspace import adopt, scratch

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# What is known of an identifier that different people seem to hold.
DISPUTED = (
    "where (identifier_type, identifier_value) in (select identifier_type, identifier_value "
    "from edges_in where decision = 'deferred')"
)

# Bits of a link between records that hold nothing to compare, less its identifier's priority.
UNCOMPARED = 12.0

# A pair less probable than this shows that its component may hold two people.
DOUBTFUL = 0.5


def cluster_records(
    records: Any,
    edges: Any,
    scored_pairs: Any,
    identifiers: Any,
    session: Any,
    model: LinkageModel | None = None,
) -> pa.Table:
    """Put every source record into one cluster.

    records: source_record_key. edges: left_key, right_key, identifier_type, identifier_value,
    decision (linked; deferred: only if all holders of the value are one person; dropped; apart:
    people decided that these are two persons), priority (0: people decided), is_certain,
    match_probability (null when the records cannot be compared). scored_pairs: as ``score_pairs``
    returns them. identifiers: source_record_key, identifier_type, identifier_value,
    is_unique_per_person.
    Returns source_record_key, cluster_key (the smallest source_record_key of the cluster).
    The result depends on the set of rows only, never on their order.
    """
    with scratch(session) as cursor:
        for name, table in (
            ("records_in", records),
            ("edges_in", edges),
            ("scored_in", scored_pairs),
            ("identifiers_in", identifiers),
        ):
            adopt(cursor, name, table)
        _write_graph(cursor)
        cursor.register("settled", _settled(cursor, model or current_model()))
        result = cursor.execute(
            """
            with labelled as (
                select
                    nodes.source_record_key,
                    coalesce(settled.label, components.label, nodes.id) as label,
                    case
                        when settled.label is not null then 'settled'
                        when components.label is not null then 'component'
                        else 'alone'
                    end as kind
                from nodes
                left join components using (id)
                left join settled using (id)
            )
            select
                source_record_key,
                min(source_record_key) over (partition by kind, label) as cluster_key
            from labelled
            order by source_record_key
            """
        ).to_arrow_table()
        cursor.unregister("settled")
        return result


def _write_graph(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write tables nodes, links, scored, unique_ids, kept_apart, components and contested."""
    import pyarrow as pa

    cursor.execute(
        "create table nodes as select source_record_key, "
        "row_number() over (order by source_record_key) as id from records_in"
    )
    _write_pairs(cursor, "links", "edges_in", "where decision in ('linked', 'deferred')")
    _write_pairs(cursor, "disputed", "edges_in", DISPUTED)
    _write_pairs(cursor, "kept_apart", "edges_in", "where decision = 'apart'")
    _write_pairs(cursor, "scored", "scored_in")
    cursor.execute(
        "create table unique_ids as select nodes.id, identifier_type, identifier_value "
        "from identifiers_in join nodes using (source_record_key) where is_unique_per_person"
    )
    pairs = cursor.execute("select id_l, id_r from links").fetchnumpy()
    found = component_of(pairs["id_l"], pairs["id_r"])
    cursor.register("found", pa.table({"id": found.nodes, "label": found.labels}))
    cursor.execute("create table components as select * from found")
    cursor.unregister("found")
    cursor.execute(
        f"""
        create table contested as
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
        """
    )


def _write_pairs(
    cursor: duckdb.DuckDBPyConnection, target: str, source: str, condition: str = ""
) -> None:
    """Write table ``target``: ``source`` with the positions of both records, id_l < id_r."""
    cursor.execute(
        f"""
        create table {target} as
        select
            least(l.id, r.id) as id_l,
            greatest(l.id, r.id) as id_r,
            pairs.* exclude (left_key, right_key)
        from (select * from {source} {condition}) as pairs
        join nodes as l on pairs.left_key = l.source_record_key
        join nodes as r on pairs.right_key = r.source_record_key
        """
    )


def _settled(cursor: duckdb.DuckDBPyConnection, model: LinkageModel) -> pa.Table:
    """Cluster the records of contested components one component at a time: id, label."""
    import pyarrow as pa

    ids: list[int] = []
    labels: list[int] = []
    priors = cursor.execute(
        "select prior_weight, household_ratio, namesake_ratio from scored limit 1"
    ).fetchone()
    judge = Judge(model, *(priors or (0.0, 1.0, 1.0)))
    for component in _contested(cursor, list(model.levels)):
        for cluster in settle(component, judge):
            ids.extend(cluster)
            labels.extend([cluster[0]] * len(cluster))
    return pa.table({"id": pa.array(ids, "int64"), "label": pa.array(labels, "int64")})


def _contested(cursor: duckdb.DuckDBPyConnection, comparisons: list[str]) -> Iterator[Component]:
    components: dict[int, Component] = defaultdict(Component)
    of_contested = "join components on id_l = components.id join contested using (label)"
    for label, left, right, priority, bits, certain in cursor.execute(
        f"""
        select label, id_l, id_r, priority,
            coalesce(log2(greatest(match_probability, 1e-9)
                / greatest(1 - match_probability, 1e-9)), {UNCOMPARED} - priority),
            is_certain
        from links {of_contested} where decision = 'linked'
        """
    ).fetchall():
        # People's decisions first, then what is certain, then the most probable.
        rank = (min(priority, 1 if certain else 2), -bits, priority, left, right)
        components[label].edges.append(Edge(left, right, rank, priority == 0, certain))
    for label, kind, value, disputed in _disputed(cursor):
        components[label].disputed[(kind, value)] = disputed
    levels = ", ".join(f"{name}_level" for name in comparisons)
    for label, left, right, conflict, *found in cursor.execute(
        f"select label, id_l, id_r, conflict, {levels} from scored {of_contested}"
    ).fetchall():
        components[label].levels[(left, right)] = tuple(found)
        if conflict == "name_suffix":
            components[label].other_suffix.add((left, right))
    for label, record, kind, value in cursor.execute(
        "select label, id, identifier_type, identifier_value from unique_ids "
        "join components using (id) join contested using (label)"
    ).fetchall():
        components[label].unique_ids.setdefault(record, set()).add((kind, value))
    for label, left, right in cursor.execute(
        f"select label, id_l, id_r from kept_apart {of_contested}"
    ).fetchall():
        components[label].apart.add((left, right))
    yield from (components[label] for label in sorted(components))


def _disputed(
    cursor: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[int, str, str, Disputed]]:
    """Each disputed value by the component of the records that have nothing but it.

    Its holders may stand in other components; then they are different people for certain.
    """
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, value, left, right in cursor.execute(
        "select identifier_type, identifier_value, id_l, id_r from disputed "
        "where decision <> 'deferred'"
    ).fetchall():
        holders[(kind, value)].update((left, right))
    bearers: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for label, kind, value, left, right in cursor.execute(
        "select label, identifier_type, identifier_value, id_l, id_r from disputed "
        "join components on id_l = components.id where decision = 'deferred'"
    ).fetchall():
        bearers[(label, kind, value)].update((left, right))
    for (label, kind, value), records in sorted(bearers.items()):
        held_by = holders[(kind, value)]
        yield label, kind, value, Disputed(held_by, records - held_by)
