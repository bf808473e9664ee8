"""dbt for the tests: the project parsed once a session, and processes that need not import dbt.

Half of a small dbt command is imports, and most of a new home's first one is parsing. Each command
still has a process of its own, forked from a server that has loaded dbt; what is told of commands
that are typed or killed is tested with ordinary processes.
"""

from __future__ import annotations

import atexit
import hashlib
import multiprocessing
import os
import pprint
import shutil
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from goldthread.settings import PROJECT_DIR
from goldthread.warehouse.connection import DEFAULT_MEMORY_LIMIT, MEMORY_LIMIT, block_memory

# One server for all tests of a process: it is started once, with what was asked for by then.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.preloaded"])

_PARSED = "partial_parse.msgpack"


def take_over(
    parsed: Path, target: Path, home: Path | str, parsed_home: Path | None = None
) -> None:
    """Put the parsed project where dbt looks for it when it works on ``home``.

    parsed_home: the home it was parsed for, if that is not the one of ``parsed_project``.
    dbt parses anew for every warehouse path, whose hash stands in its file. Here nothing that is
    parsed depends on the path, so the hash is exchanged.
    """
    shutil.copytree(parsed, target, dirs_exist_ok=True)
    content = (target / _PARSED).read_bytes()
    known = _profile_hash(parsed_home or parsed.parent / "home")
    assert content.count(known) == 1, "dbt makes its hash of the profile in another way now"
    (target / _PARSED).write_bytes(content.replace(known, _profile_hash(home)))


def _profile_hash(home: Path | str) -> bytes:
    """What dbt's ``build_manifest_state_check`` makes of the profile."""
    from dbt.adapters.duckdb.credentials import DuckDBCredentials

    limit = os.environ.get(MEMORY_LIMIT, DEFAULT_MEMORY_LIMIT)
    settings = {
        "memory_limit": limit,
        "block_allocator_memory": block_memory(),
        "checkpoint_threshold": "1GiB",
        "max_vacuum_tasks": 0,
        "disabled_compression_methods": "fsst",
    }
    credentials = DuckDBCredentials.from_dict(
        {"path": f"{home}/warehouse.duckdb", "settings": settings}
    )
    info = pprint.pformat(sorted(credentials.connection_info()))
    return hashlib.sha256(info.encode()).hexdigest().encode()


class ForkedDbt:
    """A dbt command in a forked process; of ``subprocess.Popen`` it has what ``run_dbt`` uses.

    command: dbt and its arguments. parsed: the parsed project, for targets that hold none.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        parsed: Path | None = None,
    ) -> None:
        arguments = list(command[1:])
        if parsed is not None and cwd == PROJECT_DIR:
            target = Path(env["DBT_TARGET_PATH"])
            if "--target-path" in arguments:
                target = Path(arguments[arguments.index("--target-path") + 1])
            if not (target / _PARSED).exists():
                take_over(parsed, target, env["GOLDTHREAD_HOME"])
        heard, said = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=_dbt, args=(arguments, cwd, dict(env), said))
        self.process.start()
        said.close()
        self.stdout = os.fdopen(os.dup(heard.fileno()), "rb")
        heard.close()

    @property
    def returncode(self) -> int | None:
        return self.process.exitcode

    def __enter__(self) -> ForkedDbt:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stdout.close()
        self.process.join()


def _dbt(arguments: list[str], folder: Path, environment: dict[str, str], said: Connection) -> None:
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["dbt", *arguments]
    from dbt.cli.main import cli

    try:
        cli(arguments)
    finally:
        # A forked process ends without: dbt-duckdb closes the warehouse in one of them.
        atexit._run_exitfuncs()
