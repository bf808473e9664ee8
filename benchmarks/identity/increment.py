"""New records on top of many: held back, built without, delivered, built again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.identity.sets import LINKING, build

NEW_RECORDS = 10_000

# What records stand in before they are linked, and what follows from it.
DELIVERED = ("int_identity__source_records", "int_identity__identifiers")
PREPARED = (
    *("int_identity__identifier_values", "int_identity__joining_identifiers"),
    *("int_identity__linkage_records", "int_identity__exact_pairs"),
)


def engine_seconds(home: Path) -> float:
    """Seconds that the models of the last build took, without the start of dbt."""
    results = json.loads((home / "target" / "run_results.json").read_bytes())["results"]
    return float(sum(result["execution_time"] for result in results))


def time_increment(home: Path) -> dict[str, Any]:
    """Link new records in a home in which all were linked before; measures that build alone.

    `NEW_RECORDS` of them, at most half of all, are held back. Says also whether the clusters are
    those of the build of all records at once.
    """
    warehouse = str(home / "warehouse.duckdb")
    with duckdb.connect(warehouse) as con:
        con.execute("create schema held_back")
        half = con.execute(f"select count(*) // 2 from intermediate.{DELIVERED[0]}").fetchone()
        assert half is not None
        new_records = min(NEW_RECORDS, half[0])
        con.execute("create table held_back.clusters as from intermediate.int_identity__clusters")
        con.execute(
            "create table held_back.keys as select source_record_key from "
            f"intermediate.{DELIVERED[0]} order by hash(source_record_key) limit {new_records}"
        )
        for table in DELIVERED:
            late = "source_record_key in (from held_back.keys)"
            con.execute(f"create table held_back.{table} as from intermediate.{table} where {late}")
            con.execute(f"delete from intermediate.{table} where {late}")
    build("without the new records", home, (*PREPARED, *LINKING))
    with duckdb.connect(warehouse) as con:
        for table in DELIVERED:
            con.execute(f"insert into intermediate.{table} from held_back.{table}")
    build("new records are there", home, PREPARED)
    _, mebibytes = build("link the new records", home, LINKING)
    with duckdb.connect(warehouse) as con:
        differing = con.execute(
            "select count(*) from (from intermediate.int_identity__clusters "
            "except from held_back.clusters)"
        ).fetchone()
        con.execute("drop schema held_back cascade")
    assert differing is not None
    return {
        "new records": new_records,
        "engine seconds": round(engine_seconds(home), 1),
        "MiB": round(mebibytes),
        "records in another cluster than in one run": differing[0],
    }
