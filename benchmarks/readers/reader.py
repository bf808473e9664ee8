"""One reading process: reads in its own way until told to stop, and checks what it sees.

A way of reading is a generator of reads. Each says what it may expect: the newest run that was in
place before its connection (or its pool) opened the file, and the snapshot it must stay on.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from benchmarks.readers.stage import row_count

READS_A_REFRESH = 20

# Between two reads: readers that spin measure only how they starve each other of a few cores.
PAUSE_SECONDS = 0.2

Ask = Callable[[str], Any]


@dataclass(frozen=True)
class Read:
    """One read: ask it SQL; ``promised``: oldest run it may see; ``snapshot``: whose it shares."""

    ask: Ask
    promised: int
    snapshot: int


@dataclass
class Sightings:
    """What one process saw.

    seconds: each read's duration, opening included where it opens.
    torn, stale, moved: reads of mixed runs, of a run older than promised, off their snapshot.
    behind: 1 when it never got to see the last run.
    """

    way: str
    seconds: list[float] = field(default_factory=list)
    run_numbers: set[int] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    torn: int = 0
    stale: int = 0
    moved: int = 0
    behind: int = 0


@dataclass(frozen=True)
class Signals:
    """Shared between processes: the newest run in place, when to start, when to stop."""

    announced: Synchronized[int]
    start: Barrier
    stop: Event


_signals: list[Signals] = []


def receive(signals: Signals) -> None:
    """Set up this process."""
    _signals.append(signals)


def watch(way: str, folder: str) -> Sightings:
    """Read the published files in ``folder`` until told to stop, then until the last run is seen.

    Gives up on the last run after more reads than any way needs to open the file anew.
    """
    signals = _signals[0]
    seen = Sightings(way)
    held: dict[int, int] = {}
    reads = WAYS[way](Path(folder), signals)
    signals.start.wait(timeout=300)
    left = 4 * READS_A_REFRESH
    while left and not (signals.stop.is_set() and signals.announced.value in seen.run_numbers):
        left -= signals.stop.wait(PAUSE_SECONDS)
        began = time.perf_counter()
        try:
            read = next(reads)
            number, is_whole = look(read.ask)
        except (duckdb.Error, sa.exc.SQLAlchemyError) as error:
            seen.errors.append(str(error))
            return seen
        seen.seconds.append(time.perf_counter() - began)
        seen.run_numbers.add(number)
        seen.torn += not is_whole
        seen.stale += number < read.promised
        seen.moved += held.setdefault(read.snapshot, number) != number
    seen.behind = int(signals.announced.value not in seen.run_numbers)
    return seen


def look(ask: Ask) -> tuple[int, bool]:
    """The run number this read sees, and whether three statements agree on it."""
    (number,) = ask("select run_number from marts.current_run")
    expected = (number, number, row_count(number))
    stamped = ask("select min(run_number), max(run_number), count(*) from marts.stamped_customers")
    (joined,) = ask(
        "select count(*) from marts.current_run "
        "inner join marts.stamped_customers as customers using (run_number) "
        "inner join marts.stamped_orders as orders using (run_number, customer_id)"
    )
    return number, tuple(stamped) == expected and joined == row_count(number)


def _connections(folder: Path, signals: Signals) -> Iterator[Read]:
    """Plain DuckDB on goldthread.duckdb, a connection a read."""
    for snapshot in itertools.count():
        promised = signals.announced.value
        with duckdb.connect(str(folder / "goldthread.duckdb"), read_only=True) as con:
            yield Read(_asking(con), promised, snapshot)


def _attachments(folder: Path, signals: Signals) -> Iterator[Read]:
    """Plain DuckDB, marts.duckdb attached and detached by one connection that stays."""
    with duckdb.connect() as con:
        for snapshot in itertools.count():
            promised = signals.announced.value
            con.execute(f"attach '{folder / 'marts.duckdb'}' as published (read_only)")
            con.execute("use published")
            yield Read(_asking(con), promised, snapshot)
            con.execute("use memory")
            con.execute("detach published")


def _file_pool(folder: Path, signals: Signals) -> Iterator[Read]:
    """SQLAlchemy on the file: the pool stays on one snapshot until it is disposed of as a whole."""
    engine = sa.create_engine(
        f"duckdb:///{folder / 'goldthread.duckdb'}", connect_args={"read_only": True}, pool_size=3
    )
    for snapshot in itertools.count():
        promised = signals.announced.value
        for _ in range(READS_A_REFRESH // 2):
            # Two at once, so that the pool holds several connections.
            with engine.connect() as one, engine.connect() as other:
                for con in (one, other):
                    yield Read(_asking(con), promised, snapshot)
        engine.dispose()


def _attaching_pool(folder: Path, signals: Signals) -> Iterator[Read]:
    """SQLAlchemy on in-memory databases that attach the file: each connection is as new as it is.

    Invalidating a connection stands for ``pool_recycle``, which does it by age.
    """
    engine = sa.create_engine("duckdb:///:memory:", poolclass=sa.pool.QueuePool, pool_size=3)
    snapshots = itertools.count()

    @sa.event.listens_for(engine, "connect")
    def attach(raw: Any, record: Any) -> None:
        record.info.update(promised=signals.announced.value, snapshot=next(snapshots), reads=0)
        raw.execute(f"attach '{folder / 'goldthread.duckdb'}' as goldthread (read_only)")
        raw.execute("use goldthread")

    while True:
        with engine.connect() as one, engine.connect() as other:
            for con in (one, other):
                info = con.info
                info["reads"] += 1
                yield Read(_asking(con), info["promised"], info["snapshot"])
                if info["reads"] == READS_A_REFRESH:
                    con.invalidate()


def _asking(con: duckdb.DuckDBPyConnection | sa.Connection) -> Ask:
    if isinstance(con, sa.Connection):
        return lambda sql: con.exec_driver_sql(sql).fetchone()
    return lambda sql: con.execute(sql).fetchone()


WAYS: dict[str, Callable[[Path, Signals], Iterator[Read]]] = {
    "duckdb, new connections": _connections,
    "SQLAlchemy pool on the file": _file_pool,
    "duckdb, attach and detach": _attachments,
    "SQLAlchemy pool that attaches": _attaching_pool,
}
