"""A load killed anywhere is healed by the next one."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connectors.sources._engine.state import pipeline_name
from goldthread.settings import PROJECT_DIR
from tests.integration.loading import Home
from tests.unit.connectors.sources.samples import SIGNUP_HEADER, lines, message, signup


def run(home: Home, call: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.integration.killed_load",
            home.settings.home.parent,
            str(call),
        ],
        cwd=PROJECT_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def first_delivery(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1"), "{") + '{"messageId": "m3"')
    home.put("signups/a.csv", f"{SIGNUP_HEADER}\n{signup('s1', phone='1')}\n{signup('s2')}\n,\n")


def second_delivery(home: Home) -> None:
    """A grown file with an open end, a new one, and a rewritten one."""
    home.put("web/a.jsonl", lines(message("m1"), "{", {**message("m3"), "userId": 3}, "["))
    home.put("web/b.jsonl", lines(*(message(f"n{number}") for number in range(500))))
    rows = [signup("s2", city="Rome", phone="2"), signup("s1", phone="1"), "", "s4"]
    home.put("signups/a.csv", "\n".join([SIGNUP_HEADER, *rows]))


@pytest.mark.parametrize(
    ("start", "shares"),
    [("empty warehouse", (0.7, 0.95)), ("loaded warehouse", (0.5, 0.75, 0.9, 0.97))],
)
def test_after_any_kill_one_load_gives_what_an_undisturbed_one_gives(
    tmp_path: Path, start: str, shares: tuple[float, ...]
) -> None:
    undisturbed, killed = Home(tmp_path / "undisturbed"), Home(tmp_path / "killed")
    for home in (undisturbed, killed):
        first_delivery(home)
        if start == "loaded warehouse":
            home.load("web", "signups")
        second_delivery(home)
    whole = run(undisturbed, 0)
    assert whole.returncode == 0, whole.stderr
    calls = int(whole.stdout)
    for share in shares:
        ended = run(killed, int(calls * share))
        # A killed run before it may have finished one source already: less is left to do.
        assert ended.returncode in (-signal.SIGKILL, 0), ended.stderr
    killed.load("web", "signups")
    assert killed.content() == undisturbed.content()
    leftovers = [path.name for path in (killed.settings.dlt_dir / "parts").glob("*")]
    assert leftovers == []


def test_a_load_of_nothing_new_removes_what_a_load_killed_at_its_end_left(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first_delivery(home)
    home.load("web")
    working = home.settings.dlt_dir
    for folder in (working / "parts" / "web", working / "pipelines" / pipeline_name("web")):
        folder.mkdir(parents=True)
        (folder / "messages-00000.parquet").touch()
    home.load("web")
    assert list(working.glob("*/*")) == []
