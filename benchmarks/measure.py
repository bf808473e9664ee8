"""Wall time, CPU and peak memory of a command, over its whole process tree, whole or by stage."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Measurement:
    """One command or stage: wall and CPU seconds, peak memory (MiB, resident, over the tree)."""

    name: str
    wall_seconds: float
    cpu_seconds: float
    peak_mebibytes: float


class CommandFailed(RuntimeError):
    """The measured command failed; the message holds the end of what it printed."""


def measure(
    name: str, command: Sequence[str], env: Mapping[str, str] | None = None, log: Path | None = None
) -> Measurement:
    """Run a command to its end and measure it.

    Raises CommandFailed when it exits with anything but 0: a failed run has no speed.
    """
    return measure_stages(name, command, lambda line: None, env, log)[-1]


def measure_stages(
    name: str,
    command: Sequence[str],
    stage_of: Callable[[str], str | None],
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> list[Measurement]:
    """As ``measure``, with the stages before the whole.

    ``stage_of`` reads a printed line and names the stage that has just ended, if any has.
    """
    before = os.times()
    started = time.perf_counter()
    lines = []
    with subprocess.Popen(
        list(command),
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        sampler = _Sampler(process.pid)
        sampler.start()
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            stage = stage_of(line)
            if stage:
                sampler.end(stage)
        process.wait()
        sampler.stop()
    wall = time.perf_counter() - started
    after = os.times()
    output = "".join(lines)
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(output)
    if process.returncode != 0:
        raise CommandFailed(f"{' '.join(command)} exited {process.returncode}:\n{output[-4000:]}")
    # Children's times hold every descendant that was waited for.
    cpu = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    whole = Measurement(name, wall, cpu, sampler.whole_peak / MEBIBYTE)
    return [*sampler.stages, whole]


@dataclass
class _Reading:
    """Of a process tree at one instant: resident bytes, CPU seconds of it and of its dead."""

    resident: int = 0
    cpu: float = 0.0


@dataclass
class _Sampler(threading.Thread):
    """Samples a process and its descendants until told to stop; cuts what it saw into stages."""

    pid: int
    stages: list[Measurement] = field(default_factory=list)
    whole_peak: int = 0
    _peak: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(self.pid)
        self._done = threading.Event()
        self._since = (time.perf_counter(), 0.0)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            resident = self._read().resident
            self._peak = max(self._peak, resident)
            self.whole_peak = max(self.whole_peak, resident)

    def end(self, stage: str) -> None:
        """The stage that has run until now is called ``stage``."""
        now, cpu = time.perf_counter(), self._read().cpu
        since, cpu_since = self._since
        self.stages.append(
            Measurement(stage, now - since, max(0.0, cpu - cpu_since), self._peak / MEBIBYTE)
        )
        self._since, self._peak = (now, cpu), 0

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _read(self) -> _Reading:
        reading = _Reading()
        try:
            tree = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return reading
        for process in tree:
            try:
                with process.oneshot():
                    reading.resident += process.memory_info().rss
                    reading.cpu += sum(process.cpu_times()[:4])
            except psutil.NoSuchProcess:
                continue
        return reading
