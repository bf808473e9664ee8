from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from goldthread.cli import main
from goldthread.inspect.customer import Match, customer_view, find_customers
from goldthread.settings import Settings
from goldthread.warehouse.published import NothingPublished

MARTS = """
create schema f.marts;
create table f.marts.customers as
    from (values ('c1', 'Ann', 'ann@example.com'), ('c2', 'Ben', 'ben@example.com'))
    as t(customer_id, first_name, email);
create table f.marts.customer_id_redirects as
    from (values ('c0', 'c1')) as t(previous_customer_id, customer_id);
create table f.marts.customer_identifiers as from (values
    ('c1', 'email', 'ann@example.com'), ('c2', 'email', 'ben@example.com'),
    ('c1', 'email', 'family@example.com'), ('c2', 'email', 'family@example.com'),
    ('c1', 'phone', '+442079460000'), ('c2', 'phone', '+14155550100'), ('c2', 'user_id', 'U7')
) as t(customer_id, identifier_type, identifier_value);
create table f.marts.customer_provenance as select 'c1' as customer_id, 'email' as attribute,
    'ann@example.com' as value, 'crm' as source, 'k1' as source_record_id;
create table f.marts.customer_source_records as
    select 'crm' as source, 'k1' as source_record_id, 'c1' as customer_id;
create table f.marts.audience_memberships as
    select 'lapsed_buyers' as audience, 'c1' as customer_id, timestamp '2026-11-01' as entered_at;
create table f.marts.consents as
    select 'c1' as customer_id, 'email_marketing' as purpose, 'granted' as status;
"""
ACTIVATION = """
create schema f.activation;
create table f.activation.activation_verdicts as select 'c1' as customer_id,
    'email_marketing' as purpose, null::varchar as audience, true as is_allowed;
"""
SYNCS = """
create schema f.marts;
create table f.marts.sync_rows as
    select 'sync_a' as sync_name, 'c1' as customer_id, null::varchar as audience,
    'add' as operation, 'ok' as status, null::varchar as reason, now()::timestamp as applied_at;
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    return Settings.load()


@pytest.fixture
def published(settings: Settings) -> Settings:
    settings.published_dir.mkdir()
    files = ((settings.marts_path, MARTS), (settings.activation_path, ACTIVATION))
    for path, script in (*files, (settings.syncs_path, SYNCS)):
        with duckdb.connect() as con:
            con.execute(f"attach '{path}' as f")
            con.execute(script)
    return settings


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("c1", [("c1", "id")]),
        ("c0", [("c1", "former id")]),
        (" Ann@Example.com ", [("c1", "email")]),
        ("family@example.com", [("c1", "email"), ("c2", "email")]),
        ("+44 20 7946 0000", [("c1", "phone")]),
        ("0044 (0)20 7946-0000", [("c1", "phone")]),
        ("020 7946 0000", [("c1", "phone")]),
        ("(415) 555-0100", [("c2", "phone")]),
        ("0100", []),
        ("U7", [("c2", "user_id")]),
        ("nobody@example.com", []),
    ],
)
def test_a_customer_is_found_by_what_people_have_at_hand(
    published: Settings, question: str, found: list[tuple[str, str]]
) -> None:
    assert find_customers(published, question) == [Match(*each) for each in found]


def test_the_view_holds_everything_published_about_the_customer(published: Settings) -> None:
    view = customer_view(published, Match("c1", "id"))
    assert view.golden_record == {"first_name": "Ann", "email": "ann@example.com"}
    assert [row["attribute"] for row in view.provenance] == ["email"]
    assert [row["source_record_id"] for row in view.source_records] == ["k1"]
    assert [row["audience"] for row in view.memberships] == ["lapsed_buyers"]
    assert [row["status"] for row in view.consents] == ["granted"]
    assert [row["is_allowed"] for row in view.verdicts] == [True]
    assert [row["operation"] for row in view.sent] == ["add"]


def test_what_was_sent_can_be_read_on_a_narrow_terminal(published: Settings) -> None:
    with duckdb.connect(str(published.syncs_path)) as con:
        con.execute(
            "create or replace table syncs.marts.sync_rows as select 'sync_webhook__members' as "
            "sync_name, 'c1' as customer_id, 'sync_webhook__members/1' as run_id, 1 as run_number, "
            "timestamp '2026-11-15 12:00:00' as applied_at, 'buyers' as audience, "
            "'add' as operation, '[\"email\"]' as field_names, 'ok' as status, "
            "null::varchar as reason, 200 as response_status, repeat('4a8ad35d', 8) as "
            "idempotency_key, uuid() as key_hash, uuid() as payload_hash"
        )
    told = CliRunner().invoke(main, ["customer", "c1"], env={"COLUMNS": "80"}).output
    sent = told.partition("What was sent")[2]
    assert all(word in sent for word in ("webhook__members", "buyers", "add", "ok", "12:00"))


def test_nothing_was_sent_before_the_first_sync(published: Settings) -> None:
    published.syncs_path.unlink()
    assert customer_view(published, Match("c1", "id")).sent == []


def test_before_the_first_publish_the_next_step_is_named(settings: Settings) -> None:
    with pytest.raises(NothingPublished, match="goldthread run"):
        find_customers(settings, "c1")
    result = CliRunner().invoke(main, ["customer", "c1"])
    assert result.exit_code == 6


def test_the_command_prints_json_and_a_clear_refusal(published: Settings) -> None:
    found = CliRunner().invoke(main, ["customer", "ann@example.com", "--json"])
    assert found.exit_code == 0, found.output
    assert json.loads(found.output)[0]["golden_record"]["first_name"] == "Ann"
    shown = CliRunner().invoke(main, ["customer", "c0"])
    assert shown.exit_code == 0
    assert "formerly c0" in shown.output
    several = CliRunner().invoke(main, ["customer", "family@example.com"])
    assert "shared by 2 customers" in several.output
    missing = CliRunner().invoke(main, ["customer", "nobody@example.com"])
    assert missing.exit_code == 4
    assert "nobody@example.com" in missing.output
