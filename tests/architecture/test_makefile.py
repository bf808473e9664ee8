"""What ``make`` may do to whoever types it."""

from __future__ import annotations

import subprocess

from goldthread.settings import PROJECT_DIR


def test_cleaning_keeps_the_home() -> None:
    """``data/`` holds the registry, the ledgers and people's decisions: nothing makes them anew."""
    # Called by `make test`, a make names the folder that it works in.
    command = ["make", "--no-print-directory", "--dry-run", "clean"]
    told = subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=True)
    removed = told.stdout.split()
    assert removed[:2] == ["rm", "-rf"]
    assert "data" not in removed
