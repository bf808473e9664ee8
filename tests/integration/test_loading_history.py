"""Whatever a source delivers in whatever order, no change is lost and nothing stands twice.

dlt is replaced by a few statements that do the same, so that hundreds of loads take seconds.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.sources._engine import load
from tests.integration.loading import Home, append_directly
from tests.unit.connectors.sources.samples import app_database, lines


@pytest.fixture(autouse=True)
def without_dlt() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "run_pipeline", append_directly)
        yield


ROW = st.tuples(st.sampled_from("abc"), st.sampled_from(["1", "2", "3", "broken"]))
DELIVERIES = st.lists(st.tuples(st.lists(ROW, max_size=5), st.booleans()), min_size=1, max_size=5)
Delivery = list[tuple[list[tuple[str, str]], bool]]
QUICK = settings(max_examples=10, deadline=None)


def new_home() -> Home:
    return Home(Path(tempfile.mkdtemp()))


@QUICK
@given(deliveries=DELIVERIES)
def test_the_newest_line_of_an_object_is_the_last_one_delivered(deliveries: Delivery) -> None:
    home = new_home()
    for rows, has_end in deliveries:
        objects = [
            {"id": key, "name": value, "created": -1 if value == "broken" else 1793527200}
            for key, value in rows
        ]
        text = lines(*objects)
        home.put("stripe/customers.jsonl", text if has_end else text.rstrip("\n"))
        home.load("stripe")
        newest = home.rows(
            "select id, arg_max(name, (_file_version, _row_number)) from raw_stripe.customers "
            "group by id"
        )
        delivered = {key: value for key, value in rows if value != "broken"}
        assert delivered.items() <= dict(newest).items()
        assert [row for _, row in home.broken()] == [
            number for number, (_, value) in enumerate(rows, 1) if value == "broken"
        ]


@QUICK
@given(deliveries=DELIVERIES, files=st.lists(st.sampled_from(["x", "y"]), min_size=5, max_size=5))
# What is left out of one file must not stand on the last row of another, which may change yet.
@example(
    deliveries=[([("b", "2")], False), ([("b", "2"), ("a", "1")], False), ([("a", "1")], False)],
    files=["x", "y", "x"],
)
def test_every_version_of_a_row_is_kept_once(deliveries: Delivery, files: list[str]) -> None:
    home = new_home()
    delivered: set[tuple[str, str]] = set()
    now: dict[str, int] = {}
    for (rows, has_end), file in zip(deliveries, files, strict=False):
        records = [f"{key},{'' if value == 'broken' else value}" for key, value in rows]
        text = "\n".join(["signup_id,first_name", *records]) + "\n" * has_end
        home.put(f"signups/{file}.csv", text)
        home.load("signups")
        # A last row without line end is replaced by what it has become, and need not stay.
        delivered |= set(rows if has_end else rows[:-1])
        kept = home.rows("select signup_id, first_name from raw_signups.signups")
        assert len(kept) == len(set(kept))
        assert {row for row in delivered if row[1] != "broken"} <= set(kept)
        assert {row for row in rows if row[1] != "broken"} <= set(kept)
        now[file] = sum(value == "broken" for _, value in rows)
        assert len(home.broken()) == sum(now.values())


def test_the_last_line_of_one_file_stands_for_no_other_files_line() -> None:
    home = new_home()
    known, other = ({"id": key, "name": "Ann", "created": 1793527200} for key in ("c1", "c2"))
    home.put("stripe/customers.jsonl", lines(known).rstrip("\n"))
    home.load("stripe")
    home.put("stripe/customers.jsonl.gz", gzip.compress(lines(known).encode()))
    home.load("stripe")
    home.put("stripe/customers.jsonl", lines(other))
    home.load("stripe")
    assert set(home.rows("select id from raw_stripe.customers")) == {("c1",), ("c2",)}


def test_the_newest_state_of_a_purchase_is_known_though_it_tells_no_time() -> None:
    home = new_home()
    purchase = {"user_id": "u1", "quantity": 1, "unit_price": 1, "currency": "USD"}
    path = home.settings.input_dir / "app/app.sqlite"
    for status in ("completed", "refunded", "completed"):
        path.unlink(missing_ok=True)
        rows = [
            {**purchase, "purchase_id": key, "status": of, "purchased_at": "2026-11-01T10:00:00Z"}
            for key, of in (("p1", status), ("p2", "cancelled"))
        ]
        app_database(path, purchases=rows)
        home.load("app")
        newest = home.rows(
            "select purchase_id, arg_max(status, _file_version), count(*) "
            "from raw_app.purchases group by 1 order by 1"
        )
        assert [row[:2] for row in newest] == [("p1", status), ("p2", "cancelled")]
    assert [row[2] for row in newest] == [3, 1]


def test_several_versions_of_one_row_in_a_database_are_known_together() -> None:
    home = new_home()
    path = home.settings.input_dir / "app/app.sqlite"
    ann, bea = ({"user_id": key, "first_name": "Ann"} for key in ("u1", "u2"))
    for versions, new in (
        ([("Ann", 1), ("Anna", 2)], 3),
        ([("Ann", 1), ("Anna", 2)], 0),
        ([("Anna", 2), ("Ann", 1)], 2),
        ([("Ann", 1)], 0),
        ([("Ann", 1), ("Anna", 2), ("Ann", 3)], 3),
        ([("Ann", 1), ("Ann", 1)], 2),
        ([("Ann", 1), ("Ann", 1)], 0),
    ):
        path.unlink(missing_ok=True)
        times = [(name, f"2026-11-0{day}T10:00:00Z") for name, day in versions]
        changed = [{**ann, "first_name": name, "updated_at": time} for name, time in times]
        app_database(path, users=[*changed, bea])
        assert home.load("app")["app.users"].rows_loaded == new, versions


@QUICK
@given(deliveries=DELIVERIES)
def test_decisions_are_those_the_file_holds_now(deliveries: Delivery) -> None:
    home = new_home()
    held: dict[str, str] = {}
    header = "suppression_id,identifier_type,identifier_value"
    for rows, has_end in deliveries:
        records = [f"{key},email,{'' if value == 'broken' else value}" for key, value in rows]
        home.put("stewardship/suppressions.csv", "\n".join([header, *records]) + "\n" * has_end)
        home.load("stewardship")
        sound = {key: value for key, value in rows if value != "broken"}
        mistyped = {key for key, value in rows if value == "broken"}
        held = {key: value for key, value in held.items() if key in mistyped} | sound
        newest = home.rows(
            "select suppression_id, arg_max(identifier_value, (_file_version, _row_number)) "
            "from raw_stewardship.suppressions group by 1"
        )
        assert dict(newest) == held
