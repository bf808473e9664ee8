"""From links to clusters: connected components, and care where a component holds two people."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from goldthread.identity.components import component_of
from goldthread.identity.contested import contested_components
from goldthread.identity.model import LinkageModel, current_model
from goldthread.identity.settling import HeldBack, JoinLimits, settle
from goldthread.identity.weighing import Judge
from goldthread.identity.workspace import adopt, scratch

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# What is known of an identifier that different people seem to hold.
DISPUTED = (
    "where (identifier_type, identifier_value) in (select identifier_type, identifier_value "
    "from edges where decision = 'deferred')"
)

# Of the pairs between two groups of records that are joined, where nobody reviews. Low: blocking
# does not bring all records of one person together.
LEAST_LINKED_SHARE = 0.1

# A pair less probable than this shows that its component may hold two people.
DOUBTFUL = 0.5


def cluster_records(
    records: Any,
    edges: Any,
    scored_pairs: Any,
    identifiers: Any,
    join_limits: Any,
    session: Any,
    model: LinkageModel | None = None,
) -> pa.Table:
    """Put every source record into one cluster.

    records: source_record_key, profile_key, first_name, last_name. edges: left_key, right_key,
    identifier_type, identifier_value, decision (linked; deferred: only if all holders of the value
    are one person; dropped; apart: people decided that these are two persons), priority (0: people
    decided), is_certain, match_probability (null when the records cannot be compared).
    scored_pairs: as ``score_pairs`` returns them. identifiers: source_record_key, identifier_type,
    identifier_value, is_unique_per_person. join_limits: limit_name, limit_value.
    Returns source_record_key, cluster_key (the smallest source_record_key of the cluster), and
    where a risky link of the record was not followed, held_back_from (the record at the other end,
    the first of several) and held_back_because (see ``settling.HeldBack``).
    The result depends on the set of rows only, never on their order.
    """
    with scratch(session) as cursor:
        for name, table in (
            ("records_in", records),
            ("edges_in", edges),
            ("scored_in", scored_pairs),
            ("identifiers_in", identifiers),
            ("join_limits_in", join_limits),
        ):
            adopt(cursor, name, table)
        limits = JoinLimits.of(
            cursor.execute("select limit_name, limit_value from join_limits_in").fetchall()
        )
        model = model or current_model()
        if model.expected_precision is None:
            # Nobody reviews what is held back: some data has hundreds of records a person.
            limits = replace(limits, most_profiles=inf, least_linked_share=LEAST_LINKED_SHARE)
        _write_graph(cursor, limits)
        settled, held_back = _settled(cursor, model, limits)
        cursor.register("settled", settled)
        cursor.register("held_back", held_back)
        # Positions follow the keys' order: the first record of a cluster has its smallest key.
        result = cursor.sql(
            """
            with labelled as (
                select
                    nodes.id,
                    nodes.source_record_key,
                    case
                        when settled.label is not null then settled.label
                        when components.label is not null
                            then min(nodes.id) over (
                                partition by components.label, settled.label is null
                            )
                        else nodes.id
                    end as first_id
                from nodes
                left join components using (id)
                left join settled using (id)
            )
            select
                labelled.source_record_key,
                firsts.source_record_key as cluster_key,
                others.source_record_key as held_back_from,
                held_back.because as held_back_because
            from labelled
            join nodes as firsts on labelled.first_id = firsts.id
            left join held_back on labelled.id = held_back.id
            left join nodes as others on held_back.other_id = others.id
            order by labelled.id
            """
        ).to_arrow_table()
        cursor.unregister("settled")
        cursor.unregister("held_back")
        return result


def _write_graph(cursor: duckdb.DuckDBPyConnection, limits: JoinLimits) -> None:
    """Write tables nodes, links, scored, unique_ids, kept_apart, components and contested."""
    import pyarrow as pa

    # Profiles are only told apart: a hash is enough.
    cursor.execute(
        "create table nodes as select source_record_key, "
        "row_number() over (order by source_record_key) as id, "
        "case when coalesce(first_name, last_name) is not null "
        "then hash(profile_key) end as profile from records_in"
    )
    _write_pairs(cursor, "edges", "edges_in")
    _write_pairs(cursor, "scored", "scored_in")
    for view, condition in (
        ("links", "where decision in ('linked', 'deferred')"),
        ("kept_apart", "where decision = 'apart'"),
        ("disputed", DISPUTED),
    ):
        cursor.execute(f"create view {view} as from edges {condition}")
    cursor.execute(
        "create table unique_ids as select nodes.id, identifier_type, identifier_value "
        "from identifiers_in join nodes using (source_record_key) where is_unique_per_person"
    )
    pairs = cursor.sql("select id_l, id_r from links").fetchnumpy()
    found = component_of(pairs["id_l"], pairs["id_r"])
    cursor.register("found", pa.table({"id": found.nodes, "label": found.labels}))
    cursor.execute("create table components as select * from found")
    cursor.unregister("found")
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


def _write_pairs(cursor: duckdb.DuckDBPyConnection, target: str, source: str) -> None:
    """Write table ``target``: ``source`` with the positions of both records, id_l < id_r."""
    cursor.execute(
        f"""
        create table {target} as
        select
            least(l.id, r.id) as id_l,
            greatest(l.id, r.id) as id_r,
            pairs.* exclude (left_key, right_key)
        from {source} as pairs
        join nodes as l on pairs.left_key = l.source_record_key
        join nodes as r on pairs.right_key = r.source_record_key
        """
    )


def _settled(
    cursor: duckdb.DuckDBPyConnection, model: LinkageModel, limits: JoinLimits
) -> tuple[pa.Table, pa.Table]:
    """Cluster the records of contested components one component at a time.

    Returns id, label; and of the links held back id, other_id, because, one row an id.
    """
    import pyarrow as pa

    ids: list[int] = []
    labels: list[int] = []
    held_back: dict[int, HeldBack] = {}
    priors = cursor.execute(
        "select prior_weight, household_ratio, namesake_ratio from scored limit 1"
    ).fetchone()
    judge = Judge(model, *(priors or (0.0, 1.0, 1.0)))
    with _no_cycles():
        for component in contested_components(cursor, list(model.levels)):
            settled = settle(component, judge, limits)
            for cluster in settled.clusters:
                ids.extend(cluster)
                labels.extend([cluster[0]] * len(cluster))
            for held in settled.held_back:
                first = held_back.setdefault(held.left, held)
                held_back[held.left] = min(first, held, key=lambda each: each.right)
    kept_back = [held_back[record] for record in sorted(held_back)]
    return (
        pa.table({"id": pa.array(ids, "int64"), "label": pa.array(labels, "int64")}),
        pa.table(
            {
                "id": pa.array([each.left for each in kept_back], "int64"),
                "other_id": pa.array([each.right for each in kept_back], "int64"),
                "because": pa.array([each.because for each in kept_back], "string"),
            }
        ),
    )


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Nothing inside refers to itself: Python need not look for cycles among millions of objects,
    which took a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
