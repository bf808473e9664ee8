"""Types that cannot be sent are told before anything is; rows with impossible dates stay."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from connectors.sync.columns import beyond_the_calendar, type_problems
from connectors.sync.errors import SpecError
from tests.sync_home import COLUMNS, SyncHome, members

TYPES = dict.fromkeys(COLUMNS, "VARCHAR")


def problems(tmp_path: Path, **types: str) -> list[str]:
    spec = SyncHome(tmp_path).spec()
    return list(type_problems(spec, {**TYPES, **types}))


@pytest.mark.parametrize(
    "kind", ["VARCHAR", "BIGINT", "UINTEGER", "DECIMAL(18,0)", "DATE", "UUID", "ENUM('BIT', 'a')"]
)
def test_keys_that_are_written_alike_everywhere(tmp_path: Path, kind: str) -> None:
    assert problems(tmp_path, customer_id=kind) == []


@pytest.mark.parametrize(
    "kind",
    [
        "TIMESTAMP",
        "TIMESTAMP WITH TIME ZONE",
        "DOUBLE",
        "HUGEINT",
        "DECIMAL(10,2)",
        "BLOB",
        "DATE[]",
    ],
)
def test_a_key_that_a_removal_would_name_otherwise_is_refused(tmp_path: Path, kind: str) -> None:
    (problem,) = problems(tmp_path, customer_id=kind)
    assert problem.startswith(f"key column 'customer_id' of webhook__audience_members is {kind},")


@pytest.mark.parametrize(
    "kind", ["INTERVAL", "STRUCT(a INTERVAL)", "TIMESTAMP_NS", "BIT", "UHUGEINT", "UNION(a DATE)"]
)
def test_a_field_that_has_no_form_is_refused(tmp_path: Path, kind: str) -> None:
    (problem,) = problems(tmp_path, spent_amount=kind)
    assert "column 'spent_amount'" in problem and "cast it in the model" in problem


def test_columns_that_are_not_mapped_may_be_anything(tmp_path: Path) -> None:
    assert problems(tmp_path, birth_date="INTERVAL") == []


def test_a_name_or_a_label_is_no_type(tmp_path: Path) -> None:
    for kind in ('STRUCT("INTERVAL" VARCHAR)', "ENUM('INTERVAL', 'BIT')"):
        assert problems(tmp_path, spent_amount=kind) == []


def test_a_plan_tells_it(tmp_path: Path) -> None:
    home = SyncHome(tmp_path / "home")
    home.publish(members(1), home.spec(key=("spent_amount",)))
    with pytest.raises(SpecError, match=r"key column 'spent_amount' .* is DECIMAL\(18,2\)"):
        home.plan()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("birth_date", "12000-01-01"),
        ("birth_date", "-infinity"),
        ("birth_date", "0044-03-15 (BC)"),
        ("seen_at", "infinity"),
        ("seen_at", "10000-01-01 00:00:00"),
    ],
)
def test_one_date_that_nobody_can_read_stops_only_its_row(
    tmp_path: Path, column: str, value: str
) -> None:
    home = SyncHome(tmp_path / "home")
    rows = members(3)
    rows[1][column] = value
    rows[2]["seen_at"] = "9999-12-31 23:59:59.999999"
    fields = {"customer_id": "customer_id", "list": "audience", "at": "seen_at", "on": "birth_date"}
    home.publish(rows, home.files_spec(fields=fields))
    assert home.plan("files__members").held_back == {"date_out_of_range": 1}
    assert home.apply("files__members").acknowledged == 2


@pytest.mark.parametrize(
    ("kind", "within", "beyond"),
    [
        ("DATE[]", "['2026-01-01', null]", "['2026-01-01', 'infinity']"),
        ("TIMESTAMP[2]", "['2026-01-01', '2026-01-02']", "['2026-01-01', '290000-01-01']"),
        ("STRUCT(a STRUCT(b DATE))", "{'a': {'b': '2026-01-01'}}", "{'a': {'b': '-infinity'}}"),
        ("MAP(VARCHAR, DATE)", "MAP {'a': '2026-01-01'}", "MAP {'a': '0044-03-15 (BC)'}"),
        ("MAP(DATE, DATE[])", "MAP {'2026-01-01': []}", "MAP {'2026-01-01': ['infinity']}"),
        (
            "STRUCT(a TIMESTAMP WITH TIME ZONE[])[]",
            "[null, {'a': ['2026-01-01']}]",
            "[null, {'a': ['2026-01-01']}, {'a': ['infinity']}]",
        ),
        ("TIME", "'23:59:59.999999'", "'24:00:00'"),
        ("TIME_NS", "'23:59:59'", "'24:00:00'"),
        ("TIME[]", "['00:00:00']", "['24:00:00']"),
    ],
)
def test_dates_and_times_that_nobody_can_read_are_found_at_any_depth(
    tmp_path: Path, kind: str, within: str, beyond: str
) -> None:
    spec = SyncHome(tmp_path).spec(fields={"x": "birth_date", "y": "first_name"})
    condition = beyond_the_calendar(spec, {**TYPES, "birth_date": kind})
    with duckdb.connect() as con:
        con.execute(f'create table rows ("birth_date" {kind}, first_name varchar)')
        for value in (within, beyond, "null"):
            con.execute(f"insert into rows values ({value}::{kind}, 'Ana')")
        found = con.execute(f"select coalesce({condition}, false) from rows").fetchall()
    assert found == [(False,), (True,), (False,)]
