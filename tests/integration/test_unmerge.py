"""People decide who is one person: customers split and merge, and everything behind them follows.

One story in order: two runs over a handful of records, decisions between them.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from goldthread.settings import PROJECT_DIR
from tests.dbt_commands import take_over

SYNC = "sync_files__customer_traits"
AS_OF = ("2026-11-01T06:00:00Z", "2026-11-02T06:00:00Z")

# Name, and per record: id, e-mail, phone, city. Records of one name share a phone number until
# people tell them apart; Tom's share nothing until people say that he is one.
PEOPLE = {
    ("Ines", "Calder"): [("i", "ines@mail.example", "+14155550101", "Austin"),
                         ("c", "calder@mail.example", "+14155550101", "Boston")],
    ("Mara", "Voss"): [("m", "mara@mail.example", "+14155550102", "Chicago"),
                       ("v", "voss@mail.example", "+14155550102", "Denver")],
    ("Tom", "Lund"): [("t", "tom@mail.example", "+14155550103", "Eugene"),
                      ("l", "lund@mail.example", "+14155550104", "Fresno")],
    ("Una", "Reyes"): [("u", "una@mail.example", "+14155550105", "Gary"),
                       ("r", "reyes@mail.example", "+14155550106", "Hilo"),
                       ("y", "ureyes@mail.example", "+14155550107", "Irving")],
}  # fmt: skip
DECISIONS = [
    ("o1", "cannot_link", "crm", "i", "crm", "c", "dana", "sisters", "2026-11-01T12:00:00Z"),
    ("o2", "cannot_link", "crm", "m", "crm", "v", "dana", "sisters", "2026-11-01T12:00:00Z"),
    ("o3", "must_link", "crm", "t", "crm", "l", "dana", "same man", "2026-11-01T12:00:00Z"),
]
# Already there at the first run: three that cannot all be done, and two on records nobody knows.
CONTRADICTORY = [
    ("o4", "must_link", "crm", "u", "crm", "r", "dana", "same woman", "2026-10-01T12:00:00Z"),
    ("o5", "must_link", "crm", "r", "crm", "y", "dana", "same woman", "2026-10-01T12:00:00Z"),
    ("o6", "cannot_link", "crm", "u", "crm", "y", "eli", "two women", "2026-10-01T12:00:00Z"),
    ("o7", "cannot_link", "crm", "u", "crm", "U", "eli", "mistyped", "2026-10-01T12:00:00Z"),
    ("o8", "must_link", "shop", "u", "crm", "u", "eli", "mistyped", "2026-10-01T12:00:00Z"),
]
OVERRIDES = (
    *("override_id", "override_type", "left_source", "left_source_record_id", "right_source"),
    *("right_source_record_id", "decided_by", "reason", "decided_at"),
)
CONTACTS = (
    *("contact_id", "email", "first_name", "last_name", "phone", "city", "country", "updated_at"),
)


class Home:
    """A home, the commands typed in it, and who was who after the first run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.before: dict[str, str] = {}

    def type(self, *arguments: str) -> Any:
        """Run a goldthread command; its JSON."""
        environment = os.environ | {
            "GOLDTHREAD_HOME": str(self.folder),
            "GOLDTHREAD_INPUT_DIR": "",
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "target"),
            "DBT_PROFILES_DIR": str(PROJECT_DIR),
        }
        command = "from goldthread.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", command, *arguments, "--json"],
            cwd=PROJECT_DIR,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return json.loads(done.stdout)

    def run(self, day: int) -> None:
        self.type("load", "--as-of", AS_OF[day])
        self.type("build")
        self.type("publish")

    def write(self, path: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        target = self.folder / "input" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])

    def consent(self, receipt: str, email: str, *, granted: bool) -> None:
        target = self.folder / "input" / "consent" / f"{receipt}.jsonl"
        target.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "receipt_id": receipt,
            "identifier_type": "email",
            "identifier_value": email,
            "purposes": {"C0001": True, "C0003": granted},
            "jurisdiction": None,
            "gpc": False,
            "tcf": None,
            "collected_at": "2026-10-05T10:00:00Z",
        }
        target.write_text(json.dumps(content) + "\n", encoding="utf-8")

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        path = self.folder / "published" / "goldthread.duckdb"
        with duckdb.connect(str(path), read_only=True) as con:
            return con.execute(query).fetchall()

    def customers(self) -> dict[str, str]:
        query = "select source_record_id, customer_id from marts.customer_source_records"
        return dict(self.ask(query))

    def cities(self) -> dict[str, str]:
        return dict(self.ask("select customer_id, city from marts.customers"))

    def personalization(self) -> dict[str, str]:
        query = "select customer_id, status from marts.consents where purpose = 'personalization'"
        return dict(self.ask(query))


