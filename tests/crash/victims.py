"""Commands of one home that are killed half-way, and what must hold after one more run.

The instant of a kill is chosen by watching the command: a stage begins when its sign is seen (the
lock is held, a file appears, a line of progress is written) and the kill falls somewhere within
the time that the stage took when nobody disturbed it.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path

import duckdb
import psutil

from goldthread.settings import PROJECT_DIR, Settings
from tests.dbt_commands import take_over
from tests.faulty_receiver import SECRET, FaultyReceiver
from tests.published_tables import differences

SYNC = "webhook__audience_members"
_STEP = 0.002
_PATIENCE = 300.0
# A line of progress: "  Loading web 1.9 s".
_STAGE_LINE = re.compile(r"^  (.+?) (\d+\.\d) s$", re.MULTILINE)


@dataclass
class Running:
    """A command under way; ``home`` is where it works."""

    home: CrashHome
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def holds_lock(self) -> bool:
        """Whether the command has begun its work."""
        try:
            holder = json.loads((self.home.settings.home / ".run.lock").read_bytes())
        except (FileNotFoundError, ValueError):
            return False
        return int(holder["pid"]) == self.process.pid

    @property
    def told(self) -> dict[str, float]:
        """The stages that have ended, with their seconds."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        return {name: float(seconds) for name, seconds in _STAGE_LINE.findall(text)}

    def writes(self, pattern: str) -> bool:
        return any(self.home.settings.home.glob(pattern))

    def wait_for(self, sign: Callable[[Running], bool]) -> bool:
        """Until the sign is seen; False when the command ended before."""
        deadline = time.monotonic() + _PATIENCE
        while not sign(self):
            if self.process.poll() is not None:
                return False
            assert time.monotonic() < deadline, f"{self.process.args!r} did not get that far"
            time.sleep(_STEP)
        return True

    def kill(self, *, is_alone: bool = False) -> None:
        """kill -9 of the command and all it started; ``is_alone``: what it started lives on."""
        victims = [] if is_alone else psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        self.process.wait()


@dataclass(frozen=True)
class Stage:
    """A part of a command: the sign of its beginning, and how long it may last, in seconds."""

    name: str
    command: tuple[str, ...]
    sign: Callable[[Running], bool]
    seconds: float


