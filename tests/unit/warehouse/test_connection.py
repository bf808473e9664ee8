"""What a connection to the warehouse leaves undone, and when it is done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pytest
import yaml

from goldthread.settings import PROJECT_DIR, Settings
from goldthread.warehouse import BuildFailed, WarehouseBusy, begin_run, connect, connection
from goldthread.warehouse.connection import (
    BLOCK_MEMORY,
    DEFAULT_MEMORY_LIMIT,
    MEMORY_LIMIT,
    RUNS_UNTIL_VACUUM,
    limit_memory,
    work_within_limits,
)
from goldthread.warehouse.dbt_process import dbt_environment
from goldthread.warehouse.errors import WarehouseDamaged

from .conftest import AS_OF

PROFILE = yaml.safe_load((PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8"))
GROUPS = "select distinct row_group_id from pragma_storage_info('thinned')"


@pytest.mark.parametrize("damage", ["no database", "no checksum", "cut short"])
def test_a_damaged_warehouse_is_told_with_what_to_do(settings: Settings, damage: str) -> None:
    with connect(settings) as con:
        con.execute("create table numbers as from range(100000)")
    content = settings.warehouse_path.read_bytes()
    settings.warehouse_path.write_bytes(
        {
            "no database": b"x" * len(content),
            "no checksum": content[:4_096] + bytes(8_192) + content[12_288:],
            "cut short": content[:10_000],
        }[damage]
    )
    with pytest.raises(WarehouseDamaged, match=r"is damaged: .* Move it away"):
        connect(settings)


@contextmanager
def asked_elsewhere(settings: Settings, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the warehouse open to read."""
    script = (
        "import sys, time, duckdb\n"
        "con = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True)\n"
        "time.sleep(float(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, str(settings.warehouse_path), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        try:
            yield reader
        finally:
            reader.kill()


def test_who_writes_waits_until_a_question_is_answered(settings: Settings) -> None:
    connect(settings).close()
    with asked_elsewhere(settings, seconds=0.5), connect(settings) as con:
        con.execute("create table numbers as from range(3)")


def test_who_holds_the_warehouse_for_long_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.2)
    connect(settings).close()
    with (
        asked_elsewhere(settings, seconds=60) as reader,
        pytest.raises(WarehouseBusy, match=str(reader.pid)),
    ):
        connect(settings)


def test_dbt_waits_as_long() -> None:
    attempts = PROFILE["goldthread"]["outputs"]["duckdb"]["retries"]["connect_attempts"]
    assert sum(2**attempt for attempt in range(attempts)) == connection.PATIENCE


def row_groups(settings: Settings) -> int:
    with connect(settings, read_only=True) as con:
        return len(con.execute(GROUPS).fetchall())


def test_groups_of_rows_are_put_together_in_one_run_of_many(settings: Settings) -> None:
    with connect(settings) as con:
        con.execute("create table thinned as select i from range(300000) as t(i)")
        con.execute("checkpoint")
        con.execute("delete from thinned where i % 4 > 0")
    assert row_groups(settings) == 3
    for number in range(1, RUNS_UNTIL_VACUUM + 1):
        assert row_groups(settings) == 3
        with connect(settings) as con:
            assert begin_run(con, settings, AS_OF, "load").run_number == number
    assert row_groups(settings) == 1
    with connect(settings, read_only=True) as con:
        assert con.execute("select count(*), sum(i) from thinned").fetchone() == (
            75000,
            11249850000,
        )


def test_what_does_not_fit_in_memory_is_worked_on_beside_the_warehouse(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MEMORY_LIMIT, "32MiB")
    settings.home.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        work_within_limits(con, settings)
        con.execute("create table many as select i, hash(i) as h from range(5_000_000) as t(i)")
        assert list(settings.home.glob("warehouse.duckdb.tmp/*"))
        assert con.execute("select count(*), sum(i) from many").fetchone() == (
            5_000_000,
            12_499_997_500_000,
        )


@pytest.mark.parametrize("limit", ["", "half"])
def test_a_memory_limit_that_is_none_is_told_wherever_it_is_set(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setenv(MEMORY_LIMIT, limit)
    with duckdb.connect() as con, pytest.raises(BuildFailed, match=f"{MEMORY_LIMIT} is '{limit}';"):
        limit_memory(con)


def test_dbt_and_what_goldthread_does_itself_have_one_limit() -> None:
    profile = (PROJECT_DIR / "profiles.yml").read_text(encoding="utf-8")
    assert f"env_var('{MEMORY_LIMIT}', '{DEFAULT_MEMORY_LIMIT}')" in profile
    assert f"block_allocator_memory: \"{{{{ env_var('{BLOCK_MEMORY}', '0B') }}}}\"" in profile


@pytest.mark.parametrize(("limit", "kept"), [("1GiB", "512.0 MiB"), ("100TiB", "0 bytes")])
def test_half_of_the_limit_is_kept_for_blocks_where_the_machine_has_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, limit: str, kept: str
) -> None:
    monkeypatch.setenv(MEMORY_LIMIT, limit)
    with duckdb.connect() as con:
        limit_memory(con)
        asked = "select current_setting('block_allocator_memory')"
        assert con.execute(asked).fetchone() == (kept,)
    assert dbt_environment(settings)[BLOCK_MEMORY] == kept


def test_a_session_may_be_limited_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect() as con:
        for limit in ("1GiB", "512MiB"):
            monkeypatch.setenv(MEMORY_LIMIT, limit)
            limit_memory(con)
        assert con.execute("select current_setting('memory_limit')").fetchone() == ("512.0 MiB",)
