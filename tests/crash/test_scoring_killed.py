"""A run that dies while it scores leaves nothing that a later run would trip over."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.crash import scoring_killed
from tests.dbt_commands import FORKS
from tests.unit.identity.conftest import linkage_records, pairs_table

PERSON = {"last_name": "Quist", "birth_date": "1980-01-02", "postal_code": "94110"}
FIRST = {f"r{n}": PERSON | {"first_name": f"Ada{n % 3}"} for n in range(12)}
SECOND = FIRST | {
    "r1": PERSON | {"first_name": "Ida"},
    "r99": PERSON | {"first_name": "Ada1", "city": "Oakland"},
}
Rows = list[tuple[Any, ...]]


def load(path: Path, people: dict[str, dict[str, str]]) -> None:
    import pyarrow as pa

    with duckdb.connect(str(path)) as con:
        con.register("people", linkage_records(people))
        con.register("shared", pairs_table([]))
        con.register("short", pa.table({"nickname": ["bill"], "name": ["william"]}))
        con.execute("create or replace table records as from people")
        con.execute("create or replace table exact_pairs as from shared")
        con.execute("create or replace table nicknames as from short")


def run(path: Path, moment: str) -> int | None:
    process = FORKS.Process(target=scoring_killed.main, args=(str(path), moment))
    process.start()
    process.join()
    return process.exitcode


def result(path: Path) -> tuple[Rows, Rows]:
    with duckdb.connect(str(path), read_only=True) as con:
        pairs = con.execute("from scored_pairs order by left_key, right_key").fetchall()
        kept = con.execute("from identity_kept.pair_scores order by all").fetchall()
    return pairs, kept


@pytest.fixture(scope="module")
def scored_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse whose first records are scored and whose second are loaded."""
    path = tmp_path_factory.mktemp("scored") / "once.duckdb"
    load(path, FIRST)
    assert run(path, "never") == 0
    load(path, SECOND)
    return path


@pytest.fixture(scope="module")
def undisturbed(scored_once: Path) -> Path:
    path = scored_once.with_name("undisturbed.duckdb")
    shutil.copy(scored_once, path)
    assert run(path, "never") == 0
    return path


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_the_next_run_equals_an_undisturbed_one(
    scored_once: Path, undisturbed: Path, tmp_path: Path, moment: str
) -> None:
    disturbed = tmp_path / "disturbed.duckdb"
    shutil.copy(scored_once, disturbed)
    assert run(disturbed, moment) == -signal.SIGKILL
    assert run(disturbed, "never") == 0
    assert result(disturbed) == result(undisturbed)
    assert result(disturbed)[0]
