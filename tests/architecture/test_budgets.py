"""The house stays small: commands, models and lines a destination have a ceiling."""

from __future__ import annotations

from typing import Any

import click

from goldthread.cli import main
from goldthread.settings import PROJECT_DIR


def test_at_most_twelve_commands() -> None:
    assert len(main.list_commands(click.Context(main))) <= 12


def test_at_most_sixty_models_beside_staging_and_audiences(models: list[dict[str, Any]]) -> None:
    # A user's own sources and audiences are theirs to add: they do not count. Nor does the
    # calendar that MetricFlow asks every project for.
    ours = [
        m for m in models if m["fqn"][1] not in {"staging", "audiences"} and not m.get("time_spine")
    ]
    assert len(ours) <= 60


def test_a_destination_takes_at_most_120_lines_of_code() -> None:
    large = {}
    for folder in (PROJECT_DIR / "connectors" / "destinations").iterdir():
        if folder.is_dir() and not folder.name.startswith("_"):
            count = sum(code_lines(path.read_text()) for path in folder.glob("*.py"))
            if count > 120:
                large[folder.name] = count
    assert large == {}


def code_lines(text: str) -> int:
    """Lines that are neither blank, comment nor docstring."""
    import ast

    lines = {
        number
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#")
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)
