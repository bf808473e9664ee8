"""A declaration that was changed holds for the rows that are loaded already, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.sources import SourceWrong
from connectors.sources._engine import load
from connectors.sources._engine.declared_anew import fingerprint
from connectors.sources._engine.state import SourceState
from connectors.sources.declaration import Column, Kind, Source, Table
from tests.integration.loading import Home, append_directly
from tests.unit.connectors.sources.samples import app_database, lines

MEMBERS = Table(
    name="members",
    files=("loyalty/*.csv",),
    format="csv",
    key=("member_id",),
    identifying=("email",),
    columns=(Column("member_id", need="required"), Column("email", "email"), Column("tier")),
)
HEAD = "member_id,email,tier,points\n"
Declare = Callable[[Table], None]


@pytest.fixture(autouse=True)
def without_dlt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "run_pipeline", append_directly)


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Makes a table the only one of the source ``loyalty``."""

    def declare(table: Table) -> None:
        source = Source("loyalty", (table,))
        monkeypatch.setattr(load, "find_source", lambda name: source)

    declare(MEMBERS)
    return declare


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def with_columns(*columns: Column, **changes: Any) -> Table:
    """The members with these columns added, or in place of those of the same name."""
    named = {column.name: column for column in (*MEMBERS.columns, *columns)}
    return replace(MEMBERS, columns=tuple(named.values()), **changes)


def members(home: Home, columns: str) -> list[tuple[Any, ...]]:
    return home.rows(f"select {columns} from raw_loyalty.members order by all")


def test_a_mended_declaration_takes_broken_rows_out_of_quarantine(
    home: Home, declare: Declare
) -> None:
    home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,gold,5\n")
    declare(with_columns(Column("email", "email", source_name="mail")))
    home.load("loyalty")
    assert home.broken() == [("loyalty/a.csv", 2)]
    declare(MEMBERS)
    home.load("loyalty")
    assert home.broken() == []
    assert members(home, "member_id, email") == [("1", "ann@x.example")]
    assert home.load("loyalty")["loyalty.members"].files == 0


def test_a_column_declared_later_is_filled_and_no_row_stands_twice(
    home: Home, declare: Declare
) -> None:
    home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,gold,5\n2,bob@x.example,,7\n")
    home.load("loyalty")
    declare(with_columns(Column("points", "integer")))
    # The next export repeats what the former one said, and adds to it.
    home.put("loyalty/b.csv", f"{HEAD}1,ann@x.example,gold,5\n3,cat@x.example,,9\n")
    home.load("loyalty")
    assert members(home, "member_id, points") == [("1", 5), ("2", 7), ("3", 9)]


def test_a_wrong_kind_that_is_put_right_loses_no_digit(home: Home, declare: Declare) -> None:
    home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,gold,1.5\n")
    readings: tuple[tuple[Kind, str | None], ...] = (
        ("number", "1.500000"),
        ("integer", None),
        ("text", "1.5"),
    )
    for kind, found in readings:
        declare(with_columns(Column("points", kind)))
        home.load("loyalty")
        assert members(home, "points::varchar") == [(found,)]


def test_another_key_leaves_no_rows_of_the_former_one(home: Home, declare: Declare) -> None:
    home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,gold,5\n2,bob@x.example,,7\n")
    home.load("loyalty")
    home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,silver,5\n2,bob@x.example,,7\n")
    home.load("loyalty")
    declare(with_columns(Column("points", "integer", need="required"), key=("points",)))
    home.load("loyalty")
    assert members(home, "points, tier") == [(5, "silver"), (7, None)]


def test_rows_that_no_file_holds_any_more_stay(home: Home, declare: Declare) -> None:
    gone = home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,gold,5\n")
    home.put("loyalty/b.csv", f"{HEAD}2,bob@x.example,,7\n3,cat@x.example,,9\n")
    home.load("loyalty")
    gone.unlink()
    home.put("loyalty/b.csv", f"{HEAD}2,bob@x.example,,7\n")
    home.load("loyalty")
    declare(with_columns(Column("points", "integer")))
    home.load("loyalty")
    assert members(home, "member_id, points") == [("1", None), ("2", 7), ("3", None)]


def test_a_type_that_would_lose_values_of_a_file_that_is_gone_is_refused(
    home: Home, declare: Declare
) -> None:
    gone = home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,gold,5\n")
    home.load("loyalty")
    gone.unlink()
    declare(with_columns(Column("tier", "integer")))
    with pytest.raises(SourceWrong, match=r"members.tier as bigint, .*loyalty/a.csv do not fit"):
        home.load("loyalty")
    assert members(home, "tier") == [("gold",)]


@pytest.mark.parametrize("changes", [{}, {"skip_known": False}, {"newest": "line"}])
def test_lines_of_json_are_read_again_too(
    home: Home, declare: Declare, changes: dict[str, Any]
) -> None:
    changes = {"format": "jsonl", "files": ("loyalty/*.jsonl",), **changes}
    home.put("loyalty/a.jsonl", lines({"member_id": "1", "email": "a@x.example", "tier": "7"}))
    declare(replace(MEMBERS, **changes))
    home.load("loyalty")
    declare(with_columns(Column("tier", "integer"), **changes))
    home.add("loyalty/a.jsonl", lines({"member_id": "2", "email": "b@x.example", "tier": "8"}))
    home.load("loyalty")
    assert members(home, "member_id, tier") == [("1", 7), ("2", 8)]


def test_a_database_is_read_again_too(home: Home, declare: Declare) -> None:
    changes = {"format": "sqlite", "files": ("loyalty/*.db",), "sqlite_table": "users"}
    row = {"user_id": "1", "email": "a@x.example", "first_name": "Ann"}
    app_database(home.settings.input_dir / "loyalty/a.db", users=[row])
    key = Column("member_id", need="required", source_name="user_id")
    declare(with_columns(key, **changes))
    home.load("loyalty")
    declare(with_columns(key, Column("first_name"), **changes))
    home.load("loyalty")
    assert members(home, "member_id, first_name") == [("1", "Ann")]


def test_a_killed_reading_is_done_again_though_the_declaration_is_put_back(
    home: Home, declare: Declare, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.put("loyalty/a.csv", f"{HEAD}1,ann@x.example,gold,5\n")
    home.load("loyalty")
    declare(with_columns(Column("points", "integer")))
    with monkeypatch.context() as killed:
        killed.setattr(load, "run_pipeline", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            home.load("loyalty")
    declare(MEMBERS)
    home.load("loyalty")
    assert members(home, "member_id, tier") == [("1", "gold")]
    assert home.load("loyalty")["loyalty.members"].files == 0


def test_what_chooses_words_or_files_makes_no_difference() -> None:
    other = replace(MEMBERS, files=("loyalty/*",), skip_known=False)
    assert fingerprint(other) == fingerprint(MEMBERS)
    reworded = with_columns(Column("tier", meaning="a tier"))
    assert fingerprint(reworded) == fingerprint(MEMBERS)
    # A function is told by its name; as text it would hold where it lies in memory.
    derived = Column("tier", derives=(("rank", str.lower),))
    again = Column("tier", derives=(("rank", lambda text: text),))
    assert fingerprint(with_columns(derived)) not in (
        fingerprint(with_columns(again)),
        fingerprint(MEMBERS),
    )
    assert fingerprint(with_columns(Column("tier", allowed=("gold",)))) != fingerprint(MEMBERS)


def test_what_an_earlier_release_loaded_counts_as_read_by_this_declaration(home: Home) -> None:
    assert SourceState.from_dict({"run_number": 3, "files": {}}).declared == {}
