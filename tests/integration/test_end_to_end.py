"""The main job on 300 made-up people: files to a delivered audience, again, rebuilt, and refused.

The tests of this file tell one story in order and share one home, as a run of everything takes half
a minute. Each step is a process of its own, as it is for whoever types the command.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from goldthread.demo.summary import Assignment, assignment
from goldthread.settings import PROJECT_DIR, Settings
from tests.dbt_commands import take_over

PEOPLE = 300
COPIED = ("goldthread", "connectors", "orchestration", "models", "macros", "seeds", "tests/dbt")
PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "pyproject.toml")

FAILING_CHECK = """
{{ config(severity='error') }}
select customer_id from {{ ref('customers') }} order by customer_id limit 7
"""
# Ids of records, under the name that an audience's column must have.
AUDIENCE_OF_RECORDS = """
select source_record_key as customer_id from {{ ref('customer_source_records') }}
"""


class Home:
    """One home, the commands typed in it, and what stood in it after the first run."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder / "home", input_dir=folder / "home" / "input")
        self.target = folder / "target"
        self.first: dict[str, Any] = {}
        self.ids: Assignment = {}

    def type(
        self, *arguments: str, project: Path = PROJECT_DIR, exit_code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a goldthread command from the code in ``project``; it must end with ``exit_code``."""
        environment = os.environ | {
            "GOLDTHREAD_HOME": str(self.settings.home),
            "GOLDTHREAD_INPUT_DIR": "",
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.target),
            "DBT_PROFILES_DIR": str(project),
            "PYTHONPATH": str(project),
        }
        result = subprocess.run(
            [sys.executable, "-c", "from goldthread.cli import main; main()", *arguments],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert result.returncode == exit_code, result.stdout[-5000:] + result.stderr[-5000:]
        return result

    def lists(self) -> Mapping[str, str]:
        """What the e-mail tool holds: fields by member."""
        with sqlite3.connect(self.settings.home / "demo" / "receiver.sqlite") as con:
            return dict(con.execute("select member_key, fields from members").fetchall())

    def query(self, path: Path, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect() as con:
            con.execute(f"attach '{path}' as published (read_only)")
            con.execute("use published")
            return con.execute(query).fetchall()


def copy_project(folder: Path) -> None:
    """The project once more, to be changed."""
    for name in COPIED:
        shutil.copytree(PROJECT_DIR / name, folder / name)
    for name in PROJECT_FILES:
        shutil.copy(PROJECT_DIR / name, folder / name)


@pytest.fixture(scope="module")
def home(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("end_to_end"))
    take_over(parsed_project, home.target, home.settings.home)
    result = home.type("demo", "--people", str(PEOPLE), "--json")
    home.first = json.loads(result.stdout)
    home.ids = assignment(home.settings)
    return home


def test_files_become_customers_and_a_delivered_audience(home: Home) -> None:
    summary = home.first["summary"]
    assert all(summary["raw_rows"][source] for source in ("signups", "crm", "app", "web", "email"))
    assert sum(summary["quarantined"].values()) > 0
    assert 0.8 * PEOPLE < summary["customers"] < 1.5 * PEOPLE
    assert summary["accuracy"]["precision"] >= 0.98
    assert summary["accuracy"]["recall"] >= 0.9
    assert {audience["name"] for audience in summary["audiences"]} >= {"high_value_customers"}
    assert sum(sync["acknowledged"] for sync in home.first["syncs"].values()) > 0
    assert sum(each["size"] for each in home.first["lists"]) == len(home.lists())
    assert home.lists()


def test_every_row_sent_is_recorded_and_was_allowed(home: Home) -> None:
    settings = home.settings
    sent = home.query(
        settings.syncs_path, "select count(*) from marts.sync_rows where status = 'ok'"
    )
    assert sent == [(sum(sync["acknowledged"] for sync in home.first["syncs"].values()),)]
    with duckdb.connect() as con:
        con.execute(f"attach '{settings.syncs_path}' as syncs (read_only)")
        con.execute(f"attach '{settings.marts_path}' as published (read_only)")
        denied = con.execute(
            "select count(*) from syncs.marts.sync_rows inner join published.marts.consents "
            "using (customer_id) where sync_name like '%webhook%' "
            "and purpose = 'email_marketing' and consents.status = 'denied'"
        ).fetchone()
    assert denied == (0,)


def test_again_sends_nothing_and_changes_no_id(home: Home) -> None:
    before = home.lists()
    again = json.loads(home.type("demo", "--json").stdout)
    assert sum(sync["sent"] for sync in again["syncs"].values()) == 0
    assert again["changed_customer_ids"] == 0
    assert again["summary"]["customers"] == home.first["summary"]["customers"]
    assert home.lists() == before


def test_a_customer_is_shown_by_e_mail(home: Home) -> None:
    email = home.first["summary"]["example_email"]
    (view, *_) = json.loads(home.type("customer", email, "--json").stdout)
    assert view["golden_record"]["email"] == email
    assert view["provenance"]
    assert view["source_records"]
    assert len(view["consents"]) == 6
    assert "Where each value comes from" in home.type("customer", email).stdout


def test_a_failed_check_publishes_nothing_and_shows_rows(home: Home, tmp_path: Path) -> None:
    copy_project(tmp_path)
    check = tmp_path / "tests" / "dbt" / "singular" / "assert_nobody_is_a_customer.sql"
    check.parent.mkdir(parents=True, exist_ok=True)
    check.write_text(FAILING_CHECK)
    before = {path: path.stat() for path in home.settings.published_dir.iterdir()}
    as_of = (home.settings.input_dir / "_truth" / "as_of.txt").read_text().strip()
    result = home.type("run", "--as-of", as_of, project=tmp_path, exit_code=3)
    assert "assert_nobody_is_a_customer" in result.stderr
    assert "5 of 7 rows" in result.stderr
    assert "the old files stay" in result.stderr
    assert {path: path.stat() for path in home.settings.published_dir.iterdir()} == before
    refused = home.type("publish", project=tmp_path, exit_code=3)
    assert "assert_nobody_is_a_customer" in refused.stderr


def test_an_audience_of_ids_that_are_no_customers_fails(home: Home, tmp_path: Path) -> None:
    copy_project(tmp_path)
    (tmp_path / "models" / "audiences" / "lapsed_buyers.sql").write_text(AUDIENCE_OF_RECORDS)
    selected = ("lapsed_buyers", "audience_members", "assert_every_member_is_a_customer")
    select = [word for name in selected for word in ("--select", name)]
    result = home.type("build", *select, project=tmp_path, exit_code=3)
    assert "assert_every_member_is_a_customer" in result.stderr


def test_a_mistyped_word_of_a_seed_fails_instead_of_deciding_nothing(
    home: Home, tmp_path: Path
) -> None:
    copy_project(tmp_path)
    rules = tmp_path / "seeds" / "customer_360" / "survivorship_rules.csv"
    rules.write_text(rules.read_text().replace("phone,phone,", "phnoe,phone,"))
    with (tmp_path / "seeds" / "identity" / "identifier_blocklist.csv").open("a") as blocklist:
        blocklist.write("emial,desk@%,role mailbox\n")
    select = ("--select", "survivorship_rules", "--select", "identifier_blocklist")
    result = home.type("build", *select, project=tmp_path, exit_code=3)
    assert "accepted_values_survivorship_rules_attribute" in result.stderr
    assert "assert_every_blocklist_pattern_can_act" in result.stderr


def test_a_deleted_warehouse_changes_no_id_and_sends_nothing(home: Home) -> None:
    home.settings.warehouse_path.unlink()
    again = json.loads(home.type("demo", "--json").stdout)
    assert assignment(home.settings) == home.ids
    assert sum(sync["sent"] for sync in again["syncs"].values()) == 0


def test_a_day_later_without_news_no_message_is_read_again(home: Home) -> None:
    # Devices whose clocks run ahead date their messages into that day.
    as_of = (home.settings.input_dir / "_truth" / "as_of.txt").read_text().strip()
    home.type("load", "--as-of", str(datetime.fromisoformat(as_of) + timedelta(days=1)))
    home.type("build")
    results = json.loads((home.target / "run_results.json").read_text())["results"]
    built = {result["unique_id"].split(".")[2] for result in results}
    assert "customer_traits" in built
    assert not built & {"stg_web__messages", "int_behavior__event_sessions", "customers"}


def test_a_correction_takes_effect_when_its_moment_comes(home: Home) -> None:
    as_of = datetime.fromisoformat(
        (home.settings.input_dir / "_truth" / "as_of.txt").read_text().strip()
    )
    ((user_id, customer_id),) = home.query(
        home.settings.marts_path,
        "select source_record_id, customer_id from marts.customer_source_records "
        "where source = 'app' order by source_record_id limit 1",
    )
    folder = home.settings.input_dir / "stewardship"
    folder.mkdir(exist_ok=True)
    (folder / "attribute_corrections.csv").write_text(
        "correction_id,source,source_record_id,attribute,value,decided_at\n"
        f"later,app,{user_id},last_name,Corrected,{as_of + timedelta(days=2)}\n"
    )
    names = []
    for days in (1, 3):
        home.type("load", "--as-of", str(as_of + timedelta(days=days)))
        home.type("build")
        names += home.query(
            home.settings.warehouse_path,
            f"select last_name from marts.customers where customer_id = '{customer_id}'",
        )
    assert names[0] != ("Corrected",)
    assert names[1] == ("Corrected",)


def test_a_suppression_that_closes_nothing_is_told(home: Home) -> None:
    check = "assert_every_suppression_is_readable"
    held = ("phone,+49 30 1234567 / +49 30 1234568", "phone,12345", "email,a@x.example b@x.example")
    (home.settings.input_dir / "stewardship" / "suppressions_odd.csv").write_text(
        "suppression_id,identifier_type,identifier_value\n"
        + "".join(f"odd{number},{what}\n" for number, what in enumerate(held))
    )
    home.type("load")
    home.type("build", "--select", check, "--select", "stg_stewardship__suppressions")
    assert home.query(
        home.settings.warehouse_path,
        "select status, failing_row_count from raw_goldthread.build_results "
        f"where node_id like '%{check}' order by build_number desc limit 1",
    ) == [("warn", len(held))]


def test_nothing_temporary_is_left(home: Home) -> None:
    left = [
        path.relative_to(home.settings.home)
        for path in home.settings.home.rglob("*")
        if path.suffix in {".tmp", ".wal", ".new"} and "dagster" not in path.parts
    ]
    assert [path for path in left if path.parts[0] != "demo"] == []
    tables = home.query(
        home.settings.warehouse_path,
        "select table_name from duckdb_tables() where contains(table_name, '__dbt_') "
        "or contains(table_name, '__splink')",
    )
    assert tables == []
