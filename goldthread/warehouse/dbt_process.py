"""Running dbt as a process of its own: its environment, its manifest.

A process, not dbt's Python entry: dbt-duckdb keeps the warehouse open as long as its process lives.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.warehouse.connection import BLOCK_MEMORY, LOCKED, WAREHOUSE_HELD, block_memory
from goldthread.warehouse.dbt_events import NodeDone, events_of
from goldthread.warehouse.errors import BuildFailed, WarehouseBusy

if TYPE_CHECKING:
    from goldthread.settings import Settings

# What a manifest is made of.
_PROJECT_PARTS = ("models", "macros", "seeds", "snapshots", "tests/dbt", "dbt_packages")
_PROJECT_FILES = ("dbt_project.yml", "profiles.yml", "packages.yml", "dependencies.yml")

# Beside the manifest: the fingerprint of the project it was made of.
_PARSED = "parsed_project"

# Events for ``dbt_events``; the file in logs/ is for people.
_TELLING = ("--log-format", "json", "--log-format-file", "text", "--no-use-colors-file")

_parsing = threading.Lock()
_waiting: Future[subprocess.Popen[bytes] | None] | None = None


def target_dir(settings: Settings) -> Path:
    """Where dbt writes its manifest and results: ``DBT_TARGET_PATH``, else ``target``."""
    return settings.project_dir / (os.environ.get("DBT_TARGET_PATH") or "target")


def manifest_path(settings: Settings) -> Path:
    return target_dir(settings) / "manifest.json"


def read_artifact(path: Path) -> dict[str, Any] | None:
    """What dbt wrote as JSON; None when there is no such file, or dbt was killed while writing."""
    try:
        return dict(json.loads(path.read_bytes()))
    except (FileNotFoundError, ValueError):
        return None


def dbt_environment(settings: Settings) -> dict[str, str]:
    """The environment dbt needs to work on this home, wherever it is started.

    Raises BuildFailed for a memory limit that is none.
    """
    return {
        **os.environ,
        "GOLDTHREAD_HOME": str(settings.home),
        # Recorded by whoever starts it: see the macro note_command.
        "GOLDTHREAD_BUILDS": "true",
        BLOCK_MEMORY: block_memory(),
        "DBT_PROJECT_DIR": str(settings.project_dir),
        "DBT_PROFILES_DIR": os.environ.get("DBT_PROFILES_DIR") or str(settings.project_dir),
        "DBT_TARGET_PATH": str(target_dir(settings)),
        "DBT_LOG_PATH": os.environ.get("DBT_LOG_PATH") or str(settings.project_dir / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        # Its debug lines cost dbt a tenth of its time.
        "DBT_LOG_LEVEL_FILE": os.environ.get("DBT_LOG_LEVEL_FILE") or "info",
    }


def dbt_executable() -> str:
    """The dbt of this Python's environment, whatever else stands in PATH."""
    return str(Path(sys.executable).with_name("dbt"))


@contextmanager
def dbt_ahead(settings: Settings) -> Iterator[None]:
    """Start a dbt now, for the first ``start_dbt`` of this block; ended with it if nobody came.

    Where the project has to be parsed first, that is begun aside; ``ensure_manifest`` waits for it.
    """
    global _waiting
    is_parsed = _parsed_project(settings) == project_fingerprint(settings.project_dir)
    with ThreadPoolExecutor(1, thread_name_prefix="dbt-ahead") as aside:
        _waiting = aside.submit(_start_waiting, settings, is_parsed)
        try:
            if is_parsed:
                _waiting.result()
            yield
        finally:
            process = _take_waiting()
            if process is not None:
                process.kill()
                process.communicate()


def _start_waiting(settings: Settings, is_parsed: bool) -> subprocess.Popen[bytes] | None:
    if not is_parsed:
        try:
            ensure_manifest(settings)
        except BuildFailed:
            # Whoever needs the manifest will be told.
            return None
    worker = [sys.executable, "-m", "goldthread.warehouse.dbt_ahead"]
    return _start(settings, worker, subprocess.PIPE)


