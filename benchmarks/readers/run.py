"""Twenty processes read the published marts while they are published a hundred times.

``python -m benchmarks.readers.run [--home HOME]``: no error, no torn read, nothing older than the
visibility rules of docs/bi.md allow, and a refusal for who opens the file to write.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from benchmarks.readers.reader import WAYS, Sightings, Signals, receive, watch
from benchmarks.readers.stage import prepare, publish_next

# Root may write what nobody may write, so root becomes nobody (65534) before it tries.
OPEN_TO_WRITE = """
import os, sys
import duckdb
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
duckdb.connect(sys.argv[1], read_only=True).close()
try:
    duckdb.connect(sys.argv[1])
except duckdb.IOException as error:
    print(error)
else:
    sys.exit("opened to write")
"""

FAULTS = ("torn", "stale", "moved", "behind")


@dataclass(frozen=True)
class Report:
    """What the readers saw, how long each publish took (seconds), how large the file is (bytes)."""

    sightings: list[Sightings]
    publish_seconds: list[float]
    size: int
    refusal: str

    @property
    def faults(self) -> list[str]:
        """Everything that must not happen and did."""
        found = [error for seen in self.sightings for error in seen.errors]
        for seen in self.sightings:
            for fault in FAULTS:
                if getattr(seen, fault):
                    found.append(f"{seen.way}: {getattr(seen, fault)} {fault}")
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="publish a copy of this home's warehouse")
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--publishes", type=int, default=100)
    options = parser.parse_args(arguments)
    # A dbt target of the caller's must not be taken for this stage's.
    os.environ.pop("DBT_TARGET_PATH", None)
    with tempfile.TemporaryDirectory() as folder:
        report = measure(Path(folder), options.readers, options.publishes, options.home)
    _show(report)
    return 1 if report.faults else 0


def measure(folder: Path, readers: int, publishes: int, home: Path | None = None) -> Report:
    """Run the readers against a stage in ``folder``, an empty folder of the caller's."""
    # Nobody must be able to get as far as the file.
    folder.chmod(0o755)
    settings = prepare(folder, home)
    context = get_context("spawn")
    announced = context.Value("q", publish_next(settings))
    start, stop = context.Barrier(readers + 1), context.Event()
    ways = list(WAYS)
    seconds = []
    with ProcessPoolExecutor(
        readers, context, receive, (Signals(announced, start, stop),)
    ) as processes:
        watching = [
            processes.submit(watch, ways[i % len(ways)], str(settings.published_dir))
            for i in range(readers)
        ]
        try:
            start.wait(timeout=300)
            for _ in range(publishes):
                began = time.perf_counter()
                announced.value = publish_next(settings)
                seconds.append(time.perf_counter() - began)
        finally:
            stop.set()
        sightings = [each.result() for each in watching]
    return Report(sightings, seconds, settings.bi_path.stat().st_size, refusal(settings.bi_path))


def refusal(path: Path) -> str:
    """What DuckDB tells who may read ``path`` and opens it to write.

    Raises CalledProcessError when it is let in.
    """
    return subprocess.run(
        [sys.executable, "-c", OPEN_TO_WRITE, str(path)], check=True, capture_output=True, text=True
    ).stdout.strip()


def _show(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{len(report.publish_seconds)} publishes of {report.size / 1e6:.1f} MB, "
        f"{statistics.median(report.publish_seconds):.2f} s each (median)"
    )
    for heading in ("way of reading", "processes", "reads", "runs seen", "median", "99 %"):
        table.add_column(heading, justify="left" if heading == "way of reading" else "right")
    for heading in ("errors", *FAULTS):
        table.add_column(heading, justify="right")
    for way in WAYS:
        seen = [each for each in report.sightings if each.way == way]
        seconds = sorted(second for each in seen for second in each.seconds)
        if not seconds:
            continue
        table.add_row(
            way,
            str(len(seen)),
            f"{len(seconds):,}",
            str(len(set().union(*(each.run_numbers for each in seen)))),
            f"{statistics.median(seconds) * 1e3:.0f} ms",
            f"{seconds[int(len(seconds) * 0.99)] * 1e3:.0f} ms",
            str(sum(len(each.errors) for each in seen)),
            *(str(sum(getattr(each, name) for each in seen)) for name in FAULTS),
        )
    console = Console(width=132)
    console.print(table)
    console.print(f"Opening the file to write: {report.refusal}", highlight=False)
    for fault in report.faults:
        console.print(f"FAULT {fault}", style="red", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
