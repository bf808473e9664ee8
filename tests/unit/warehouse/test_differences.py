from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goldthread.warehouse.differences import bring_up_to_date

TABLE = '"marts"."people"'

# Few values, so that rows stay, change, come, go and repeat.
ROWS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["a", "", None]),
        st.sampled_from([1.5, float("nan"), None]),
        st.sampled_from([["x"], [], None]),
    ),
    max_size=20,
)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        for database in ("copy", "warehouse"):
            con.execute(f"attach ':memory:' as {database}")
            con.execute(f"create schema {database}.marts")
        yield con


def write(
    con: duckdb.DuckDBPyConnection, database: str, rows: list[tuple[object, ...]]
) -> list[tuple[object, ...]]:
    con.execute(
        f"create or replace table {database}.{TABLE} "
        "(id integer, name varchar, score double, tags varchar[])"
    )
    if rows:
        con.executemany(f"insert into {database}.{TABLE} values (?, ?, ?, ?)", rows)
    return bag(con, database)


def bag(con: duckdb.DuckDBPyConnection, database: str) -> list[tuple[object, ...]]:
    return con.execute(f"select people::varchar from {database}.{TABLE} order by all").fetchall()


@settings(deadline=None, max_examples=60)
@given(former=ROWS, wanted=ROWS, later=ROWS)
@example(former=[], wanted=[(0, "", None, [])], later=[(0, "", None, None)])
def test_a_table_becomes_what_it_is_to_be_or_stays_as_it_was(
    former: list[tuple[object, ...]],
    wanted: list[tuple[object, ...]],
    later: list[tuple[object, ...]],
) -> None:
    with duckdb.connect() as con:
        for database in ("copy", "warehouse"):
            con.execute(f"attach ':memory:' as {database}")
            con.execute(f"create schema {database}.marts")
        held = write(con, "copy", former)
        for rows in (wanted, [*wanted[1:], *later[:2]]):
            right = write(con, "warehouse", rows)
            if bring_up_to_date(con, TABLE):
                held = right
            assert bag(con, "copy") == held


def test_only_the_rows_that_changed_are_written(con: duckdb.DuckDBPyConnection) -> None:
    write(con, "copy", [(i, "a", 1.0, ["x"]) for i in range(100)])
    wanted = [(i, "b" if i == 7 else "a", 1.0, ["x"]) for i in range(101) if i != 9]
    right = write(con, "warehouse", wanted)
    assert bring_up_to_date(con, TABLE)
    assert bag(con, "copy") == right
    moved = con.execute(f"select id from copy.{TABLE} where rowid <> id order by id").fetchall()
    assert moved == [(7,), (100,)]


def test_a_table_that_would_hold_many_dead_rows_is_left_to_be_written_again(
    con: duckdb.DuckDBPyConnection,
) -> None:
    write(con, "copy", [(i, "a", None, None) for i in range(100)])
    taken = 0
    for step in range(1, 10):
        write(con, "warehouse", [(i, f"{step}" if i < 5 else "a", None, None) for i in range(100)])
        if not bring_up_to_date(con, TABLE):
            break
        taken = step
    assert taken == 5


def test_other_columns_are_no_difference_of_rows(con: duckdb.DuckDBPyConnection) -> None:
    write(con, "copy", [(1, "a", None, None)])
    write(con, "warehouse", [(1, "a", None, None)])
    con.execute(f"alter table warehouse.{TABLE} alter id type bigint")
    assert not bring_up_to_date(con, TABLE)
