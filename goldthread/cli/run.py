"""goldthread run: the daily job, headless."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from goldthread.cli._exit import EXIT_CODES_HELP, clear_errors
from goldthread.cli._options import as_of_option, json_option, machine_time

if TYPE_CHECKING:
    from orchestration.run import RunOutcome


@click.command(epilog=EXIT_CODES_HELP)
@as_of_option
@json_option
def command(as_of: datetime | None, as_json: bool) -> None:
    """Load, check, build, publish and send everything.

    Runs Dagster's job `daily` in this process. Nothing is published or sent unless every check
    passed. A sync whose environment variables are not set is left out.
    """
    from dataclasses import asdict

    from goldthread.cli._console import print_json
    from goldthread.cli._daily import run_with_progress, stop_if_failed
    from goldthread.cli._progress import Bar
    from goldthread.settings import Settings
    from goldthread.warehouse import run_lock

    settings = Settings.load()
    moment = as_of or machine_time()
    with clear_errors(), run_lock(settings, "goldthread run"):
        with Bar(quiet=as_json) as bar:
            outcome = run_with_progress(settings, moment, "goldthread run", bar)
        if as_json:
            print_json({"as_of": moment, **asdict(outcome)})
        else:
            _print(outcome)
        stop_if_failed(settings, outcome)


def _print(outcome: RunOutcome) -> None:
    from goldthread.cli._console import console, grid, shown
    from goldthread.cli._daily import sync_tables

    out = console()
    loaded = [
        (
            f"{source.removeprefix('raw_')}.{made['table']}",
            made["rows_read"],
            made["rows_loaded"],
            made["rows_quarantined"],
        )
        for source, made in (
            (key.split("/")[0], outcome.assets[key]) for key in sorted(outcome.assets)
        )
        if "rows_loaded" in made
    ]
    out.print(grid("What came in", ("table", "rows read", "new", "set aside"), loaded))
    for name, file in outcome.with_prefix("published/").items():
        out.print(
            grid(f"Published {name}: {file['path']}", ("table", "rows"), file["rows"].items())
        )
    if outcome.with_prefix("published/"):
        for part in sync_tables(outcome):
            out.print(part)
    for name, found in outcome.warnings.items():
        out.print(f"[bold yellow]Check warns:[/] {shown(name)}: {shown(found)}", soft_wrap=True)
