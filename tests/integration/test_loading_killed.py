"""A load killed anywhere is healed by the next one."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime
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


def test_a_load_killed_while_it_judges_again_is_healed_at_any_moment(tmp_path: Path) -> None:
    early = datetime(2025, 7, 1)
    undisturbed, killed = Home(tmp_path / "undisturbed"), Home(tmp_path / "killed")
    ahead = "2026-08-01T00:00:00Z"
    rows = [signup("s1", signed_up_at=ahead), signup("s2", birth_date="2026-08-01")]
    for home in (undisturbed, killed):
        home.put("web/a.jsonl", lines(message("m1", receivedAt=ahead), "{", message("m2")))
        home.put("signups/a.csv", "\n".join([SIGNUP_HEADER, *rows]))
        home.load("web", "signups", as_of=early)
    before = raw_schemas(killed)
    calls = int(run(undisturbed, 0).stdout)
    after = raw_schemas(undisturbed)
    for share in (0.5, 0.8, 0.95):
        ended = run(killed, int(calls * share))
        assert ended.returncode in (-signal.SIGKILL, 0), ended.stderr
        if share < 0.9:
            killed.load("web", "signups", as_of=early)
            # The killed load may have finished one source.
            for schema, tables in raw_schemas(killed).items():
                assert tables in (before[schema], after[schema])
    killed.load("web", "signups")
    assert raw_schemas(killed) == after != before


def raw_schemas(home: Home) -> dict[str, dict[str, object]]:
    """The raw tables by schema."""
    found: dict[str, dict[str, object]] = {"raw_signups": {}, "raw_web": {}}
    for name, rows in home.content().items():
        schema, _, table = name.partition(".")
        if schema in found:
            found[schema][table] = rows
    return found


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
