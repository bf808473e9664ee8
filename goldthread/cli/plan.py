"""goldthread plan: what an apply would send."""

from __future__ import annotations

from datetime import datetime

import click

from goldthread.cli._options import as_of_option, json_option, machine_time
from goldthread.cli._sync import SYNC_EXIT_CODES_HELP, clear_sync_errors, plan_view


@click.command(epilog=SYNC_EXIT_CODES_HELP)
@click.argument("name")
@as_of_option
@json_option
def command(name: str, as_of: datetime | None, as_json: bool) -> None:
    """Show what an apply of the sync NAME would send; send nothing.

    Compares the published rows that consent admits with the ledger of what the destination holds:
    rows to add, change and remove, rows held back by reason, and what the guards object to.
    """
    from connectors.sync import plan_sync
    from goldthread.cli._console import console, print_json
    from goldthread.settings import Settings

    with clear_sync_errors():
        plan = plan_sync(Settings.load(), name, as_of or machine_time())
    if as_json:
        print_json(plan.to_dict())
        return
    for part in plan_view(plan):
        console().print(part)
