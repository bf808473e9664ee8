"""Options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click


class Moment(click.ParamType[datetime]):
    """An ISO 8601 moment as naive UTC; one without offset counts as UTC."""

    name = "timestamp"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 timestamp, as 2026-11-01T06:00:00Z is", param, ctx)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return moment


def machine_time() -> datetime:
    """Now, as naive UTC: read once where a run begins, and passed on as its ``as_of``."""
    return datetime.now(UTC).replace(tzinfo=None)


as_of_option = click.option(
    "--as-of",
    type=Moment(),
    default=None,
    metavar="TIMESTAMP",
    help="The moment this run stands for (ISO 8601; UTC when it names no offset). Default: now.",
)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
