"""Figures of merit, checked by hand."""

from __future__ import annotations

import duckdb
import pytest

from goldthread.identity import evaluate


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
