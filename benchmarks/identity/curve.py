"""Time and memory of ``goldthread identity resolve`` as the records grow: does either bend upwards?

``python -m benchmarks.identity.curve [--records N N ...] [--people N] [--seed N]``

Each table is made of copies of generated customers. A copy turns them into other people, with the
same names and places but another birth date, mailbox, phone and house number. So the people of one
name and town grow with the table, as in a country. The committed model links them.
Time is that of the whole command, its start and both files included (µs: CPU time a record); memory
the peak of the process tree. F1 is of the pairs of records that the clusters imply; largest and
true are the records of the largest cluster and of the person with most.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.identity.run import joined_sql
from benchmarks.identity.sets import GOLDTHREAD, environment, generated_home, generated_table
from benchmarks.measure import measure
from goldthread.identity import evaluate

SIZES = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size and print the curve."""
    from rich.console import Console

    from goldthread.cli._console import console, table_of

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--records", type=int, nargs="*", default=SIZES)
    parser.add_argument("--people", type=int, default=33_000, help="generated customers")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory(prefix="goldthread-curve-") as name:
        folder = Path(name)
        generated_home(folder / "home", options.people, options.seed)
        generated_table(folder / "home", folder / "people.parquet")
        for records in sorted(options.records):
            write_copies(folder / "people.parquet", folder / "table.parquet", records)
            rows.append(_resolve(folder, records))
            Console(stderr=True).print(str(rows[-1]))
    console().print(table_of("identity resolve, committed model", rows))
    return 0


def write_copies(people: Path, table: Path, records: int) -> None:
    """Write a table of this many records: those of ``people``, and copies as other people."""
    with duckdb.connect() as con:
        con.execute(
            f"""
            copy (
                with copies as (
                    select people.*, copy, hash(person_id, copy) as chance
                    from '{people}' as people, range(
                        (select {records} // count(*) + 1 from '{people}')
                    ) as numbers(copy)
                )
                select
                    record_id || '-' || copy as record_id, first_name, last_name,
                    cast(birth_date + cast(chance % 9000 as integer) as date) as birth_date,
                    replace(email, '@', copy || '@') as email,
                    left(phone, -7)
                        || cast(2000000 + hash(right(phone, 7), copy) % 8000000 as varchar)
                        as phone,
                    regexp_replace(address_line, '[0-9]+', cast(
                        1 + hash(regexp_extract(address_line, '[0-9]+'), copy) % 400 as varchar
                    )) as address_line,
                    postal_code, city, country, user_id || '-' || copy as user_id,
                    person_id || '-' || copy as person_id
                from copies order by chance, record_id limit {records}
            ) to '{table}' (format parquet)
            """
        )


def _resolve(folder: Path, records: int) -> dict[str, Any]:
    table, out = folder / "table.parquet", folder / "resolved.parquet"
    done = measure(
        f"{records} records",
        [GOLDTHREAD, "identity", "resolve", str(table), "--out", str(out)],
        environment(folder / "none"),
    )
    with duckdb.connect() as con:
        figures = evaluate(con, f"({joined_sql(con, out, table)})").figures()
    os.remove(out)
    return {
        "records": records,
        "wall s": round(done.wall_seconds, 1),
        "CPU s": round(done.cpu_seconds, 1),
        "µs each": round(1e6 * done.cpu_seconds / records),
        "MiB": round(done.peak_mebibytes),
        "KiB each": round(done.peak_mebibytes * 1024 / records, 2),
        "f1": figures["f1"],
        "largest": figures["largest_cluster"],
        "true": figures["largest_person"],
    }


if __name__ == "__main__":
    raise SystemExit(main())
