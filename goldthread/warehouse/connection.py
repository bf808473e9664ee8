"""Opening the warehouse, and the run's one clock."""

from __future__ import annotations

import os
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from goldthread.warehouse.errors import (
    BuildFailed,
    HomeRefused,
    NothingLoaded,
    WarehouseBusy,
    WarehouseDamaged,
)
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


# Without FSST a file of many texts is half as large again, and written in two thirds of the time.
FAST_WRITING = "set disabled_compression_methods = 'fsst'"

# After deletes and inserts DuckDB merges small row groups at every checkpoint. That takes seconds
# in one thread, even for tables that the next build replaces. So only one run in this many does it
# (and dbt never: profiles.yml).
RUNS_UNTIL_VACUUM = 20

# Seconds. Another run is refused by its lock; what holds the file besides is mostly somebody's
# question (`goldthread identity explain`), and soon over. dbt waits as long: profiles.yml.
PATIENCE = 7.0
PAUSE = 0.1

# As profiles.yml has it.
MEMORY_LIMIT = "GOLDTHREAD_MEMORY_LIMIT"
DEFAULT_MEMORY_LIMIT = "6GiB"
BLOCK_MEMORY = "GOLDTHREAD_BLOCK_MEMORY"

# Of the limit: what DuckDB keeps for blocks of 256 KiB once it has it. Giving it back and taking it
# anew, page by page, for every table took a tenth of a build's time.
KEPT_FOR_BLOCKS = "50%"

# What the engines make of these in a path: dlt the end of a text in its SQL, and a template to fill
# in; DuckDB and dbt the start of options; DuckDB a column that each file in folder key=value has.
MISREAD = "'%?#="

WAREHOUSE_HELD = (
    "{settings.warehouse_path} is in use by another process: {error}. "
    "Wait until it has finished, or query the published copy {settings.marts_path} instead."
)

WAREHOUSE_DAMAGED = (
    "{settings.warehouse_path} is damaged: {error}. Move it away, with the .wal beside it if there "
    "is one, and give the same command again: it is rebuilt from the input and the state folder, "
    "with the same customer ids. What is published stays as it was."
)

# What DuckDB says of a file that another process holds, and of one that it cannot read.
LOCKED = "Could not set lock"
_DAMAGE = ("not a valid DuckDB database file", "Corrupt database file", "Could not read enough")


@dataclass(frozen=True)
class Run:
    """One run: its position, its id and the moment it stands for (UTC, naive)."""

    run_number: int
    run_id: str
    as_of: datetime


def check_home(settings: Settings) -> None:
    """Raise HomeRefused when the engines would misread the home's path."""
    found = " and ".join(each for each in MISREAD if each in str(settings.home))
    if found:
        raise HomeRefused(
            f"DuckDB, dlt or dbt cannot work in {settings.home}, for the {found} in its path; "
            "name another home in GOLDTHREAD_HOME."
        )


