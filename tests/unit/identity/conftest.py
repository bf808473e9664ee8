"""Person records as int_identity__linkage_records gives them, made in the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import committed_model, score_pairs

COLUMNS = (
    *("first_name", "last_name", "email", "phone"),
    *("address_line", "postal_code", "city", "country"),
)
Pairs = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def linkage_records(people: dict[str, dict[str, Any]]) -> pa.Table:
    """Each record its own profile; birth_date as ISO text."""
    keys = sorted(people)
    born = [people[key].get("birth_date") for key in keys]
    columns: dict[str, Any] = {
        "source_record_key": pa.array(keys, "string"),
        "numbering": pa.array(["these"] * len(keys), "string"),
        "record_number": pa.array(range(1, len(keys) + 1), "int64"),
        "profile_number": pa.array(range(1, len(keys) + 1), "int64"),
        "birth_date": pa.array([date.fromisoformat(b) if b else None for b in born], "date32"),
    }
    for name in COLUMNS:
        columns[name] = pa.array([people[key].get(name) for key in keys], "string")
    return pa.table(columns)


def pairs_table(pairs: list[tuple[str, str]], people: Iterable[str] = ()) -> pa.Table:
    """Pairs of keys by the numbers that ``linkage_records`` gives people."""
    return pa.table(numbers(pairs, people))


def numbers(pairs: list[tuple[str, str]], people: Iterable[str]) -> dict[str, pa.Array]:
    number = {key: place for place, key in enumerate(sorted(people), 1)}
    return {
        "left_number": pa.array([number[left] for left, _ in pairs], "int64"),
        "right_number": pa.array([number[right] for _, right in pairs], "int64"),
        "numbering": pa.array(["these"] * len(pairs), "string"),
    }


@pytest.fixture(scope="session")
def nicknames() -> pa.Table:
    return pa.table({"nickname": ["bill", "liz"], "name": ["william", "elizabeth"]})


@pytest.fixture
def score(con: duckdb.DuckDBPyConnection, nicknames: pa.Table) -> Callable[..., Pairs]:
    """Score records with the committed model; the result by its pair of keys."""

    def run(
        people: dict[str, dict[str, Any]], shared: list[tuple[str, str]] | None = None
    ) -> Pairs:
        table = score_pairs(
            linkage_records(people),
            pairs_table(shared or [], people),
            nicknames,
            con,
            committed_model(),
        )
        return {
            (row["left_key"], row["right_key"]): row for row in table.to_arrow_table().to_pylist()
        }

    return run
