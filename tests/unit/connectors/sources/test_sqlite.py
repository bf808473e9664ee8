"""SQLite: a column may hold anything, and one odd value never fails a load."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.sources import Column, Table, UnreadableFile
from connectors.sources._engine import sqlite_rows
from connectors.sources._engine.batches import MAX_FIELD_BYTES
from connectors.sources._engine.files import fingerprint
from tests.unit.connectors.sources.samples import Staged, app_database

Stager = Callable[..., Staged]


def purchase(purchase_id: Any, **cells: Any) -> dict[str, Any]:
    return {
        "purchase_id": purchase_id,
        "user_id": "u1",
        "quantity": 1,
        "unit_price": 9.5,
        "currency": "USD",
        "status": "completed",
        "purchased_at": "2026-11-01T10:00:00Z",
        "updated_at": "2026-11-01T10:00:00Z",
        **cells,
    }


@pytest.fixture
def purchases(staged: Stager, tmp_path: Path) -> Callable[..., Staged]:
    def load(*rows: dict[str, Any]) -> Staged:
        app_database(tmp_path / "app.sqlite", purchases=list(rows))
        return staged("app", "purchases", "app.sqlite", None)

    return load


def test_values_are_typed_whatever_sqlite_holds(purchases: Callable[..., Staged]) -> None:
    result = purchases(
        purchase("p1", quantity=2, unit_price=19.99),
        purchase("p2", quantity="3", unit_price="1e2"),
        purchase("p3", quantity=1.0, unit_price=0),
        purchase(4, product_name=b"shoe", unit_price=b"9.5"),
    )
    assert result.broken == {}
    assert result.keys("purchase_id") == ["p1", "p2", "p3", "4"]
    assert result.keys("quantity") == [Decimal(2), Decimal(3), Decimal(1), Decimal(1)]
    assert result.keys("unit_price") == [Decimal("19.99"), Decimal(100), Decimal(0), Decimal("9.5")]
    assert result.keys("_row_number") == [1, 2, 3, 4]
    assert result.rows[3]["product_name"] == "shoe"


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"purchase_id": None}, "purchase_id is missing"),
        ({"user_id": None}, "user_id is missing: it must name the person"),
        ({"user_id": "  "}, "user_id is missing"),
        ({"quantity": -2}, "quantity is -2: it must be a number above 0"),
        ({"quantity": 0}, "quantity is 0"),
        (
            {"quantity": 100_001},
            "quantity is 100001: it must be a number above 0 and at most 100000",
        ),
        ({"unit_price": 10**11}, "at least 0 and at most 1000000000"),
        ({"quantity": "two"}, "quantity is two"),
        ({"quantity": None}, "quantity is missing"),
        ({"unit_price": -0.01}, "unit_price is -0.01: it must be a number of at least 0"),
        ({"unit_price": "free"}, "unit_price is free"),
        ({"unit_price": float("inf")}, "unit_price is Inf"),
        ({"currency": "dollars"}, "currency is dollars: it must be a currency code"),
        ({"currency": ""}, "currency is missing"),
        ({"status": "lost"}, "status is lost: it must be one of completed, refunded, cancelled"),
        ({"purchased_at": "2026-02-30T10:00:00Z"}, "purchased_at is 2026-02-30T10:00:00Z"),
        ({"purchased_at": "9999-01-01T10:00:00Z"}, "purchased_at is 9999"),
        ({"purchased_at": None, "updated_at": None}, "at least one must say when it was"),
        ({"product_name": "a\0b"}, "product_name holds a NUL byte"),
        ({"product_name": "x" * 262_145}, "product_name has 262145 bytes"),
        ({"product_name": b"\xff\xfe"}, "product_name is not UTF-8: byte 0xff"),
    ],
)
def test_a_broken_row_is_set_aside_with_its_reason(
    purchases: Callable[..., Staged], cells: dict[str, Any], reason: str
) -> None:
    result = purchases(purchase("p1"), purchase("p2") | cells, purchase("p3"))
    assert list(result.broken) == [2]
    assert reason in result.broken[2]
    assert result.keys("purchase_id") == ["p1", "p3"]


def test_unknown_columns_are_kept_and_missing_ones_are_null(staged: Stager, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute(
            'create table users (user_id text primary key, "e-mail" text, email text)'
        )
        connection.execute("insert into users values ('u1', 'x', 'ann@example.org')")
    result = staged("app", "users", "app.sqlite", None)
    assert result.keys("_extra") == ['{"e-mail":"x"}']
    assert result.keys("updated_at") == [None]
    assert staged("app", "purchases", "app.sqlite", None).rows == []


def test_a_table_without_rowid_is_numbered(staged: Stager, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute(
            "create table users (user_id text primary key, email text) without rowid"
        )
        connection.executemany("insert into users values (?, 'a@b.co')", [["u2"], ["u1"]])
    assert staged("app", "users", "app.sqlite", None).keys("_row_number") == [1, 2]


def test_a_view_is_numbered(staged: Stager, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute("create table people (user_id text, email blob)")
        connection.execute("insert into people values ('u1', 'a@b.co'), ('u2', x'ff')")
        connection.execute("create view Users as select * from people")
    result = staged("app", "users", "app.sqlite", None)
    assert (result.keys("_row_number"), list(result.broken)) == ([1], [2])


def test_a_column_may_be_named_as_the_number_of_a_row(staged: Stager, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute("create table users (user_id text, email text, RowId text, oid text)")
        connection.execute("insert into users values ('u1', 'a@b.co', 'r7', 'o7')")
    result = staged("app", "users", "app.sqlite", None)
    assert result.keys("_row_number") == [1]
    assert result.keys("_extra") == ['{"RowId":"r7","oid":"o7"}']
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute("alter table users add column _rowid_ text")
    assert staged("app", "users", "app.sqlite", None).keys("_row_number") == [1]


def test_bytes_in_a_column_that_nobody_declared_break_no_row(
    staged: Stager, tmp_path: Path
) -> None:
    odd = [b"\xff\xd8", b"a\0b", b"x" * (MAX_FIELD_BYTES + 1), b"text"]
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute("create table users (user_id text, email text, picture blob)")
        rows = [(f"u{number}", "a@b.co", cell) for number, cell in enumerate(odd)]
        connection.executemany("insert into users values (?, ?, ?)", rows)
        connection.execute("insert into users values ('u9', ?, ?)", (b"\xff", b"\xff"))
    result = staged("app", "users", "app.sqlite", None)
    assert result.keys("user_id") == ["u0", "u1", "u2", "u3"]
    assert result.keys("_extra") == [None, None, None, '{"picture":"text"}']
    assert result.broken == {5: "email is not UTF-8: byte 0xff"}


def test_a_file_that_is_no_database_is_reported_not_raised(staged: Stager) -> None:
    result = staged("app", "users", "app.sqlite", b"no database " * 100)
    assert "cannot be read" in result.broken[0]


def test_a_locked_database_is_named(
    staged: Stager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_rows, "BUSY_SECONDS", 0.01)
    app_database(tmp_path / "app.sqlite")
    writer = sqlite3.connect(tmp_path / "app.sqlite")
    writer.execute("begin exclusive")
    with pytest.raises(UnreadableFile, match=r"app\.sqlite cannot be read: database is locked"):
        staged("app", "users", "app.sqlite", None)
    writer.close()


def test_what_stands_in_the_write_ahead_log_is_read(staged: Stager, tmp_path: Path) -> None:
    app_database(tmp_path / "app.sqlite")
    writer = sqlite3.connect(tmp_path / "app.sqlite")
    writer.execute("pragma journal_mode = wal")
    writer.execute("insert into users (user_id, email) values ('u1', 'ann@example.org')")
    writer.commit()
    assert staged("app", "users", "app.sqlite", None).keys("user_id") == ["u1"]
    writer.close()


def database_with_a_log(path: Path) -> sqlite3.Connection:
    app_database(path)
    writer = sqlite3.connect(path)
    writer.execute("pragma journal_mode = wal")
    writer.execute("insert into users (user_id, email) values ('u1', 'ann@example.org')")
    writer.commit()
    return writer


@pytest.fixture
def nothing_may_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on a read-only disk, where SQLite cannot make the files that it wants beside a log."""
    connect = sqlite3.connect

    def refusing(name: str, **options: Any) -> sqlite3.Connection:
        return connect(name if "immutable" in name else (tmp_path / "no/file").as_uri(), **options)

    monkeypatch.setattr(sqlite3, "connect", refusing)