def connect(settings: Settings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open the warehouse file, creating the home folder when it is new.

    Who writes waits PATIENCE seconds for others to close the file; whoever reads holds up nobody.
    Raises WarehouseBusy when another process holds it, with DuckDB's account of the holder,
    WarehouseDamaged, NothingLoaded when there is no file to read only, and HomeRefused.
    """
    import duckdb

    check_home(settings)
    if read_only:
        require_warehouse(settings)
    settings.home.mkdir(parents=True, exist_ok=True)
    given_up = time.monotonic() + (0 if read_only else PATIENCE)
    while True:
        try:
            con = duckdb.connect(str(settings.warehouse_path), read_only=read_only)
            break
        except duckdb.IOException as error:
            reason = why_closed(settings, error)
            if not isinstance(reason, WarehouseBusy) or time.monotonic() >= given_up:
                raise reason from error
        time.sleep(PAUSE)
    con.execute("set max_vacuum_tasks = 0")
    con.execute(FAST_WRITING)
    return con


def why_closed(settings: Settings, error: duckdb.IOException) -> Exception:
    """What to raise where the warehouse cannot be opened: in people's words if it is held or
    damaged, else the error itself."""
    if any(words in str(error) for words in _DAMAGE):
        return WarehouseDamaged(WAREHOUSE_DAMAGED.format(settings=settings, error=error))
    if LOCKED in str(error):
        return WarehouseBusy(WAREHOUSE_HELD.format(settings=settings, error=error))
    return error


def require_warehouse(settings: Settings) -> None:
    """Raise NothingLoaded when there is no file: whoever opens it for writing would make one.

    Raises HomeRefused like ``connect``.
    """
    check_home(settings)
    if not settings.warehouse_path.exists():
        raise NothingLoaded(
            f"There is no warehouse in {settings.home} yet; run `goldthread run` first."
        )


def limit_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Let DuckDB hold as much memory as building may, and no more; beyond that it works on disk.

    Half of it is kept for blocks, where the machine has that much. Raises BuildFailed for a limit
    that DuckDB cannot read.
    """
    import duckdb

    limit = os.environ.get(MEMORY_LIMIT, DEFAULT_MEMORY_LIMIT)
    try:
        con.execute(f"set memory_limit = {literal(limit)}")
    except duckdb.Error:
        raise BuildFailed(
            f"{MEMORY_LIMIT} is {limit!r}; it must be an amount of memory such as 6GiB."
        ) from None
    # More than the machine has is refused, and less than before.
    with suppress(duckdb.Error):
        con.execute(f"set block_allocator_memory = '{KEPT_FOR_BLOCKS}'")


def block_memory() -> str:
    """How much memory dbt's DuckDB may keep for blocks: as much as ``limit_memory`` lets one keep.

    Raises BuildFailed for a limit that DuckDB cannot read.
    """
    import duckdb

    with duckdb.connect() as con:
        limit_memory(con)
        row = con.execute("select current_setting('block_allocator_memory')").fetchone()
    assert row is not None
    return str(row[0])


def work_within_limits(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """``limit_memory`` for a session without a file of its own.

    It works on disk where the next run removes what a kill left behind.
    """
    limit_memory(con)
    con.execute(f"set temp_directory = {literal(f'{settings.warehouse_path}.tmp')}")


def start_run(con: duckdb.DuckDBPyConnection, as_of: datetime, command: str) -> Run:
    """Record a new run in ``raw_goldthread.runs``; it is the current run from here on."""
    con.execute("create schema if not exists raw_goldthread")
    con.execute(
        "create table if not exists raw_goldthread.runs "
        "(run_number bigint, run_id varchar, as_of timestamp, command varchar)"
    )
    row = con.execute("select coalesce(max(run_number), 0) + 1 from raw_goldthread.runs").fetchone()
    assert row is not None
    run = Run(run_number=row[0], run_id=str(uuid.uuid4()), as_of=as_of)
    # No parameters: for a statement that has some DuckDB imports pandas, which takes a second.
    con.execute(
        f"insert into raw_goldthread.runs values ({run.run_number}, {literal(run.run_id)}, "
        f"timestamp '{run.as_of.isoformat(sep=' ')}', {literal(command)})"
    )
    if run.run_number % RUNS_UNTIL_VACUUM == 0:
        # It happens when the connection is closed.
        con.execute("reset max_vacuum_tasks")
    return run


def current_run(con: duckdb.DuckDBPyConnection) -> Run:
    """The newest run of this warehouse.

    Raises NothingLoaded when nothing has been loaded yet.
    """
    known = con.execute(
        "select count(*) from information_schema.tables "
        "where table_schema = 'raw_goldthread' and table_name = 'runs'"
    ).fetchone()
    row = None
    if known and known[0]:
        row = con.execute(
            "select run_number, run_id, as_of from raw_goldthread.runs "
            "order by run_number desc limit 1"
        ).fetchone()
    if row is None:
        raise NothingLoaded("The warehouse holds no run yet; run `goldthread load` first.")
    return Run(run_number=row[0], run_id=row[1], as_of=row[2])
