from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from goldthread.settings import Settings
from goldthread.warehouse import WarehouseBusy, run_lock
from goldthread.warehouse.lock import require_no_run

HOLD = """
import sys
from pathlib import Path
from goldthread.settings import Settings
from goldthread.warehouse import run_lock

home = Path(sys.argv[1])
with run_lock(Settings(home=home, input_dir=home), "goldthread run"):
    print("held", flush=True)
    sys.stdin.read()
"""

TRY = """
import sys
from pathlib import Path
from goldthread.settings import Settings
from goldthread.warehouse import run_lock

home = Path(sys.argv[1])
with run_lock(Settings(home=home, input_dir=home), "goldthread load"):
    print("passed")
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", input_dir=tmp_path)


def hold(settings: Settings) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_run_is_told_who_holds_the_home(settings: Settings) -> None:
    with hold(settings) as holder:
        with (
            pytest.raises(WarehouseBusy, match=rf"`goldthread run` \(process {holder.pid}"),
            run_lock(settings, "goldthread load"),
        ):
            pytest.fail("the lock let a second run in")
        holder.communicate("")
    with run_lock(settings, "goldthread load"):
        pass


def test_the_lock_of_a_killed_run_refuses_nobody(settings: Settings) -> None:
    with hold(settings) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert json.loads((settings.home / ".run.lock").read_text())["pid"] == holder.pid
    with run_lock(settings, "goldthread load"):
        held = json.loads((settings.home / ".run.lock").read_text())
        assert held["pid"] == os.getpid()


def test_what_the_holder_starts_may_pass(settings: Settings) -> None:
    with run_lock(settings, "goldthread run"), run_lock(settings, "goldthread load"):
        child = subprocess.run(
            [sys.executable, "-c", TRY, str(settings.home)], capture_output=True, text=True
        )
        assert child.stdout == "passed\n", child.stderr
        # The nested ones have ended; the outer one still holds.
        stranger = {k: v for k, v in os.environ.items() if k != "GOLDTHREAD_RUN_TOKEN"}
        refused = subprocess.run(
            [sys.executable, "-c", TRY, str(settings.home)],
            capture_output=True,
            text=True,
            env=stranger,
        )
        assert "WarehouseBusy" in refused.stderr


def test_a_question_waits_for_no_gap_in_a_run_and_holds_up_none(settings: Settings) -> None:
    require_no_run(settings)
    with hold(settings) as holder:
        with pytest.raises(WarehouseBusy, match=rf"`goldthread run` \(process {holder.pid}"):
            require_no_run(settings)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    require_no_run(settings)
    with run_lock(settings, "goldthread run"):
        require_no_run(settings)


def test_the_token_does_not_outlive_the_run(settings: Settings) -> None:
    with run_lock(settings, "goldthread run"):
        assert "GOLDTHREAD_RUN_TOKEN" in os.environ
    assert "GOLDTHREAD_RUN_TOKEN" not in os.environ


def test_what_a_killed_run_left_is_ended_and_removed(settings: Settings, tmp_path: Path) -> None:
    """dbt outlives a kill -9 of the run that started it, and would hold the warehouse."""
    orphan_pid = tmp_path / "orphan.pid"
    script = HOLD.replace(
        'print("held", flush=True)',
        "import subprocess; child = subprocess.Popen(['sleep', '600']); "
        f"Path({str(orphan_pid)!r}).write_text(str(child.pid)); print('held', flush=True)",
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    spilled = settings.home / "warehouse.duckdb.tmp"
    spilled.mkdir()
    (spilled / "duckdb_temp_storage_DEFAULT-0.tmp").touch()
    orphan = int(orphan_pid.read_text())
    os.kill(orphan, 0)
    with run_lock(settings, "goldthread run"):
        assert _has_ended(orphan)
        assert not spilled.exists()


def _has_ended(pid: int) -> bool:
    """Whether the process ends within ten seconds; a zombie has, though nobody asked after it."""
    stat = Path(f"/proc/{pid}/stat")
    for _ in range(100):
        try:
            if stat.read_text().split()[2] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.1)
    return False
