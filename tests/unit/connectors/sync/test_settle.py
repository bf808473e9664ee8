"""What the ledger believes the destination holds, after every kind of answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from uuid import UUID

import duckdb
import pytest

from connectors.destinations.base import Status
from connectors.sync.ledger import TABLES
from connectors.sync.settle import Delivery, RowAnswer, abandon, record, settle

KEY, OLD, NEW = UUID(int=1), UUID(int=2), UUID(int=3)
GONE = "gone"


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("attach ':memory:' as ledger")
        for table, columns in TABLES.items():
            con.execute(f"create table ledger.{table} ({columns})")
        con.execute("create table desired (key_hash uuid, payload_hash uuid)")
        yield con


def intend(con: duckdb.DuckDBPyConnection, kind: str, held: UUID | None) -> None:
    """One batch of one row, as written before sending."""
    con.execute(
        "insert into ledger.batches by name select 1 as batch_id, 'k1' as idempotency_key, "
        "1 as run_number, 1 as last_run_number, 'upsert' as operation, 1 as row_count, "
        "'pending' as state, 'retryable' as status, 'not_sent' as reason, 0 as attempt_count, "
        "false as is_doubtful, false as is_settled"
    )
    payload = None if kind == "remove" else NEW
    con.execute(
        "insert into ledger.rows values (1, 0, ?, ?, ?, 'cus_1', null)", [kind, KEY, payload]
    )
    con.execute("insert into ledger.live values (?, '{}', 'cus_1', null, ?, 0)", [KEY, held])


def answer(
    con: duckdb.DuckDBPyConnection,
    status: Status,
    *,
    doubt: bool = False,
    state: Literal["done", "pending"] = "done",
) -> None:
    rows = [] if status == "ok" else [RowAnswer(0, status, "reason", 422, "k1")]
    record(con, [Delivery("k1", state, "ok", None, 200, 1, doubt, rows)])


def live(con: duckdb.DuckDBPyConnection) -> Any:
    """The payload the destination is believed to hold; None: uncertain."""
    row = con.execute("select payload_hash from ledger.live").fetchone()
    return GONE if row is None else row[0]


@pytest.mark.parametrize(
    ("kind", "held", "status", "doubt", "then"),
    [
        ("add", None, "ok", False, NEW),
        ("add", None, "ok", True, NEW),
        ("add", None, "rejected", False, GONE),
        ("add", None, "rejected", True, None),
        ("add", None, "retryable", False, GONE),
        ("change", OLD, "ok", False, NEW),
        ("change", OLD, "rejected", False, OLD),
        ("change", OLD, "rejected", True, None),
        ("change", OLD, "retryable", False, OLD),
        ("remove", OLD, "ok", False, GONE),
        ("remove", OLD, "rejected", False, OLD),
        ("remove", OLD, "rejected", True, None),
        ("remove", None, "ok", True, GONE),
    ],
)
def test_what_is_held_after_an_answer(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    held: UUID | None,
    status: Status,
    doubt: bool,
    then: Any,
) -> None:
    intend(con, kind, held)
    answer(con, status, doubt=doubt)
    settle(con)
    assert live(con) == then


def test_an_answer_takes_effect_once(con: duckdb.DuckDBPyConnection) -> None:
    intend(con, "add", None)
    answer(con, "ok")
    settle(con)
    con.execute("update ledger.live set payload_hash = ?", [OLD])
    settle(con)
    assert live(con) == OLD


def test_a_pending_batch_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    intend(con, "change", OLD)
    answer(con, "ok", state="pending")
    settle(con)
    assert live(con) == OLD


def test_a_rejection_is_remembered_until_the_row_is_accepted(
    con: duckdb.DuckDBPyConnection,
) -> None:
    def next_answer(status: Status) -> Any:
        for table in ("batches", "rows", "row_outcomes", "live"):
            con.execute(f"delete from ledger.{table}")
        intend(con, "add", None)
        answer(con, status)
        settle(con)
        return con.execute("from ledger.refusals").fetchall()

    assert next_answer("rejected") == [(KEY, NEW)]
    assert next_answer("retryable") == [(KEY, NEW)]
    assert next_answer("rejected") == [(KEY, NEW)]
    assert next_answer("ok") == []


@pytest.mark.parametrize(
    ("kind", "wanted", "mode", "is_repeated"),
    [
        ("add", NEW, "mirror", True),
        ("add", OLD, "mirror", False),
        ("add", None, "mirror", False),
        ("change", NEW, "upsert", True),
        ("remove", None, "mirror", True),
        ("remove", None, "upsert", False),
        ("remove", OLD, "mirror", False),
    ],
)
def test_a_pending_batch_is_repeated_only_to_the_letter(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    wanted: UUID | None,
    mode: Literal["upsert", "mirror"],
    is_repeated: bool,
) -> None:
    intend(con, kind, OLD)
    if wanted is not None:
        con.execute("insert into desired values (?, ?)", [KEY, wanted])
    assert abandon(con, mode, snapshots=False) == ([] if is_repeated else ["k1"])
    # What was abandoned may or may not be there: uncertain, so that it is sent or removed again.
    assert live(con) == (OLD if is_repeated else None)


def test_a_snapshot_is_never_repeated(con: duckdb.DuckDBPyConnection) -> None:
    intend(con, "add", None)
    con.execute("insert into desired values (?, ?)", [KEY, NEW])
    assert abandon(con, "mirror", snapshots=True) == ["k1"]


def test_many_answers_are_one_transaction(con: duckdb.DuckDBPyConnection) -> None:
    intend(con, "add", None)
    con.execute("insert into ledger.batches by name select * replace (2 as batch_id, "
                "'k2' as idempotency_key) from ledger.batches")  # fmt: skip
    rows = [RowAnswer(0, "rejected", "no", 400, "part")]
    record(
        con,
        [
            Delivery("k1", "done", "ok", None, 200, 2, True),
            Delivery("k2", "done", "ok", None, None, 5, False, rows),
        ],
    )
    query = (
        "select idempotency_key, state, attempt_count, is_doubtful from ledger.batches order by 1"
    )
    assert con.execute(query).fetchall() == [("k1", "done", 2, True), ("k2", "done", 5, False)]
    assert con.execute("select batch_id, sent_key from ledger.row_outcomes").fetchall() == [
        (2, "part")
    ]
