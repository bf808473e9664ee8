"""What one size came to, as it is kept and told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import Measurement


@dataclass
class Run:
    """One run: its stages (``load web`` apart from the other loads) and the whole of it."""

    name: str
    stages: list[Measurement]
    whole: Measurement


@dataclass
class Size:
    """All that was measured for one number of people; limits in wall seconds.

    rows: loaded, web, records, published and sent, after the run that had all the input.
    """

    people: int
    demo_data: Measurement
    rows: dict[str, int] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    limits: dict[str, float] = field(default_factory=dict)


def read_size(path: Path) -> Size:
    """A size as it was written by ``benchmarks.end_to_end.run``."""
    kept = json.loads(path.read_text())
    return Size(
        people=kept["people"],
        demo_data=Measurement(**kept["demo_data"]),
        rows=kept["rows"],
        runs=[
            Run(
                run["name"],
                [Measurement(**stage) for stage in run["stages"]],
                Measurement(**run["whole"]),
            )
            for run in kept["runs"]
        ],
        limits=kept["limits"],
    )
