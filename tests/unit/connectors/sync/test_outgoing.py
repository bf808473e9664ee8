"""Batches: within the destination's limits, in a fixed order, under keys of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.destinations.base import Limits
from connectors.sync.ledger import TABLES
from connectors.sync.outgoing import cut, intend
from tests.sync_home import SyncHome

COLUMNS = (
    "key_hash uuid, kind varchar, customer_id varchar, audience varchar, destination_key varchar, "
    "payload_hash uuid, payload_bytes bigint, desired_row bigint, was_refused boolean"
)


def difference(con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]]) -> None:
    con.execute(f"create or replace table difference ({COLUMNS})")
    con.execute("drop table if exists outgoing")
    for number, row in enumerate(rows):
        known = {
            "key_hash": UUID(int=number),
            "kind": "add",
            "customer_id": f"cus_{number}",
            "audience": None,
            "destination_key": f'{{"id":"{number}"}}',
            "payload_hash": UUID(int=1000 + number),
            "payload_bytes": 100,
            "desired_row": number,
            "was_refused": False,
        } | row
        con.execute(
            f"insert into difference values ({', '.join('?' for _ in known)})", list(known.values())
        )


def cut_rows(
    con: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], limits: Limits, **options: Any
) -> list[list[tuple[str, int]]]:
    """Kind and key of the rows of each batch."""
    difference(con, rows)
    cut(con, limits, **{"snapshots": False, **options})
    batches: dict[int, list[tuple[str, int]]] = {}
    for number, position, kind, key in con.execute(
        "select batch_number, position, kind, key_hash from outgoing order by sequence"
    ).fetchall():
        batch = batches.setdefault(number, [])
        assert position == len(batch)
        batch.append((kind, key.int))
    assert list(batches) == list(range(1, len(batches) + 1))
    return list(batches.values())


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        yield con


def test_a_batch_holds_as_many_rows_as_the_destination_takes(
    con: duckdb.DuckDBPyConnection,
) -> None:
    batches = cut_rows(con, [{}] * 25, Limits(rows=10))
    assert [len(batch) for batch in batches] == [10, 10, 5]


def test_a_batch_holds_as_many_bytes_as_the_destination_takes(
    con: duckdb.DuckDBPyConnection,
) -> None:
    batches = cut_rows(con, [{"payload_bytes": 1_000}] * 10, Limits(bytes=4_000))
    assert [len(batch) for batch in batches] == [3, 3, 3, 1]


def test_a_row_that_is_too_large_travels_alone(con: duckdb.DuckDBPyConnection) -> None:
    sizes = [{"payload_bytes": size} for size in (100, 9_000, 100)]
    assert [len(batch) for batch in cut_rows(con, sizes, Limits(bytes=2_000))] == [1, 1, 1]


@settings(deadline=None, max_examples=40)
@given(
    sizes=st.lists(st.integers(1, 3_000), max_size=40),
    rows=st.integers(1, 10),
    size=st.integers(1_000, 9_000),
)
def test_no_batch_breaks_a_limit_and_no_row_is_lost(sizes: list[int], rows: int, size: int) -> None:
    with duckdb.connect() as con:
        given_rows = [{"payload_bytes": each} for each in sizes]
        batches = cut_rows(con, given_rows, Limits(rows=rows, bytes=size))
    assert [key for batch in batches for _, key in batch] == list(range(len(sizes)))
    for batch in batches:
        assert len(batch) <= rows
        assert len(batch) == 1 or sum(sizes[key] for _, key in batch) <= size


def test_removals_come_first_and_apart(con: duckdb.DuckDBPyConnection) -> None:
    batches = cut_rows(con, [{}, {"kind": "remove"}, {"kind": "change"}], Limits())
    assert batches == [[("remove", 1)], [("add", 0), ("change", 2)]]


def test_rows_refused_last_time_travel_apart(con: duckdb.DuckDBPyConnection) -> None:
    batches = cut_rows(con, [{"was_refused": True}, {}, {}], Limits())
    assert batches == [[("add", 1), ("add", 2)], [("add", 0)]]


def test_removals_by_another_key_travel_apart(con: duckdb.DuckDBPyConnection) -> None:
    removals = [
        {"kind": "remove", "destination_key": '{"id":"1"}'},
        {"kind": "remove", "destination_key": '{"email":"a@example.com"}'},
        {"kind": "remove", "destination_key": '{"id":"2"}'},
    ]
    assert sorted(len(batch) for batch in cut_rows(con, removals, Limits())) == [1, 2]


def test_a_snapshot_is_one_batch(con: duckdb.DuckDBPyConnection) -> None:
    rows = [{}, {"kind": "remove"}, {"was_refused": True}]
    assert len(cut_rows(con, rows, Limits(rows=1), snapshots=True)) == 1


def test_nothing_to_do_makes_no_batch(con: duckdb.DuckDBPyConnection) -> None:
    assert (
        cut_rows(con, [{"kind": "unchanged"}, {"kind": "left"}, {"kind": "resend"}], Limits()) == []
    )


def test_no_key_comes_twice_not_even_from_a_ledger_that_was_put_back(home: SyncHome) -> None:
    def keys() -> list[str]:
        with duckdb.connect() as con:
            con.execute("attach ':memory:' as ledger")
            for table, columns in TABLES.items():
                con.execute(f"create table ledger.{table} ({columns})")
            con.execute("insert into ledger.meta values ('ledger_id', 'fixed')")
            cut_rows(con, [{}] * 4, Limits(rows=2))
            intend(con, home.spec(), 1)
            query = "select idempotency_key from ledger.batches order by batch_id"
            return [key for (key,) in con.execute(query).fetchall()]

    assert len({*keys(), *keys()}) == 4
