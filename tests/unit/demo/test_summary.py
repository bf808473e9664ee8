from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from goldthread.demo.secret import webhook_secret
from goldthread.demo.summary import Accuracy, Audience, assignment, changed_ids, summarize
from goldthread.settings import Settings
from goldthread.warehouse import connect

MARTS = """
create schema f.marts;
create table f.marts.customer_source_records as from (values
    ('crm', '1', 'a'), ('crm', '2', 'a'), ('app', '3', 'b'), ('app', '4', 'b'), ('web', '5', 'b')
) as t(source, source_record_id, customer_id);
create table f.marts.customers as
    from (values ('a', 'a@example.com'), ('b', 'b@example.com')) as t(customer_id, email);
create table f.marts.quarantined_rows as select 'crm' as source from range(4);
create table f.marts.audience_memberships as from (values
    ('lapsed_buyers', null, false), ('lapsed_buyers', null, true),
    ('lapsed_buyers', timestamp '2026-11-01', false)
) as t(audience, exited_at, is_holdout);
"""
TRUTH = """
copy (from (values
    ('crm', '1', 'p1'), ('crm', '2', 'p1'), ('app', '3', 'p1'), ('app', '4', 'p2'),
    ('app', 'not in the marts', 'p2'), ('web', '5', null)
) as t(source, source_record_id, person_id)) to '{path}' (format parquet)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, input_dir=tmp_path / "input")
    settings.published_dir.mkdir()
    (settings.input_dir / "_truth").mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(f"attach '{settings.marts_path}' as f")
        con.execute(MARTS)
    with connect(settings) as con:
        con.execute("create schema audiences")
        con.execute("create table audiences.lapsed_buyers as select 'a' as customer_id")
        con.execute(
            "create table audiences.new_subscribers as from audiences.lapsed_buyers limit 0"
        )
        con.execute("create schema raw_crm")
        con.execute("create table raw_crm.contacts as from range(7)")
        con.execute("create table raw_crm._dlt_loads as from range(3)")
        con.execute("create table raw_crm.quarantined_rows as from range(4)")
    return settings


def test_pairs_are_judged_against_the_truth_without_what_identifies_nobody(
    settings: Settings,
) -> None:
    with duckdb.connect() as con:
        con.execute(TRUTH.format(path=settings.input_dir / "_truth" / "source_records.parquet"))
    # Ours: {1 2} {3 4}. True: {1 2 3} {4, missing}. One pair of two is right, one of four found.
    assert summarize(settings).accuracy == Accuracy(precision=0.5, recall=0.25)


def test_input_without_truth_is_not_judged(settings: Settings) -> None:
    summary = summarize(settings)
    assert summary.accuracy is None
    assert summary.raw_rows == {"crm": 7}
    assert summary.quarantined == {"crm": 4}
    assert (summary.source_records, summary.customers) == (5, 2)
    assert summary.audiences == [
        Audience("lapsed_buyers", members=2, held_out=1),
        Audience("new_subscribers", members=0, held_out=0),
    ]
    assert summary.example_email == "b@example.com"


def test_ids_are_compared_record_by_record(settings: Settings) -> None:
    before = assignment(settings)
    assert changed_ids(before, before) == 0
    assert changed_ids(before, {**before, ("crm", "1"): "c", ("new", "9"): "d"}) == 1
    assert changed_ids({}, before) == 0


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    secret = webhook_secret(tmp_path / "demo")
    assert len(secret) == 64
    assert webhook_secret(tmp_path / "demo") == secret
    assert (tmp_path / "demo" / "webhook_secret").stat().st_mode & 0o777 == 0o600
