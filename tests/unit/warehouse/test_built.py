"""Tables that another release built are told from defects."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from goldthread.settings import Settings
from goldthread.warehouse.built import built_tables
from goldthread.warehouse.connection import connect
from goldthread.warehouse.errors import NothingLoaded, WarehouseBusy
from goldthread.warehouse.lock import TOKEN_VARIABLE, run_lock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = Settings(home=tmp_path, input_dir=tmp_path)
    with connect(found) as con:
        con.execute("create schema marts; create table marts.records as select 1 as record")
    return found


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("select numbering from marts.records", "column numbering"),
        ("select r.numbering from marts.records as r", "column numbering"),
        ("with r as (from marts.records) select r.numbering from r", "column numbering"),
        ("select * exclude (numbering) from marts.records", "column numbering"),
        ("from marts.records join (select 1 as numbering) using (numbering)", "column numbering"),
        ("from marts.pairs", "table pairs"),
        ("from intermediate.pairs", "table intermediate.pairs"),
    ],
)
def test_what_another_release_did_not_build_is_named_with_the_remedy(
    settings: Settings, query: str, missing: str
) -> None:
    told = f"built by another release, which left no {missing}; run `goldthread build` first"
    with pytest.raises(NothingLoaded, match=told), built_tables(settings) as con:
        con.sql(query).fetchall()
    # The file is free again.
    connect(settings).close()


@pytest.mark.parametrize(
    "query",
    [
        "select record || 1 > date '2020-01-01' from marts.records",
        "select record from marts.records, (select 1 as record)",
        "select no_function(record) from marts.records",
    ],
)
def test_a_query_that_fits_no_table_at_all_stays_a_defect(settings: Settings, query: str) -> None:
    with pytest.raises(duckdb.Error), built_tables(settings) as con:
        con.execute(query)


def test_a_question_in_the_middle_of_a_run_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even while the run has the warehouse closed."""
    with run_lock(settings, "goldthread run"):
        monkeypatch.delenv(TOKEN_VARIABLE)
        with pytest.raises(WarehouseBusy, match="`goldthread run`"), built_tables(settings):
            pytest.fail("opened the warehouse")
        monkeypatch.undo()
