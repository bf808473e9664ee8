"""goldthread apply: send a plan."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from goldthread.cli._exit import ExitCode, Stop
from goldthread.cli._options import as_of_option, json_option, machine_time
from goldthread.cli._sync import SYNC_EXIT_CODES_HELP, clear_sync_errors

if TYPE_CHECKING:
    from connectors.sync import SyncResult


@click.command(epilog=SYNC_EXIT_CODES_HELP)
@click.argument("name")
@click.option("--force", is_flag=True, help="Go on even if a guard objects. Consent still counts.")
@as_of_option
@json_option
def command(name: str, force: bool, as_of: datetime | None, as_json: bool) -> None:
    """Send what `goldthread plan NAME` shows, and record every row.

    Rows that are rejected or get no answer are listed by reason and tried again by the next apply.
    """
    from connectors.sync import apply_sync
    from goldthread.cli._console import print_json
    from goldthread.cli._progress import Bar
    from goldthread.settings import Settings

    with clear_sync_errors(), Bar(quiet=as_json) as bar:
        result = apply_sync(
            Settings.load(),
            name,
            as_of or machine_time(),
            lambda done, total: bar.advance("Sending", done, total),
            force=force,
        )
    if as_json:
        print_json(result.to_dict())
    else:
        _show(result)
    if not result.is_complete:
        raise Stop(
            f"Rows not delivered: {result.rejected + result.undelivered:,}; the next apply tries "
            "them again.",
            ExitCode.INCOMPLETE,
        )


def _show(result: SyncResult) -> None:
    from goldthread.cli._console import console, grid, shown

    plan = result.plan
    rows = [
        ("sent", result.sent),
        ("acknowledged", result.acknowledged),
        ("rejected", result.rejected),
        ("undelivered", result.undelivered),
        ("unchanged", plan.unchanged),
        ("held back", sum(plan.held_back.values())),
    ]
    console().print(f"[bold]{shown(plan.sync)}[/] → {shown(plan.destination)}/{shown(plan.object)}")
    console().print(grid("", ("what", "rows"), rows))
    if result.snapshot_rows is not None:
        folder = shown(result.snapshot_folder)
        console().print(f"A snapshot of {result.snapshot_rows:,} rows: {folder}", soft_wrap=True)
    if result.reasons:
        console().print(grid("Not delivered", ("reason", "rows"), result.reasons.items()))
    if result.stopped:
        console().print(f"[bold red]Stopped:[/] {shown(result.stopped)}")
    if result.history:
        console().print(f"[bold yellow]History not published:[/] {shown(result.history)}")
