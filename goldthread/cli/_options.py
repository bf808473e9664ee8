"""Options that several commands share."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any

import click

from goldthread.cli._exit import ExitCode, Stop

END_OF_YEARS = 9000


class Moment(click.ParamType[datetime]):
    """An ISO 8601 moment before END_OF_YEARS as naive UTC; one without offset counts as UTC."""

    name = "timestamp"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
            if moment.tzinfo is not None:
                # An overflow where the offset leads out of the years 1 to 9999.
                moment = moment.astimezone(UTC).replace(tzinfo=None)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no ISO 8601 timestamp like 2026-11-01T06:00:00Z", param, ctx)
        if moment.year >= END_OF_YEARS:
            # Times a year after it are looked at, too.
            told = f"lies too far ahead; name a moment before the year {END_OF_YEARS}"
            self.fail(f"{value!r} {told}", param, ctx)
        return moment


class NumberRange(click.FloatRange):
    """A number within bounds. Not-a-number would pass, since it is neither below nor above any."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = super().convert(value, param, ctx)
        if isnan(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return float(number)


def machine_time() -> datetime:
    """Now, as naive UTC: read once where a run begins, and passed on as its ``as_of``."""
    return datetime.now(UTC).replace(tzinfo=None)


def output_folder(folder: Path) -> None:
    """Make the folder that a result goes to, before the work begins: it may take long.

    Raises Stop when the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Stop(f"{folder} cannot be written to: {error.strerror}.") from error


def apart(out: Path, source: Path) -> None:
    """Raise Stop when the result would replace the file it is made of, however either is named."""
    if out.exists() and out.samefile(source):
        raise Stop(
            f"{out} is the input itself, which would be lost; name another file for the result.",
            ExitCode.USAGE,
        )


as_of_option = click.option(
    "--as-of",
    type=Moment(),
    default=None,
    metavar="TIMESTAMP",
    help="The moment this run stands for (ISO 8601; UTC when it names no offset). Default: now.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