def _take_waiting() -> subprocess.Popen[bytes] | None:
    global _waiting
    waiting, _waiting = _waiting, None
    return None if waiting is None else waiting.result()


def start_dbt(settings: Settings, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start one dbt command, which tells its events as JSON lines on its standard output."""
    process = _take_waiting()
    if process is not None and process.stdin is not None:
        try:
            with process.stdin as command:
                command.write(json.dumps([*_TELLING, *arguments]).encode() + b"\n")
        except BrokenPipeError:
            # It died; a new one may say why.
            process.stdin = None
            process.communicate()
        else:
            return process
    return _start_command(settings, arguments)


def _start_command(settings: Settings, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    return _start(settings, [dbt_executable(), *_TELLING, *arguments], subprocess.DEVNULL)


def _start(settings: Settings, command: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=settings.project_dir,
        env=dbt_environment(settings),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def run_dbt(
    settings: Settings,
    arguments: Sequence[str],
    on_node: Callable[[NodeDone], None] | None = None,
    start: Callable[[Settings, Sequence[str]], subprocess.Popen[bytes]] = start_dbt,
) -> int:
    """Run one dbt command to its end; returns its exit code (0 good, 1 nodes failed).

    Raises BuildFailed with dbt's own errors when it could not run at all, and WarehouseBusy.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    errors: list[str] = []
    with start(settings, arguments) as process:
        assert process.stdout is not None
        for event in events_of(process.stdout):
            if event["level"] == "error":
                errors.append(event["message"])
            node = event.get("node")
            if node is not None and on_node is not None:
                on_node(node)
    if process.returncode not in (0, 1):
        raise why_dbt_stopped(settings, "dbt could not run:\n" + "\n".join(errors[-20:]))
    return process.returncode


def why_dbt_stopped(settings: Settings, said: str) -> Exception:
    """What to raise for dbt's last words: WarehouseBusy if somebody else held it, else BuildFailed
    with these words."""
    held = next((line.strip() for line in said.splitlines() if LOCKED in line), None)
    if held is None:
        return BuildFailed(said)
    return WarehouseBusy(WAREHOUSE_HELD.format(settings=settings, error=held))


def ensure_manifest(settings: Settings) -> Path:
    """The manifest's path, after a ``dbt parse`` when the project changed since the last one.

    Raises BuildFailed when the project cannot be parsed, or two exposures have one name.
    """
    path = manifest_path(settings)
    with _parsing:
        found = project_fingerprint(settings.project_dir)
        if found != _parsed_project(settings) or read_artifact(path) is None:
            _parse(settings)
            _require_single(settings)
            path.with_name(_PARSED).write_text(found, encoding="ascii")
    return path


def _parsed_project(settings: Settings) -> str | None:
    """The fingerprint of the project that the manifest was made of."""
    try:
        return manifest_path(settings).with_name(_PARSED).read_text(encoding="ascii")
    except FileNotFoundError:
        return None


def project_fingerprint(project_dir: Path) -> str:
    """A hash of all that dbt reads of the project: names and contents, no dates.

    Dates say nothing: what an archive or a checkout brings may be older than the manifest.
    """
    files = [project_dir / name for name in _PROJECT_FILES]
    for part in _PROJECT_PARTS:
        files.extend((project_dir / part).rglob("*"))
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file() and path.suffix != ".pyc":
            name = path.relative_to(project_dir).as_posix()
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _require_single(settings: Settings) -> None:
    """Raises BuildFailed for what dbt's parsing passes over."""
    # YAML is needed only here.
    from goldthread.declarations import DeclarationError, require_single_exposures

    try:
        require_single_exposures(settings.project_dir / "models")
    except DeclarationError as error:
        raise BuildFailed(str(error)) from error


def _parse(settings: Settings) -> None:
    try:
        code = run_dbt(settings, ["parse"], start=_start_command)
    except BuildFailed:
        # dbt's partial parsing trips over a unit test whose model was renamed; a whole parse is
        # slower and does not.
        code = run_dbt(settings, ["--no-partial-parse", "parse"], start=_start_command)
    if code != 0:
        raise BuildFailed("dbt could not parse the project; `dbt parse` shows why.")
