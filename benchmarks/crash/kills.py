"""Kill commands at random instants of every stage, run once more, and look for any trace.

``make bench-crash``, or ``python -m benchmarks.crash.kills [--kills N] [--minutes N] [--seed N]``.
A round starts from a copy of a home that has run once, gives it the rest of the input, kills each
stage in turn, and ends with one whole run: what is published, what the e-mail tool received and
what lies in the home must be as if nobody had disturbed it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from goldthread.cli._console import console
from goldthread.demo_data.generate import PackOptions, generate_pack
from goldthread.demo_data.stamps import DEFAULT_AS_OF
from tests.crash.victims import SYNC, CrashHome, Stage, stages_of, stages_of_a_run
from tests.faulty_receiver import faulty_receiver

# What comes after the first day; the names of a pack's files hold their month.
LATER = ("*2026-11*", "*2026_q4*", "resent*")
FIRST_DAY = "2026-11-01T00:00:00+00:00"
# How often a round kills each stage of a single command.
SINGLE_KILLS = 2
# Between the kills of two stages, the command that the next one needs.
READY = {"load": "load", "state export": "build", "swap": "publish"}


@dataclass
class Tally:
    """Kills that hit and that came too late, by stage; what was wrong, by round."""

    hits: Counter[str] = field(default_factory=Counter)
    misses: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    rounds: int = 0

    @property
    def kills(self) -> int:
        return self.hits.total()

    def count(self, stage: Stage, *, is_hit: bool) -> None:
        (self.hits if is_hit else self.misses)[stage.name] += 1


@dataclass
class Ground:
    """What every round needs: the home after the first day, the undisturbed one, the stages."""

    folder: Path
    first_day: CrashHome
    undisturbed: CrashHome
    single: list[Stage]
    whole: list[Stage]


def prepare(folder: Path, people: int, stack: ExitStack) -> Ground:
    """Write a pack, run its first day, and measure an undisturbed second day."""
    pack, half = folder / "pack", folder / "half"
    generate_pack(PackOptions(people, 7, DEFAULT_AS_OF), pack, processes=1)
    shutil.copytree(pack, half, ignore=shutil.ignore_patterns(*LATER))
    (half / "_truth" / "as_of.txt").write_text(FIRST_DAY)
    homes = []
    for name, input_dir in (("first_day", half), ("undisturbed", pack)):
        receiver = stack.enter_context(faulty_receiver(folder / name / "receiver"))
        homes.append(CrashHome(folder / name, input_dir, receiver))
    first_day, undisturbed = homes
    first_day.type("run")
    copy_of(first_day, undisturbed)
    seconds = {"load": undisturbed.seconds("load")[0]}
    _, told = undisturbed.seconds("run")
    seconds["build"] = sum(told.get(name, 0.0) for name in told if name.startswith("Building"))
    seconds["publish"] = told.get("Publishing", 1.0)
    return Ground(folder, first_day, undisturbed, stages_of(seconds), stages_of_a_run(told))


def copy_of(first_day: CrashHome, home: CrashHome) -> None:
    """Give ``home`` all that the first day left, the e-mail tool's lists included."""
    shutil.copytree(first_day.settings.home, home.settings.home)
    home.take_over_parsed_project(first_day.target, first_day.settings.home)
    for key, fields in first_day.receiver.lists.members().items():
        home.receiver.lists.put(key, str(fields["list"]), fields)


def play_round(ground: Ground, rng: random.Random, tally: Tally, until: float) -> None:
    """Kill each stage of one home, let it run once more, and compare."""
    folder = Path(tempfile.mkdtemp(dir=ground.folder, prefix="round"))
    with faulty_receiver(folder / "receiver") as receiver:
        victim = CrashHome(folder, ground.undisturbed.settings.input_dir, receiver)
        copy_of(ground.first_day, victim)
        for stage in ground.single:
            for _ in range(SINGLE_KILLS):
                if time.monotonic() < until:
                    is_alone = rng.random() < 0.3
                    is_hit = victim.kill(stage, rng, is_alone=is_alone)
                    tally.count(stage, is_hit=is_hit)
            if stage.name in READY:
                victim.type(READY[stage.name])
        for stage in rng.sample(ground.whole, min(3, len(ground.whole))):
            if time.monotonic() < until:
                tally.count(stage, is_hit=victim.kill(stage, rng))
        victim.type("run")
        found = victim.faults(ground.undisturbed)
        before = len(receiver.seen)
        victim.type("apply", SYNC)
        if len(receiver.seen) > before:
            found.append("an apply after the run sent something again")
        tally.rounds += 1
        tally.faults += [f"round {tally.rounds}: {fault}" for fault in found]
    if not found:
        shutil.rmtree(folder)


def show(tally: Tally, minutes: float) -> None:
    table = Table("stage", "killed", "ended before", title="kill -9")
    for name in sorted(tally.hits | tally.misses):
        table.add_row(name, str(tally.hits[name]), str(tally.misses[name]))
    out = console()
    out.print(table)
    out.print(f"{tally.kills} kills in {tally.rounds} rounds, {minutes:.1f} minutes")
    for fault in tally.faults:
        out.print(f"[bold red]wrong[/] {fault}", soft_wrap=True)
    if not tally.faults:
        out.print("[bold green]Every round ended as if nobody had disturbed it.[/]")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60.0, help="start no kill after that")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.monotonic()
    until = began + options.minutes * 60
    rng = random.Random(options.seed)
    tally = Tally()
    folder = Path(tempfile.mkdtemp(prefix="goldthread-crash"))
    with ExitStack() as stack:
        ground = prepare(folder, options.people, stack)
        while tally.kills < options.kills and time.monotonic() < until:
            play_round(ground, rng, tally, until)
    show(tally, (time.monotonic() - began) / 60)
    if tally.faults:
        print(f"The homes of failed rounds are in {folder}.", file=sys.stderr)
        raise SystemExit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
