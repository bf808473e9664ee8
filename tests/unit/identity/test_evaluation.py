"""Figures of merit, checked by hand."""

from __future__ import annotations

import duckdb
import pytest

from goldthread.identity import evaluate, evaluate_links


def test_pairs_and_b_cubed(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table labelled as select * from (values ('x', 'p'), ('x', 'p'), ('x', 'q'), "
        "('y', 'q'), ('z', null)) as t (cluster_id, person_id)"
    )
    found = evaluate(con, "labelled")
    assert (found.record_count, found.true_pair_count) == (4, 2)
    assert (found.found_pair_count, found.right_pair_count) == (3, 1)
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == pytest.approx(1 / 2)
    assert found.b_cubed_precision == pytest.approx((4 / 3 + 1 / 3 + 1) / 4)
    assert found.b_cubed_recall == pytest.approx((2 + 0.5 + 0.5) / 4)
    assert (found.largest_cluster, found.largest_person) == (3, 2)


def test_links_are_counted_once_a_profile(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "create table labelled as select * from (values (1, 1, 'p'), (2, 1, 'p'), "
        "(3, 3, 'p'), (4, 4, 'q'), (5, 5, null)) "
        "as t (record_number, profile_number, person_id)"
    )
    links = "(values (1, 2), (2, 3), (3, 1), (3, 4), (4, 5))"
    found = evaluate_links(con, "labelled", f"(from {links} as t (left_number, right_number))")
    # One true pair of profiles, 1 and 3; linked are that one and 3 with 4.
    assert (found.true_pair_count, found.linked_pair_count, found.right_pair_count) == (1, 2, 1)
    assert found.figures()["pairwise_f1"] == pytest.approx(2 / 3, abs=1e-5)