def test_a_database_with_a_log_is_read_where_nothing_may_be_written(
    staged: Stager, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database_with_a_log(tmp_path / "app.sqlite").close()
    request.getfixturevalue("nothing_may_be_written")
    assert staged("app", "users", "app.sqlite", None).keys("user_id") == ["u1"]


def test_a_log_that_cannot_be_followed_is_told_with_the_remedy(
    staged: Stager, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    writer = database_with_a_log(tmp_path / "app.sqlite")
    request.getfixturevalue("nothing_may_be_written")
    with pytest.raises(UnreadableFile, match="deliver a copy made with `vacuum into`"):
        staged("app", "users", "app.sqlite", None)
    writer.close()


def test_the_log_that_reading_itself_leaves_is_no_change(staged: Stager, tmp_path: Path) -> None:
    database_with_a_log(tmp_path / "app.sqlite").close()
    before = fingerprint(tmp_path / "app.sqlite")
    staged("app", "users", "app.sqlite", None)
    assert (tmp_path / "app.sqlite-wal").exists()
    assert fingerprint(tmp_path / "app.sqlite") == before


def test_a_log_that_its_writer_takes_away_meanwhile_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_database(tmp_path / "app.sqlite")
    monkeypatch.setattr(Path, "exists", lambda path: True)
    assert fingerprint(tmp_path / "app.sqlite")[0] == (tmp_path / "app.sqlite").stat().st_size


def test_what_is_written_behind_a_link_is_a_change(tmp_path: Path) -> None:
    app_database(tmp_path / "real/app.sqlite")
    link = tmp_path / "app.sqlite"
    link.symlink_to(tmp_path / "real/app.sqlite")
    writer = sqlite3.connect(tmp_path / "real/app.sqlite")
    writer.execute("pragma journal_mode = wal")
    before = fingerprint(link)
    writer.execute("insert into users (user_id, email) values ('u1', 'ann@example.org')")
    writer.commit()
    assert fingerprint(link) != before
    writer.close()


def test_a_file_without_the_table_is_told_with_the_tables_it_holds(
    staged: Stager, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "app.sqlite") as connection:
        connection.execute("create table accounts (user_id text)")
    result = staged("app", "users", "app.sqlite", None)
    assert result.broken == {
        0: "there is no table users: the file must hold it; its tables: accounts"
    }


@pytest.mark.parametrize(("owner", "key"), [(b"7", "s1:7"), (None, "s1")])
def test_a_row_that_cannot_be_read_is_named_by_its_key_as_the_file_calls_it(
    owner: bytes | None, key: str
) -> None:
    columns = (Column("owner", source_name="Owner No"), Column("serial"), Column("note"))
    table = Table(
        "items", columns, ("i.db",), "sqlite", key=("serial", "owner"), sqlite_table="items"
    )
    row = (1, owner, b"s1", b"\xff")
    assert sqlite_rows._broken(row, ["OWNER NO", "serial", "note"], table).key == key
