"""Wall time, CPU and peak memory of a command, over its whole process tree."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Measurement:
    """One command: wall and CPU seconds, peak memory (MiB, resident, summed over the tree)."""

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
    before = os.times()
    started = time.perf_counter()
    with subprocess.Popen(
        list(command),
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        sampler = _PeakMemory(process.pid)
        sampler.start()
        output, _ = process.communicate()
        sampler.stop()
    wall = time.perf_counter() - started
    after = os.times()
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(output)
    if process.returncode != 0:
        raise CommandFailed(f"{' '.join(command)} exited {process.returncode}:\n{output[-4000:]}")
    # Children's times hold every descendant that was waited for.
    cpu = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    return Measurement(name, wall, cpu, sampler.peak / MEBIBYTE)


class _PeakMemory(threading.Thread):
    """Samples the resident memory of a process and its descendants until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._root = psutil.Process(pid)
        self._done = threading.Event()
        self.peak = 0

    def run(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, self._resident())

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _resident(self) -> int:
        try:
            tree = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0
        total = 0
        for process in tree:
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return total
