"""From links to clusters: connected components, and care where a component holds two people."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from goldthread.identity.component import JoinLimits
from goldthread.identity.contested import write_contested
from goldthread.identity.kept_scores import fingerprint
from goldthread.identity.link_graph import write_graph
from goldthread.identity.model import LinkageModel, current_model
from goldthread.identity.settlements import write_settlements
from goldthread.identity.weighing import Judge
from goldthread.identity.workspace import adopt, handed_over, scratch

if TYPE_CHECKING:
    import duckdb

# Of the pairs between two groups of records that are joined, where nobody reviews. Low: blocking
# does not bring all records of one person together.
LEAST_LINKED_SHARE = 0.1


def cluster_records(
    records: Any,
    edges: Any,
    scored_pairs: Any,
    identifiers: Any,
    join_limits: Any,
    session: Any,
    model: LinkageModel | None = None,
    kept: str | None = None,
) -> duckdb.DuckDBPyRelation:
    """Put every source record into one cluster.

    records: source_record_key, record_number (from 1 on, in order of the keys), profile_number,
    numbering, first_name, last_name. edges: left_number, right_number (null for a record that is
    not there), numbering, identifier_type, identifier_value, decision (linked; deferred: only if
    all holders of the value are one person; dropped; apart: people decided that these are two
    persons), priority (0: people decided), is_certain, match_probability (null when the records
    cannot be compared).
    scored_pairs: as ``score_pairs`` returns them. identifiers: source_record_key, identifier_type,
    identifier_value, is_unique_per_person. join_limits: limit_name, limit_value. kept: a schema
    (database.schema) of the session that keeps from run to run what became of components that may
    hold two people; only those with a new or changed record are settled then.
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
        levels = ", ".join(f"{name}_level" for name in model.levels)
        write_graph(cursor, limits, levels)
        write_contested(cursor, levels)
        priors = cursor.execute(
            "select prior_weight, household_ratio, namesake_ratio from scored_in limit 1"
        ).fetchone() or (0.0, 1.0, 1.0)
        maker = f"{fingerprint(model)} {priors} {limits}" if kept else ""
        write_settlements(cursor, Judge(model, *priors), limits, levels, maker, kept)
        # Positions follow the keys' order: the first record of a cluster has its smallest key.
        return handed_over(
            session,
            cursor,
            """
            with labelled as (
                select
                    nodes.id,
                    nodes.source_record_key,
                    coalesce(settled.label, components.label, nodes.id) as first_id,
                    settled.other_id,
                    settled.because
                from nodes
                left join components using (id)
                left join settled using (id)
            )
            select
                labelled.source_record_key,
                firsts.source_record_key as cluster_key,
                others.source_record_key as held_back_from,
                labelled.because as held_back_because
            from labelled
            join nodes as firsts on labelled.first_id = firsts.id
            left join nodes as others on labelled.other_id = others.id
            """,
        )
