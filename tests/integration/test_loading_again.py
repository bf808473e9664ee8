"""A time that was too far ahead for one load is judged again by a load at a later moment."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from connectors.sources import NewerHome
from connectors.sources._engine import load
from connectors.sources._engine.state import SourceState
from tests.integration.loading import Home, append_directly
from tests.unit.connectors.sources.samples import (
    SIGNUP_HEADER,
    app_database,
    lines,
    message,
    signup,
)

EARLY, LATE = datetime(2025, 7, 1), datetime(2026, 9, 1)
AHEAD = "2026-08-01T00:00:00Z"
NEVER = "9999-01-01T00:00:00Z"
AHEAD_EPOCH = 1785542400


def signups(*records: str) -> str:
    return "".join(f"{record}\n" for record in (SIGNUP_HEADER, *records))


BORN = signup("s3", birth_date="2026-02-03", phone="12")
SIGNUPS = signups(
    signup("s1", signed_up_at="2025-06-01T00:00:00Z"),
    signup("s2", signed_up_at=AHEAD, phone="12"),
    BORN,
    signup("s4", signed_up_at=NEVER),
)
RECEIVED = message("m2", receivedAt=AHEAD)


def put_csv(home: Home) -> None:
    """The second file repeats rows of the first one, as a full export does."""
    home.put("signups/a.csv", SIGNUPS)
    home.put("signups/b.csv", signups(signup("s2", signed_up_at=AHEAD, phone="12"), BORN)[:-1])


def put_json_lines(home: Home) -> None:
    text = lines(message("m1"), RECEIVED, "{", {**RECEIVED, "receivedAt": NEVER}, RECEIVED)
    home.put("web/a.jsonl", text[:-1])
    home.put("web/b.jsonl.gz", gzip.compress(text.encode()))


def put_objects_that_stand_again(home: Home) -> None:
    """The last line of an object counts, also the last of two equal ones."""
    created = 1748736000
    for name, first in (("customers.jsonl", "Ann"), ("customers.jsonl.gz", "Lee")):
        text = lines(
            *({"id": "c1", "name": name, "created": created} for name in (first, "Anna", first)),
            {"id": "c2", "name": first, "created": AHEAD_EPOCH},
            {"id": "c3", "name": first, "created": created},
        )
        home.put(f"stripe/{name}", gzip.compress(text.encode()) if "gz" in name else text)


def put_database(home: Home) -> None:
    """The second user lacks two times, which become possible one after the other."""
    user = {"email": "ann@example.org", "updated_at": "2025-06-01T00:00:00Z"}
    app_database(
        home.settings.input_dir / "app/app.sqlite",
        users=[
            {**user, "user_id": "u1", "updated_at": AHEAD},
            {**user, "user_id": "u2", "created_at": AHEAD, "birth_date": "2026-08-20"},
            {**user, "user_id": "u3", "created_at": NEVER, "birth_date": "3026-08-20"},
        ],
    )


def put_decisions(home: Home) -> None:
    row = "{0},email,{0}@example.org,,asked,{1}\n"
    header = "suppression_id,identifier_type,identifier_value,purpose,reason,suppressed_at\n"
    text = header + row.format("a", "2025-06-01T00:00:00Z") + row.format("b", AHEAD)
    home.put("stewardship/suppressions.csv", text)


DELIVERIES: dict[str, Callable[[Home], None]] = {
    "signups": put_csv,
    "web": put_json_lines,
    "stripe": put_objects_that_stand_again,
    "app": put_database,
    "stewardship": put_decisions,
}


@pytest.fixture(autouse=True)
def without_dlt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "run_pipeline", append_directly)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.mark.parametrize("source", DELIVERIES)
def test_a_later_load_gives_what_a_fresh_one_gives(home: Home, tmp_path: Path, source: str) -> None:
    DELIVERIES[source](home)
    for moment in (EARLY, datetime(2025, 8, 10), LATE):
        home.load(source, as_of=moment)
        fresh = Home(tmp_path / f"{moment:%Y%m%d}")
        DELIVERIES[source](fresh)
        fresh.load(source, as_of=moment)
        assert home.content() == fresh.content()
        again = home.load(source, as_of=moment)
        assert {table.files for table in again.values()} == {0}


def test_a_file_that_also_changed_is_judged_again(home: Home, tmp_path: Path) -> None:
    fresh = Home(tmp_path / "fresh")
    home.put("web/a.jsonl", lines(message("m1"), RECEIVED)[:-1])
    home.put("signups/a.csv", SIGNUPS)
    home.load("web", "signups", as_of=EARLY)
    for each in (home, fresh):
        each.put("web/a.jsonl", lines(message("m1"), RECEIVED, message("m3")))
        each.put("signups/a.csv", SIGNUPS.replace("s1,", "s0,"))
        each.load("web", "signups", as_of=LATE)
    assert home.content()["raw_web.messages"] == fresh.content()["raw_web.messages"]
    held = "select signup_id, birth_date, signed_up_at from raw_signups.signups order by all"
    known = ("s1", None, datetime(2025, 6, 1))
    assert home.rows(held) == sorted([*fresh.rows(held), known])
    assert home.broken() == fresh.broken()


def test_a_row_keeps_its_other_issues_when_its_file_is_read_again(home: Home) -> None:
    issues = "select row_key, raw_value from raw_goldthread.value_issues order by all"
    home.put("signups/a.csv", signups(signup("s1", phone="12"), signup("s2")))
    home.load("signups", as_of=EARLY)
    home.put("signups/a.csv", signups(signup("s1", phone="12"), signup("s3", signed_up_at=AHEAD)))
    home.load("signups", as_of=EARLY)
    assert home.load("signups", as_of=LATE)["signups.signups"].rows_loaded == 1
    assert home.rows(issues) == [("s1", "12")]


def test_a_grown_file_remembers_what_was_too_far_ahead(home: Home) -> None:
    home.put("email/a.jsonl", email_event("e1"))
    home.load("email", as_of=EARLY)
    home.add("email/a.jsonl", email_event("e2", 1748736000))
    assert home.load("email", as_of=EARLY)["email.events"].rows_read == 1
    (home.settings.input_dir / "email/a.jsonl").touch()
    home.load("email", as_of=EARLY)
    assert home.broken() == [("email/a.jsonl", 1)]
    home.load("email", as_of=LATE)
    assert home.column("select sg_event_id from raw_email.events order by 1") == ["e1", "e2"]
    assert home.broken() == []


def email_event(key: str, moment: int = AHEAD_EPOCH) -> str:
    event = {"email": "ann@example.org", "event": "unsubscribe", "sg_event_id": key}
    return lines({**event, "timestamp": moment})


def test_an_impossible_time_lets_no_file_be_read_again(home: Home) -> None:
    home.put("signups/a.csv", signups(signup("s1", signed_up_at=NEVER, birth_date="3000-01-01")))
    sent = "2025-06-01T00:00:00Z"
    far = message("m1", timestamp=sent, receivedAt="250000-01-01T00:00:00Z")
    home.put("web/a.jsonl", lines(far))
    home.load(as_of=EARLY)
    before = home.content()
    again = home.load(as_of=LATE)
    assert {table.files for table in again.values()} == {0}
    assert home.content() == before


def test_an_earlier_load_takes_nothing_back(home: Home) -> None:
    for put in DELIVERIES.values():
        put(home)
    home.load(as_of=LATE)
    before = home.content()
    again = home.load(as_of=EARLY)
    assert {table.files for table in again.values()} == {0}
    assert home.content() == before


def test_a_state_of_an_earlier_release_is_read() -> None:
    kept = {"size": 1, "mtime_ns": 2, "version": 0, "offset": 0, "lines": 0}
    state = SourceState.from_dict({"run_number": 3, "files": {"t": {"a.csv": kept}}})
    assert state.of("t")["a.csv"].possible_from is None


def test_what_a_newer_release_remembers_is_refused_with_what_to_do() -> None:
    kept = {"size": 1, "mtime_ns": 2, "version": 0, "offset": 0, "lines": 0, "colour": "red"}
    with pytest.raises(NewerHome, match=r"newer release .*colour.* Use that release, or move"):
        SourceState.from_dict({"run_number": 3, "files": {"t": {"a.csv": kept}}})
