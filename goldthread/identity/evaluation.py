"""How good a clustering is, measured against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Evaluation:
    """Counts of record pairs (one person in truth, one cluster, both) and B-cubed shares."""

    record_count: int
    true_pair_count: int
    found_pair_count: int
    right_pair_count: int
    b_cubed_precision: float
    b_cubed_recall: float
    largest_cluster: int
    largest_person: int

    @property
    def precision(self) -> float:
        return _share(self.right_pair_count, self.found_pair_count)

    @property
    def recall(self) -> float:
        return _share(self.right_pair_count, self.true_pair_count)

    @property
    def f1(self) -> float:
        return _harmonic(self.precision, self.recall)

    @property
    def b_cubed_f1(self) -> float:
        return _harmonic(self.b_cubed_precision, self.b_cubed_recall)

    def figures(self) -> dict[str, float | int]:
        """Everything a report shows, by name."""
        return {
            "records": self.record_count,
            "precision": round(self.precision, 5),
            "recall": round(self.recall, 5),
            "f1": round(self.f1, 5),
            "b_cubed_precision": round(self.b_cubed_precision, 5),
            "b_cubed_recall": round(self.b_cubed_recall, 5),
            "b_cubed_f1": round(self.b_cubed_f1, 5),
            "largest_cluster": self.largest_cluster,
            "largest_person": self.largest_person,
        }


@dataclass(frozen=True)
class LinkEvaluation:
    """Counts of pairs of different records: of one person in truth, linked, both."""

    true_pair_count: int
    linked_pair_count: int
    right_pair_count: int

    def figures(self) -> dict[str, float]:
        """Pairwise precision, recall and F1 by name."""
        precision = _share(self.right_pair_count, self.linked_pair_count)
        recall = _share(self.right_pair_count, self.true_pair_count)
        return {
            "pairwise_precision": round(precision, 5),
            "pairwise_recall": round(recall, 5),
            "pairwise_f1": round(_harmonic(precision, recall), 5),
        }


def evaluate(con: duckdb.DuckDBPyConnection, labelled: str) -> Evaluation:
    """Compare clusters with the truth.

    labelled: a table or sub-query with one row a record: cluster_id, person_id. Rows without
    either are left out. Pairs are those that the clusters imply, not the links that were scored.
    """
    row = con.execute(
        f"""
        with cells as (
            select cluster_id, person_id, count(*) as n from {labelled} as labelled
            where cluster_id is not null and person_id is not null group by 1, 2
        ),
        clusters as (select cluster_id, sum(n) as n from cells group by 1),
        people as (select person_id, sum(n) as n from cells group by 1),
        b_cubed as (
            select
                sum(cells.n * cells.n / clusters.n) / sum(cells.n) as precision,
                sum(cells.n * cells.n / people.n) / sum(cells.n) as recall
            from cells join clusters using (cluster_id) join people using (person_id)
        )
        select
            (select coalesce(sum(n), 0) from cells),
            (select coalesce(sum(n * (n - 1) / 2), 0) from people),
            (select coalesce(sum(n * (n - 1) / 2), 0) from clusters),
            (select coalesce(sum(n * (n - 1) / 2), 0) from cells),
            b_cubed.precision,
            b_cubed.recall,
            (select coalesce(max(n), 0) from clusters),
            (select coalesce(max(n), 0) from people)
        from b_cubed
        """
    ).fetchone()
    assert row is not None
    return Evaluation(
        record_count=int(row[0]),
        true_pair_count=int(row[1]),
        found_pair_count=int(row[2]),
        right_pair_count=int(row[3]),
        b_cubed_precision=float(row[4] or 0),
        b_cubed_recall=float(row[5] or 0),
        largest_cluster=int(row[6]),
        largest_person=int(row[7]),
    )


def evaluate_links(con: duckdb.DuckDBPyConnection, labelled: str, links: str) -> LinkEvaluation:
    """Compare the links themselves with the truth, before anything follows from two of them.

    labelled: a table or sub-query of record_number, profile_number, person_id; records of one
    profile say the same and count once. links: left_number, right_number, in any order, any times.
    """
    row = con.execute(
        f"""
        with labelled as (from {labelled} where person_id is not null),
        profiles as (
            select profile_number, min(person_id) as person_id from labelled group by 1
        ),
        linked as (
            select distinct
                least(l.profile_number, r.profile_number) as left_number,
                greatest(l.profile_number, r.profile_number) as right_number
            from {links} as links
            join labelled as l on links.left_number = l.record_number
            join labelled as r on links.right_number = r.record_number
            where l.profile_number <> r.profile_number
        ),
        people as (select count(*) as n from profiles group by person_id)
        select
            (select coalesce(sum(n * (n - 1) / 2), 0) from people),
            count(*),
            count(*) filter (where l.person_id = r.person_id)
        from linked
        join profiles as l on linked.left_number = l.profile_number
        join profiles as r on linked.right_number = r.profile_number
        """
    ).fetchone()
    assert row is not None
    return LinkEvaluation(int(row[0]), int(row[1]), int(row[2]))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _harmonic(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0
