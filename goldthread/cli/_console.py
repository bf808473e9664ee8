"""Printing: tables for people, JSON for machines."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from goldthread.warehouse.transform import Failure


# Columns where no terminal says how wide it is (a file, a pipe, a scheduler's log): cells of tables
# that do not fit are cut off.
FILE_WIDTH = 160


def console(*, stderr: bool = False) -> Console:
    """Prints to standard output or error, as wide as the terminal or ``COLUMNS``."""
    from rich.console import Console

    out = Console(highlight=False, soft_wrap=False, stderr=stderr)
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = FILE_WIDTH
    return out


def print_json(content: Any) -> None:
    """One JSON document on standard output; timestamps as ISO 8601 with their UTC offset."""
    click.echo(json.dumps(content, default=_plain, indent=2, ensure_ascii=False))


def table_of(title: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    """A table with the rows' own columns."""
    names = list(rows[0]) if rows else []
    return grid(title, names, ([row[name] for name in names] for row in rows))


def grid(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Table:
    """A table; numbers stand to the right, nulls are left blank."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    cells = [list(row) for row in rows]
    heading = escape(title)
    table = Table(title=heading, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for position, name in enumerate(columns):
        is_number = any(isinstance(row[position], (int, float, Decimal)) for row in cells)
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left")
    for row in cells:
        table.add_row(*(shown(value) for value in row))
    return table


def shown(value: Any) -> str:
    """A value as people read it, safe from rich's own markup."""
    from rich.markup import escape

    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return escape(str(value))


def print_failures(failures: Sequence[Failure]) -> None:
    """Each failed check by name, with up to five of its rows; standard output is for results."""
    out = console(stderr=True)
    for failure in failures:
        kind = "Check" if failure.resource_type == "test" else failure.resource_type.capitalize()
        out.print(f"[bold red]{kind} failed:[/] {shown(failure.name)}")
        out.print(f"  {shown(failure.message)}", soft_wrap=True)
        if failure.rows:
            count = failure.failing_row_count or len(failure.rows)
            title = f"  {len(failure.rows)} of {count:,} rows"
            out.print(grid(title, failure.columns, failure.rows))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + ("Z" if value.tzinfo is None else "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, Path, UUID)):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
