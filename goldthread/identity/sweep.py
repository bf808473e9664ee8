"""What other thresholds would have made of the same pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from goldthread.identity.clustering import cluster_records
from goldthread.identity.evaluation import Evaluation, evaluate
from goldthread.identity.level_sql import corroborated_sql
from goldthread.identity.workspace import adopt, scratch

if TYPE_CHECKING:
    from goldthread.identity.model import LinkageModel

THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)

LINK_COLUMNS = (
    "left_number, right_number, numbering, identifier_type, identifier_value, decision, priority, "
    "is_certain, match_probability"
)


@dataclass(frozen=True)
class SweepStep:
    """threshold: match probability from which on details link. measured: the clusters then."""

    threshold: float
    measured: Evaluation


def sweep(
    records: Any,
    edges: Any,
    scored_pairs: Any,
    identifiers: Any,
    join_limits: Any,
    truth: Any,
    session: Any,
    model: LinkageModel,
) -> list[SweepStep]:
    """Cluster the same pairs anew at each of `THRESHOLDS` and compare with the truth.

    The first five: as for ``cluster_records``. truth: source_record_key, person_id.
    Links by identifiers and by people's decisions stay as they are. model: the one that scored.
    """
    with scratch(session) as cursor:
        for name, table in (
            ("swept_edges", edges),
            ("swept_pairs", scored_pairs),
            ("truth_in", truth),
        ):
            adopt(cursor, name, table)
        linked_otherwise = (
            f"select {LINK_COLUMNS} from swept_edges where identifier_type <> 'details'"
        )
        steps = []
        for threshold in THRESHOLDS:
            linked = cursor.execute(
                f"""
                {linked_otherwise}
                union all
                select
                    left_number, right_number, numbering, 'details', null, 'linked', 99, false,
                    match_probability
                from swept_pairs
                where match_probability >= {threshold} and {corroborated_sql(model)}
                """
            ).to_arrow_table()
            clusters = cluster_records(
                records, linked, scored_pairs, identifiers, join_limits, session, model
            ).to_arrow_table()
            cursor.register("clusters", clusters)
            measured = evaluate(
                cursor,
                "(select cluster_key as cluster_id, person_id from clusters "
                "join truth_in using (source_record_key))",
            )
            cursor.unregister("clusters")
            steps.append(SweepStep(threshold, measured))
    return steps
