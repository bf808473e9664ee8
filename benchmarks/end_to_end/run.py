"""Time, CPU and memory of whole runs, by stage, beside the limits measured in the same run.

``python -m benchmarks.end_to_end.run [PEOPLE]... [--work DIR] [--docs]``: for each size generated
input, a full run without its newest 1 %, a run after that 1 % came, and a run with nothing new.
``--docs`` writes docs/benchmarks.md and its picture.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from benchmarks.end_to_end.late import deliver, hold_back
from benchmarks.end_to_end.limits import limits
from benchmarks.end_to_end.report import print_report, write_docs
from benchmarks.end_to_end.results import Run, Size, read_size
from benchmarks.measure import Measurement, measure, measure_stages

LATE_SHARE = 0.01
SEED = 7

# A finished stage as goldthread prints it: two blanks, its name, its seconds.
STAGE = re.compile(
    r"^  (Starting Dagster|Loading \S+|Checking what was loaded"
    r"|Building and checking models|Publishing|Sending \S+) [\d.]+ s$"
)
NAMES = {
    "Starting": "start",
    "Loading": "load",
    "Checking": "check",
    "Building": "build",
    "Publishing": "publish",
    "Sending": "send",
}


def measure_size(people: int, folder: Path, say: Callable[[str], None]) -> Size:
    """Make the input in ``folder`` and measure everything on it; the folder must be empty."""
    goldthread = str(Path(sys.executable).with_name("goldthread"))
    input_dir, late_dir = folder / "input", folder / "late"
    env = {
        "GOLDTHREAD_HOME": str(folder / "home"),
        "GOLDTHREAD_INPUT_DIR": str(input_dir),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    say(f"{people:,} people: generating")
    generate = ["demo-data", "--people", str(people), "--seed", str(SEED), "--out", str(input_dir)]
    size = Size(people, measure("demo-data", [goldthread, *generate], env))
    hold_back(input_dir, late_dir, LATE_SHARE)
    # The pack's own moment: the story ends there.
    ends = datetime.fromisoformat((input_dir / "_truth/as_of.txt").read_text().strip())

    def run(name: str, hour: int) -> None:
        say(f"{people:,} people: {name}")
        as_of = (ends + timedelta(hours=hour)).isoformat()
        *stages, whole = measure_stages(
            name, [goldthread, "run", "--as-of", as_of], stage_of, env, folder / f"{hour}.log"
        )
        size.runs.append(Run(name, combined(stages), whole))

    run("full", 0)
    deliver(input_dir, late_dir)
    run("1 % new", 1)
    run("nothing new", 2)
    size.rows = count_rows(folder / "home")
    say(f"{people:,} people: the limits")
    size.limits = limits(input_dir, folder / "home" / "warehouse.duckdb")
    return size


def stage_of(line: str) -> str | None:
    """The stage a printed line says has ended."""
    match = STAGE.match(line.rstrip("\n"))
    if not match:
        return None
    if match[1] == "Loading web":
        return "load web"
    return NAMES[match[1].split()[0]]


def combined(stages: list[Measurement]) -> list[Measurement]:
    """One measurement a stage: times added up, the highest of the peaks; in order of appearance."""
    found: dict[str, Measurement] = {}
    for stage in stages:
        before = found.get(stage.name, Measurement(stage.name, 0, 0, 0))
        found[stage.name] = Measurement(
            stage.name,
            before.wall_seconds + stage.wall_seconds,
            before.cpu_seconds + stage.cpu_seconds,
            max(before.peak_mebibytes, stage.peak_mebibytes),
        )
    return list(found.values())


def count_rows(home: Path) -> dict[str, int]:
    """Rows loaded, of the web alone, source records, rows published and rows sent."""
    with duckdb.connect() as con:
        con.execute(f"attach '{home / 'warehouse.duckdb'}' as warehouse (read_only)")
        con.execute(f"attach '{home / 'published' / 'marts.duckdb'}' as published (read_only)")
        con.execute(f"attach '{home / 'published' / 'syncs.duckdb'}' as syncs (read_only)")

        def estimated(condition: str) -> int:
            row = con.execute(
                f"select coalesce(sum(estimated_size), 0) from duckdb_tables() where {condition}"
            ).fetchone()
            return int(row[0]) if row else 0

        raw = "database_name = 'warehouse' and starts_with(schema_name, 'raw_')"
        return {
            "loaded": estimated(f"{raw} and schema_name <> 'raw_goldthread'"),
            "web": estimated(f"{raw} and schema_name = 'raw_web' and table_name = 'messages'"),
            "records": estimated(
                "database_name = 'published' and table_name = 'customer_source_records'"
            ),
            "published": estimated("database_name = 'published'"),
            "sent": estimated("database_name = 'syncs' and table_name = 'sync_rows'"),
        }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", nargs="*", type=int, default=[10_000])
    parser.add_argument("--work", type=Path, help="work here; results stay and are told together")
    parser.add_argument("--docs", action="store_true", help="write docs/benchmarks.md")
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="goldthread-bench-"))
    try:
        for people in options.people:
            folder = work / str(people)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            size = measure_size(people, folder, lambda text: print(text, file=sys.stderr))
            (work / f"{people}.json").write_text(json.dumps(asdict(size), indent=1))
            shutil.rmtree(folder)
        sizes = sorted(map(read_size, work.glob("*.json")), key=lambda size: size.people)
    finally:
        if options.work is None:
            shutil.rmtree(work, ignore_errors=True)
    print_report(sizes)
    if options.docs:
        write_docs(sizes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
