"""Goldthread's identity engine and plain Splink on the same records, against the truth.

``python -m benchmarks.identity.run [--people N] [--tables DIR] [--sizes N N ...]``

Quality of labelled tables, of the generated customers, and of these with 30 % of the records cut
down to one identifier and with values planted that many share; time of linking in a warehouse, all
records and 10,000 new ones; and ids that another model changed though the same records are one
person.

DIR holds Parquet tables of person records in the columns of ``goldthread identity resolve``, with
record_id and person_id. Plain Splink is given the threshold that turns out best, Goldthread none;
where it fails, its row says how.
Seconds are wall time and MiB the peak of the process tree, each command started anew; engine
seconds are the models' alone, without the start of dbt.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.identity.increment import engine_seconds, time_increment
from benchmarks.identity.plain import best_clusters
from benchmarks.identity.sets import (
    GOLDTHREAD,
    LINKING,
    build,
    environment,
    generated_home,
    generated_table,
    sparse_table,
)
from benchmarks.measure import CommandFailed, measure
from goldthread.identity import Evaluation, evaluate

COLUMNS = (
    *("first_name", "last_name", "birth_date", "email", "phone"),
    *("address_line", "postal_code", "city"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the same sizes and seed give the same quality figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--people", type=int, default=1000, help="generated customers")
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="for the time curve")
    parser.add_argument("--tables", type=Path, help="folder of labelled tables")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.plain:
        print(json.dumps(_plain_figures(options.plain)))
        return 0
    with tempfile.TemporaryDirectory(prefix="goldthread-identity-") as folder:
        _run(options, Path(folder))
    return 0


def _run(options: argparse.Namespace, folder: Path) -> None:
    from rich.console import Console

    from goldthread.cli._console import console, table_of

    tables = (
        {path.stem: path for path in sorted(options.tables.glob("*.parquet"))}
        if options.tables
        else {}
    )
    out = Console(stderr=True)
    times, increments, kept = [], [], []
    for people in sorted({options.people, *options.sizes}):
        home = folder / f"home_{people}"
        generated_home(home, people, options.seed)
        out.print(f"{people:,} people are there")
        times.append(_time(home, people))
        out.print(str(times[-1]))
        increments.append({"people": people, **time_increment(home)})
        out.print(str(increments[-1]))
        kept.append(_ids_kept(home, people))
        out.print(str(kept[-1]))
        if people == options.people:
            name = f"customers of {people:,} people"
            tables[name] = folder / "customers.parquet"
            generated_table(home, tables[name])
            tables[f"{name}, 30 % sparse"] = folder / "sparse.parquet"
            sparse_table(tables[name], folder / "sparse.parquet")
    rows = []
    for name, path in tables.items():
        rows += _compare(name, path, folder)
        out.print(*(str(row) for row in rows[-2:]), sep="\n")
    console().print(table_of("Against the truth", rows))
    console().print(table_of("Scoring, clusters and ids in a warehouse, no training", times))
    console().print(table_of("New records in a warehouse", increments))
    console().print(table_of("The same records under another model", kept))


def _time(home: Path, people: int) -> dict[str, Any]:
    """Build what links records, in a home where all before it is built."""
    seconds, mebibytes = build(f"{people} people", home, LINKING)
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        truth = f"'{home}/input/_truth/source_records.parquet'"
        measured = evaluate(
            con,
            f"(select customers.customer_id as cluster_id, truth.person_id from {truth} as truth "
            "join marts.customer_source_records as customers using (source, source_record_id))",
        )
    return {
        "people": people,
        **_figures(measured),
        "seconds": round(seconds, 1),
        "engine seconds": round(engine_seconds(home), 1),
        "MiB": round(mebibytes),
    }


def _ids_kept(home: Path, people: int) -> dict[str, Any]:
    """Train a model on the home's own records, link anew, and look at who has another id."""
    members = (
        "(select customer_id, list(source_record_key order by source_record_key) as members "
        "from marts.customer_source_records group by 1)"
    )
    warehouse = str(home / "warehouse.duckdb")
    with duckdb.connect(warehouse, read_only=True) as con:
        before = con.sql(f"from {members}").to_arrow_table()
    measure("train", [GOLDTHREAD, "identity", "train"], environment(home))
    build(f"{people} people again", home, LINKING)
    with duckdb.connect(warehouse, read_only=True) as con:
        con.register("before", before)
        row = con.execute(
            f"select (select count(*) from before), count(*) filter (before.members is null), "
            f"count(*) filter (before.customer_id <> now.customer_id) "
            f"from {members} as now left join before using (members)"
        ).fetchone()
    assert row is not None
    return {
        "people": people,
        "customers before": row[0],
        "merged, split or new": row[1],
        "other id, same records": row[2],
    }


def _compare(name: str, table: Path, folder: Path) -> list[dict[str, Any]]:
    out = folder / "resolved.parquet"
    resolve = [GOLDTHREAD, "identity", "resolve", str(table), "--out", str(out), "--train"]
    ours = measure(name, resolve, environment(folder / "none"))
    with duckdb.connect() as con:
        measured = evaluate(con, f"({joined_sql(con, out, table)})")
    goldthread = {
        **{"set": name, "engine": "goldthread", **_figures(measured), "threshold": "its own"},
        **{"seconds": round(ours.wall_seconds, 1), "MiB": round(ours.peak_mebibytes)},
    }
    log = folder / "plain.log"
    command = [sys.executable, "-m", "benchmarks.identity.run", "--plain", str(table)]
    splink = dict.fromkeys(goldthread) | {"set": name, "engine": "plain Splink"}
    try:
        plain = measure(name, command, log=log)
    except CommandFailed:
        # On a table without duplicates Splink takes the logarithm of a prior of 0.
        return [goldthread, splink | {"threshold": f"failed: {_last_line(log)}"}]
    figures = {
        **json.loads(_last_line(log)),
        **{"seconds": round(plain.wall_seconds, 1), "MiB": round(plain.peak_mebibytes)},
    }
    return [goldthread, splink | figures]


def _last_line(log: Path) -> str:
    return log.read_text().splitlines()[-1]


def joined_sql(con: duckdb.DuckDBPyConnection, resolved: Path, table: Path) -> str:
    """SQL of cluster_id and person_id for each record; an id is unique within its source only."""
    present = {row[0] for row in con.execute(f"describe from '{table}'").fetchall()}
    key = "source, record_id" if "source" in present else "record_id"
    return (
        f"select customer_id as cluster_id, person_id from '{resolved}' as resolved "
        f"join (select {key}, person_id from '{table}') as truth using ({key})"
    )


def _plain_figures(table: Path) -> dict[str, Any]:
    with duckdb.connect() as con:
        present = {row[0] for row in con.execute(f"describe from '{table}'").fetchall()}
        columns = ", ".join(
            f"nullif(cast({name if name in present else 'null'} as varchar), '') as {name}"
            for name in COLUMNS
        )
        key = "source, record_id" if "source" in present else "record_id"
        con.execute(
            f"create table records as select concat_ws(':', {key}) as record_key, person_id, "
            f"{columns} from '{table}'"
        )
        measured, threshold = best_clusters(con, "records")
    return {**_figures(measured), "threshold": str(threshold)}


def _figures(measured: Evaluation) -> dict[str, float | int]:
    names = ("records", "precision", "recall", "f1", "b_cubed_f1", "largest_cluster")
    figures = measured.figures()
    return {
        **{name: figures[name] for name in names},
        "largest_person": figures["largest_person"],
    }


if __name__ == "__main__":
    raise SystemExit(main())
