"""What is printed for people shows values as they are."""

from __future__ import annotations

import pytest

from goldthread.cli._console import console, grid


def test_brackets_in_titles_and_values_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    console().print(grid("Customers of people[bold].csv", ("file",), [("people[1] [x].csv",)]))
    printed = capsys.readouterr().out
    assert "people[bold].csv" in printed
    assert "people[1] [x].csv" in printed
