"""What is printed for people shows values as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from goldthread.cli._console import console, grid


def test_brackets_in_titles_and_values_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    console().print(grid("Customers of people[bold].csv", ("file",), [("people[1] [x].csv",)]))
    printed = capsys.readouterr().out
    assert "people[bold].csv" in printed
    assert "people[1] [x].csv" in printed


def test_a_file_holds_whole_tables(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    names, values = ("one", "two", "three"), ("a" * 45, "b" * 45, "c" * 45)
    console().print(grid("", names, [values]))
    printed = capsys.readouterr().out
    assert all(value in printed for value in values)

    monkeypatch.setenv("COLUMNS", "40")
    console().print(grid("", names, [values]))
    assert max(map(len, capsys.readouterr().out.splitlines())) == 40


# macOS has no file that is always full.
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the machine has no full file")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_log_on_a_full_disk_is_told_without_a_traceback(unbuffered: str) -> None:
    command = "from goldthread.cli import main; main(['generate', '--check'])"
    with Path("/dev/full").open("w") as log:
        result = subprocess.run(
            [sys.executable, "-c", command],
            stdout=log,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        )
    assert result.returncode == 1
    assert result.stderr.startswith("The disk that the output goes to is full")