@pytest.fixture(scope="module")
def home(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("unmerge"))
    take_over(parsed_project, home.folder / "target", home.folder)
    contacts = [
        (record, email, first, last, phone, city, "US", f"2026-10-0{day}T10:00:00Z")
        for (first, last), records in PEOPLE.items()
        for day, (record, email, phone, city) in enumerate(records, 1)
    ]
    home.write("crm/contacts.csv", CONTACTS, contacts)
    overrides = "stewardship/identity_overrides.csv"
    home.write(overrides, OVERRIDES, CONTRADICTORY)
    home.consent("r1", "ines@mail.example", granted=True)
    home.consent("r2", "calder@mail.example", granted=False)
    home.run(0)
    home.type("apply", SYNC, "--as-of", AS_OF[0])
    home.before = home.customers()
    assert home.before["i"] == home.before["c"]
    assert home.before["m"] == home.before["v"]
    assert home.before["t"] != home.before["l"]
    assert home.cities()[home.before["i"]] == "Boston"
    assert home.personalization()[home.before["i"]] == "denied"
    home.write(overrides, OVERRIDES, CONTRADICTORY + DECISIONS)
    home.run(1)
    return home


def test_a_decision_splits_and_merges_at_the_next_run(home: Home) -> None:
    now = home.customers()
    assert now["i"] != now["c"]
    assert now["m"] != now["v"]
    assert now["t"] == now["l"]
    assert {now["i"], now["c"]} & {home.before["i"]}
    assert now["t"] in {home.before["t"], home.before["l"]}


def test_decisions_that_contradict_each_other_stop_no_run(home: Home) -> None:
    now = home.customers()
    assert now["u"] != now["y"]
    assert now["r"] in (now["u"], now["y"])
    ((left, right, reason),) = home.ask(
        "select source_record_key, other_source_record_key, reason from marts.identity_review "
        "where identifier_type = 'override' and review_type = 'cut_link'"
    )
    assert {left, right} in ({"crm:u", "crm:r"}, {"crm:r", "crm:y"})
    assert now[left[4:]] != now[right[4:]]
    assert reason == "other decisions contradict this one"


def test_decisions_on_records_that_are_not_there_are_told(home: Home) -> None:
    found = home.ask(
        "select identifier_value, reason from marts.identity_review "
        "where review_type = 'unknown_record' order by 1"
    )
    text = "a decision on a record that is not there"
    assert found == [("o7", text), ("o8", text)]


def test_each_side_has_its_own_attributes_again(home: Home) -> None:
    now, cities = home.customers(), home.cities()
    expected = {"i": "Austin", "c": "Boston", "m": "Chicago", "v": "Denver"}
    assert {record: cities[now[record]] for record in expected} == expected


def test_each_side_has_its_own_consents_again(home: Home) -> None:
    now, status = home.customers(), home.personalization()
    assert (status[now["i"]], status[now["c"]]) == ("granted", "denied")


def test_the_repair_plan_lists_what_is_concerned(home: Home) -> None:
    now, before = home.customers(), home.before
    plan = home.type("identity", "repair-plan")
    (gone,) = {before["t"], before["l"]} - {now["t"]}
    kinds = {(row["change_type"], row["previous_customer_id"]) for row in plan["changes"]}
    assert kinds == {("split", before["i"]), ("split", before["m"]), ("merged", gone)}
    concerned = {customer for record, customer in now.items() if record in "icmvtl"}
    assert {row["customer_id"] for row in plan["consents"]} == concerned
    assert plan["unplanned"].keys() == set()
    assert home.type("identity", "repair-plan", "--since", "1") == plan
    assert home.type("identity", "repair-plan", "--since", "2")["changes"] == []


def test_the_next_apply_carries_the_repair(home: Home) -> None:
    now, before = home.customers(), home.before
    rows = home.type("identity", "repair-plan")["destination_records"]
    actions = {row["customer_id"]: row["action"] for row in rows if row["sync"] == SYNC}
    (gone,) = {before["t"], before["l"]} - {now["t"]}
    (new,) = {now["m"], now["v"]} - {before["m"]}
    assert actions[gone] == "remove"
    assert actions[new] == "add"
    # The sister who granted was held back while the other's denial counted for both.
    assert actions[now["i"]] == "add"
    assert now["c"] not in actions
    plan = home.type("plan", SYNC, "--as-of", AS_OF[1])
    assert (plan["adds"], plan["removes"]) == (2, 1)
    home.type("apply", SYNC, "--as-of", AS_OF[1])
    after = home.type("identity", "repair-plan")["destination_records"]
    assert {row["action"] for row in after if row["sync"] == SYNC} == {"unchanged"}