class CrashHome:
    """A home in ``folder`` on a pack of input files, and the receiver its sync sends to."""

    def __init__(self, folder: Path, pack: Path, receiver: FaultyReceiver) -> None:
        self.settings = Settings(home=folder / "home", input_dir=pack)
        self.target = folder / "target"
        self.receiver = receiver
        self.as_of = (pack / "_truth" / "as_of.txt").read_text(encoding="utf-8").strip()
        self._logs = (folder / f"command{number}.log" for number in count())
        folder.mkdir(parents=True, exist_ok=True)

    def start(self, command: str, *arguments: str, file_bytes: int | None = None) -> Running:
        """Start a command; ``file_bytes`` limits every file it writes, as a full disk does."""
        if command in ("load", "run", "apply"):
            arguments = (*arguments, "--as-of", self.as_of)
        environment = os.environ | {
            "GOLDTHREAD_HOME": str(self.settings.home),
            "GOLDTHREAD_INPUT_DIR": str(self.settings.input_dir),
            "GOLDTHREAD_WEBHOOK_URL": self.receiver.url,
            "GOLDTHREAD_WEBHOOK_SECRET": SECRET,
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.target),
            "DBT_PROFILES_DIR": str(PROJECT_DIR),
            "PYTHONPATH": str(PROJECT_DIR),
        }
        environment.pop("GOLDTHREAD_RUN_TOKEN", None)

        def limit() -> None:
            assert file_bytes is not None
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

        path = next(self._logs)
        with path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", "from goldthread.cli import main; main()", command,
                 *arguments],
                cwd=PROJECT_DIR,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=limit if file_bytes is not None else None,
            )  # fmt: skip
        return Running(self, process, path)

    def type(
        self, command: str, *arguments: str, exit_code: int = 0, file_bytes: int | None = None
    ) -> str:
        """Run a command to its end, which must be ``exit_code``; returns what it said."""
        running = self.start(command, *arguments, file_bytes=file_bytes)
        code = running.process.wait(timeout=_PATIENCE)
        said = running.log.read_text(encoding="utf-8", errors="replace")
        assert code == exit_code, f"{command} ended with {code}:\n{said[-4000:]}"
        return said

    def seconds(self, command: str, *arguments: str) -> tuple[float, dict[str, float]]:
        """Run a command undisturbed: seconds from its taking the lock, and those of its stages."""
        running = self.start(command, *arguments)
        running.wait_for(lambda one: one.holds_lock)
        began = time.monotonic()
        assert running.process.wait(timeout=_PATIENCE) == 0, running.log.read_text()[-4000:]
        return time.monotonic() - began, running.told

    def kill(self, stage: Stage, rng: random.Random, *, is_alone: bool = False) -> bool:
        """Kill a command within a stage; False when it had ended already."""
        running = self.start(*stage.command)
        if not running.wait_for(stage.sign):
            return False
        time.sleep(rng.uniform(0.0, stage.seconds))
        if running.process.poll() is not None:
            return False
        running.kill(is_alone=is_alone)
        return running.process.returncode == -signal.SIGKILL

    def take_over_parsed_project(self, parsed: Path, parsed_home: Path | None = None) -> None:
        """Spare dbt its first parse."""
        take_over(parsed, self.target, self.settings.home, parsed_home)

    def faults(self, undisturbed: CrashHome) -> list[str]:
        """What is wrong with this home, measured by one that nobody disturbed."""
        found = [
            f"{path.name}: {table}: {difference}"
            for path, other, schema in (
                (self.settings.marts_path, undisturbed.settings.marts_path, "marts"),
                (self.settings.activation_path, undisturbed.settings.activation_path, "activation"),
            )
            for table, difference in differences(path, other, schema=schema).items()
        ]
        if self.receiver.lists.members() != undisturbed.receiver.lists.members():
            found.append("the lists of the e-mail tool differ")
        found += [f"sent under {len(keys)} keys: {row}" for row, keys in self._keys().items()
                  if len(keys) > 1]  # fmt: skip
        return found + self.leftovers()

    def _keys(self) -> dict[str, set[str]]:
        """The idempotency keys that each row travelled under."""
        keys: dict[str, set[str]] = {}
        for seen in self.receiver.seen:
            for fields in seen.fields:
                row = f"{seen.operation} {json.dumps(fields, sort_keys=True)}"
                keys.setdefault(row, set()).add(seen.idempotency_key)
        return keys

    def leftovers(self) -> list[str]:
        """Anything temporary: files of the home, tables of its databases."""
        home = self.settings.home
        files = [
            str(path.relative_to(home))
            for path in home.rglob("*")
            if path.suffix in {".tmp", ".wal", ".new"}
            or not {"parts", "pipelines"}.isdisjoint(path.parent.parts)
        ]
        tables = []
        for path in (self.settings.warehouse_path, *home.glob("*/*.duckdb")):
            with duckdb.connect(str(path), read_only=True) as con:
                tables += con.execute(
                    "select schema_name || '.' || table_name from duckdb_tables() where "
                    "contains(table_name, '__dbt_') or contains(table_name, '__splink') "
                    "or ends_with(schema_name, '_staging')"
                ).fetchall()
        return [*files, *(f"table {name}" for (name,) in tables)]


def stages_of(seconds: dict[str, float]) -> list[Stage]:
    """The stages of the single commands; ``seconds`` by command, as measured undisturbed."""
    applying = f"ledger/sync_{SYNC}.duckdb.wal"
    return [
        Stage("load", ("load",), lambda one: one.holds_lock, seconds["load"]),
        Stage("build", ("build",), lambda one: one.holds_lock, seconds["build"]),
        Stage("state export", ("build",), lambda one: one.writes("state/.*.tmp"), 0.1),
        Stage("publish", ("publish",), lambda one: one.holds_lock, seconds["publish"]),
        Stage("swap", ("publish",), lambda one: one.writes("published/.marts*.tmp"), 0.5),
        Stage("apply", ("apply", SYNC), lambda one: one.writes(applying), 0.5),
    ]


def stages_of_a_run(told: dict[str, float]) -> list[Stage]:
    """The stages of a whole run, each begun when the one before it has ended."""
    names = list(told)
    return [
        Stage(
            f"run: {name.split(' ', 1)[0].lower()}",
            ("run",),
            # Bound now, as `last` goes on changing; mypy cannot infer a default's type here.
            lambda one, last=last: last in one.told,  # type: ignore[misc]
            max(told[name], 0.05),
        )
        for last, name in pairwise(names)
    ]
