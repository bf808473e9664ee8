from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from goldthread.cli import main
from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import Moment
from goldthread.settings import Settings
from goldthread.warehouse import begin_run, connect
from goldthread.warehouse.errors import (
    BuildFailed,
    NothingLoaded,
    PublishRefused,
    StateRefused,
    WarehouseBusy,
)
from goldthread.warehouse.publish import ChecksFailed
from goldthread.warehouse.transform import Failure


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    return Settings.load()


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BuildFailed("x"), ExitCode.CHECK_FAILED),
        (NothingLoaded("x"), ExitCode.NOT_READY),
        (PublishRefused("x"), ExitCode.NOT_READY),
        (StateRefused("x"), ExitCode.FAILED),
        (WarehouseBusy("x"), ExitCode.BUSY),
    ],
)
def test_each_error_has_its_exit_code(error: Exception, code: ExitCode) -> None:
    with pytest.raises(Stop) as stopped, clear_errors():
        raise error
    assert stopped.value.exit_code == code


def test_failed_checks_are_no_part_of_what_machines_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    failure = Failure("unique_customers", "test", "Got 1 result", 1, ("customer_id",), (("c1",),))
    with pytest.raises(Stop) as stopped, clear_errors():
        raise ChecksFailed([failure])
    assert stopped.value.exit_code == ExitCode.CHECK_FAILED
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "unique_customers" in printed.err
    assert "c1" in printed.err


def test_a_defect_keeps_its_traceback() -> None:
    with pytest.raises(KeyError), clear_errors():
        raise KeyError("a bug")


def test_every_exit_code_is_documented() -> None:
    assert all(f"  {code.value}  " in EXIT_CODES_HELP for code in ExitCode)


def test_every_command_has_help() -> None:
    commands = main.list_commands(
        main.make_context("goldthread", ["--help"], resilient_parsing=True)
    )
    for name in commands:
        result = CliRunner().invoke(main, [name, "--help"])
        assert result.exit_code == 0, name
        assert result.output.startswith("Usage: "), name


def test_help_imports_no_heavy_library() -> None:
    script = (
        "import sys; sys.argv = ['goldthread', '--help']\n"
        "from goldthread.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'duckdb', 'dagster', 'dbt', 'dlt', 'pandas', 'pyarrow', 'splink', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout.rstrip().endswith("[]"), result.stdout + result.stderr
    # 0.1 s here; the budget of 0.5 s is measured in benchmarks, this only catches a disaster.
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01T06:00:00Z", datetime(2026, 11, 1, 6)),
        ("2026-11-01T06:00:00+02:00", datetime(2026, 11, 1, 4)),
        ("2026-11-01", datetime(2026, 11, 1)),
    ],
)
def test_moments_are_utc_without_offset(text: str, moment: datetime) -> None:
    assert Moment().convert(text, None, None) == moment


def test_a_moment_that_is_none_is_wrong_usage(settings: Settings) -> None:
    result = CliRunner().invoke(main, ["run", "--as-of", "yesterday"])
    assert result.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("name", ["build", "publish"])
def test_a_step_that_is_missing_is_named(
    settings: Settings, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.home / "manifest.json").write_text("{}")
    monkeypatch.setattr(
        "goldthread.warehouse.dbt_process.ensure_manifest",
        lambda _: settings.home / "manifest.json",
    )
    result = CliRunner().invoke(main, [name])
    assert result.exit_code == ExitCode.NOT_READY, result.output
    assert "goldthread load" in result.output


@pytest.fixture
def held(settings: Settings) -> Iterator[int]:
    """Another process that has the home; its pid."""
    script = (
        "import sys; from goldthread.settings import Settings\n"
        "from goldthread.warehouse import run_lock\n"
        "with run_lock(Settings.load(), 'goldthread run'): print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        yield holder.pid
        holder.communicate("\n")


@pytest.mark.parametrize("name", ["build", "publish", "run", "demo"])
def test_the_second_of_two_runs_is_refused_and_told_by_whom(
    settings: Settings, held: int, name: str
) -> None:
    with connect(settings) as con:
        begin_run(con, settings, datetime(2026, 11, 1), "load")
    result = CliRunner().invoke(main, [name])
    assert result.exit_code == ExitCode.BUSY, result.output
    assert f"process {held}" in result.output
