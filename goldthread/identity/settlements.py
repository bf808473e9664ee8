"""How components that may hold two people were settled, in this run and in earlier ones.

What becomes of a component follows from its content, the model, the run's priors and the limits.
So it is kept with a hash of all of these: only components that are new or changed are settled.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goldthread.identity.component import JoinLimits
from goldthread.identity.kept_tables import is_there
from goldthread.identity.settling import HeldBack, Settled, settle
from goldthread.identity.unsettled import read_components
from goldthread.identity.weighing import Judge
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

TABLE = "settlements"
COLUMNS = "content_hash varchar, places integer[], others integer[], reasons varchar[]"


def write_settlements(
    cursor: duckdb.DuckDBPyConnection,
    judge: Judge,
    limits: JoinLimits,
    levels: str,
    maker: str,
    schema: str | None,
) -> None:
    """Write table ``settled``: id, label (first record of its person), and where a link of the
    record was held back, other_id and because; all records of table ``contested_components``.

    levels: the columns of the scored pairs that hold levels. maker: a hash of all besides the
    content that the outcome follows from. schema: where outcomes are kept from run to run
    (database.schema); None keeps nothing.
    """
    cursor.execute(f"create table settlements ({COLUMNS})")
    if schema and is_there(cursor, f"{schema}.{TABLE}"):
        cursor.execute(
            "insert into settlements select content_hash, places, others, reasons "
            f"from {schema}.{TABLE} semi join contested_components using (content_hash) "
            f"where maker = {literal(maker)}"
        )
    cursor.execute(
        "create table unsettled as select distinct on (content_hash) * from contested_components "
        "anti join settlements using (content_hash)"
    )
    _settle(cursor, judge, limits, levels)
    if schema:
        _keep(cursor, maker, schema)
    cursor.execute(
        """
        create table settled as
        with by_place as (
            select
                ids, unnest(ids) as id, unnest(places) as place,
                unnest(others) as other, unnest(reasons) as because
            from contested_components join settlements using (content_hash)
        )
        select id, ids[place + 1] as label, ids[other + 1] as other_id, because from by_place
        """
    )


def _settle(
    cursor: duckdb.DuckDBPyConnection, judge: Judge, limits: JoinLimits, levels: str
) -> None:
    """Add the components of table ``unsettled`` to table ``settlements``."""
    import pyarrow as pa

    hashes: list[str] = []
    places: list[list[int]] = []
    others: list[list[int | None]] = []
    reasons: list[list[str | None]] = []
    with _no_cycles():
        for content_hash, size, component in read_components(cursor, levels):
            settled = settle(component, judge, limits)
            first = _first_held_back(settled)
            held_back = [first.get(place) for place in range(size)]
            hashes.append(content_hash)
            places.append(_places(settled, size))
            others.append([held.right if held else None for held in held_back])
            reasons.append([held.because if held else None for held in held_back])
    table = pa.table(
        {
            "content_hash": pa.array(hashes, "string"),
            "places": pa.array(places, pa.list_(pa.int32())),
            "others": pa.array(others, pa.list_(pa.int32())),
            "reasons": pa.array(reasons, pa.list_(pa.string())),
        }
    )
    cursor.register("newly_settled", table)
    cursor.execute("insert into settlements from newly_settled")
    cursor.unregister("newly_settled")


def _places(settled: Settled, size: int) -> list[int]:
    """For each record by its place the first one of its person. Who was joined with nobody, not
    even in question, stays alone."""
    first = list(range(size))
    for cluster in settled.clusters:
        for place in cluster:
            first[place] = cluster[0]
    return first


def _first_held_back(settled: Settled) -> dict[int, HeldBack]:
    """The link held back of each record that is its left end, the first of several."""
    first: dict[int, HeldBack] = {}
    for held in sorted(settled.held_back, key=lambda each: each.right):
        first.setdefault(held.left, held)
    return first


def _keep(cursor: duckdb.DuckDBPyConnection, maker: str, schema: str) -> None:
    """Keep the outcomes of this run in place of the earlier ones, unless they are the same."""
    if is_there(cursor, f"{schema}.{TABLE}"):
        row = cursor.execute(
            "select (select count(*) from unsettled) = 0 and (select count(*) from settlements) "
            f"= (select count(*) from {schema}.{TABLE})"
        ).fetchone()
        if row == (True,):
            return
    cursor.execute(f"create schema if not exists {schema}")
    cursor.execute(
        f"create or replace table {schema}.{TABLE} as "
        f"select {literal(maker)} as maker, * from settlements"
    )


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Nothing inside refers to itself: Python need not look for cycles among millions of objects,
    which took a quarter of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
