"""The measurements as a table in the terminal, and as docs/benchmarks.md with a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.end_to_end.results import Run, Size
from benchmarks.measure import Measurement

DOCS = Path(__file__).parents[2] / "docs"
COMMAND = "python -m benchmarks.end_to_end.run"

# What a stage's speed is counted in.
ROWS = {"load web": "web", "check": "loaded", "build": "loaded", "publish": "published"}

COLUMNS = ("people", "run", "stage", "wall s", "CPU s", "peak MiB", "rows/s")

INTRODUCTION = """# Benchmarks

How long whole runs take, stage by stage, and what the machine could do at best. Made by

    {command} {sizes} --docs

on 2 cores. A run is `goldthread run`: load, checks, dbt build with all tests, publish and one sync
to files. **full** has all but the newest 1 % of every file, **1 % new** that rest, **nothing new**
no new input, one hour later. Peak memory is resident, summed over all processes. Rows/s counts web
messages for `load web`, all raw rows for `check` and `build`, published rows for `publish`.

![Wall time by stage](benchmarks.svg)

"""


def print_report(sizes: list[Size]) -> None:
    """All rows on the terminal."""
    from rich.table import Table

    from goldthread.cli._console import console

    out = console()
    table = Table(*COLUMNS)
    for row in _rows(sizes):
        table.add_row(*row)
    out.print(table)
    table = Table("people", "limit", "wall s")
    for size in sizes:
        for name, seconds in size.limits.items():
            table.add_row(f"{size.people:,}", name, f"{seconds:.1f}")
    out.print(table)
    for line in _ratios(sizes):
        out.print(line)


def write_docs(sizes: list[Size]) -> None:
    """docs/benchmarks.md and docs/benchmarks.svg, replaced as a whole."""
    lines = [
        INTRODUCTION.format(command=COMMAND, sizes=" ".join(str(size.people) for size in sizes)),
        *_markdown(COLUMNS, _rows(sizes)),
        "",
        "## Limits",
        "",
        "Plain DuckDB and plain Splink on the same files and records, in the same run. They keep",
        "no lineage, set nothing aside, remember no ids and write no history.",
        "",
        *_markdown(
            ("people", "limit", "wall s"),
            [
                (f"{size.people:,}", name, f"{seconds:.1f}")
                for size in sizes
                for name, seconds in size.limits.items()
            ],
        ),
        "",
        *[f"* {line}" for line in _ratios(sizes)],
        "",
    ]
    (DOCS / "benchmarks.md").write_text("\n".join(lines))
    _picture(sizes).save(str(DOCS / "benchmarks.svg"))


def _rows(sizes: list[Size]) -> list[tuple[str, ...]]:
    found = []
    for size in sizes:
        found.append(_row(size, "generate", size.demo_data))
        for run in size.runs:
            found += [_row(size, run.name, stage, run) for stage in run.stages]
            found.append(_row(size, run.name, run.whole, run))
    return found


def _row(size: Size, run: str, stage: Measurement, of: Run | None = None) -> tuple[str, ...]:
    is_whole = of is None or stage is of.whole
    rows = size.rows.get(ROWS.get(stage.name, ""), 0)
    # Only of the full run is the number of rows that went through known.
    speed = f"{rows / stage.wall_seconds:,.0f}" if rows and run == "full" else ""
    return (
        f"{size.people:,}",
        run,
        "whole" if is_whole else stage.name,
        f"{stage.wall_seconds:.1f}",
        f"{stage.cpu_seconds:.1f}",
        f"{stage.peak_mebibytes:,.0f}",
        speed,
    )


def _ratios(sizes: list[Size]) -> list[str]:
    """What follows from the figures: delta against full, growth against the size before."""
    found = []
    for index, size in enumerate(sizes):
        walls = {run.name: run.whole.wall_seconds for run in size.runs}
        full = walls["full"]
        found.append(
            f"{size.people:,} people: 1 % new takes {walls['1 % new'] / full:.2f} of a full run, "
            f"nothing new {walls['nothing new']:.1f} s; "
            f"{size.rows['loaded']:,} raw rows, {size.rows['records']:,} source records"
        )
        if index:
            smaller = sizes[index - 1]
            before = smaller.runs[0].whole.wall_seconds
            found.append(
                f"{size.people / smaller.people:.0f} times the people: {full / before:.1f} times "
                "the time"
            )
    return found


def _markdown(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [
        "| " + " | ".join(columns) + " |",
        "|" + "---|" * len(columns),
        *["| " + " | ".join(row) + " |" for row in rows],
    ]


def _picture(sizes: list[Size]) -> Any:
    import altair as alt

    bars = [
        {
            "run": f"{size.people:,} people, {run.name}",
            "stage": stage.name,
            "seconds": round(stage.wall_seconds, 2),
            "order": order,
        }
        for size in sizes
        for run in size.runs
        for order, stage in enumerate(run.stages)
    ]
    names = list(dict.fromkeys(bar["run"] for bar in bars))
    stages = list(dict.fromkeys(bar["stage"] for bar in bars))
    return (
        alt.Chart(alt.Data(values=bars))
        .mark_bar()
        .encode(
            x=alt.X("seconds:Q", title="wall seconds"),
            y=alt.Y("run:N", sort=names, title=None),
            color=alt.Color("stage:N", sort=stages, title="stage"),
            order=alt.Order("order:Q"),
        )
        .resolve_scale(x="independent")
        .properties(width=640)
    )
