"""What is printed for people shows values as they are."""

from __future__ import annotations

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
