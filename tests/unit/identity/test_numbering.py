"""Numbers of records hold for one build: tables of another one are refused."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import committed_model, score_pairs
from goldthread.identity.numbering import require_one_numbering
from goldthread.warehouse.errors import BuildFailed
from tests.unit.identity.conftest import linkage_records, pairs_table

PEOPLE = {"a": {"first_name": "Ada"}, "b": {"first_name": "Ida"}}


def renumbered(table: pa.Table) -> pa.Table:
    place = table.column_names.index("numbering")
    return table.set_column(place, "numbering", pa.array(["others"] * len(table), "string"))


def test_pairs_of_other_records_are_not_scored(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    records, pairs = linkage_records(PEOPLE), pairs_table([("a", "b")], PEOPLE)
    score_pairs(records, pairs, nicknames, con, committed_model())
    with pytest.raises(BuildFailed, match="linkage_records\\+"):
        score_pairs(records, renumbered(pairs), nicknames, con, committed_model())


def test_tables_without_rows_are_of_any_build(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create table none_yet (numbering varchar)")
    con.execute("create table present as select 'these' as numbering")
    require_one_numbering(con, "none_yet", "present", "none_yet")
    require_one_numbering(con, "none_yet")
