"""goldthread identity repair-plan: what merges and splits mean downstream."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import json_option

if TYPE_CHECKING:
    from goldthread.inspect.repair import RepairPlan


@click.command(name="repair-plan", epilog=EXIT_CODES_HELP)
@click.option(
    "--since",
    default=None,
    metavar="RUN",
    help="Number or id of a run: changes of later runs count. Default: of the published run alone.",
)
@json_option
def repair_plan(since: str | None, as_json: bool) -> None:
    """List what merges and splits of customers mean downstream.

    The audience memberships and consents of the customers concerned, and what the next apply of
    each sync does with their records at the destination: the repair is part of its plan. Sends
    nothing.
    """
    from dataclasses import asdict

    from goldthread.cli._console import print_json
    from goldthread.cli._sync import clear_sync_errors
    from goldthread.inspect.repair import UnknownRun
    from goldthread.inspect.repair import repair_plan as plan_repair
    from goldthread.settings import Settings

    with clear_errors(), clear_sync_errors():
        try:
            plan = plan_repair(Settings.load(), since)
        except UnknownRun as error:
            raise Stop(str(error), ExitCode.NOT_FOUND) from error
    if as_json:
        print_json(asdict(plan))
    else:
        _print(plan)


def _print(plan: RepairPlan) -> None:
    from goldthread.cli._console import console, shown, table_of

    out = console()
    if not plan.changes:
        out.print(f"No customer merged, split or was retired after run {plan.since_run}.")
        return
    for title, rows in (
        (f"Customers that merged, split or were retired after run {plan.since_run}", plan.changes),
        ("Audience memberships concerned", plan.memberships),
        ("Consents concerned", plan.consents),
        ("Destination records, and what the next apply does", plan.destination_records),
    ):
        if rows:
            out.print(table_of(title, rows))
        else:
            out.print(f"[bold]{title}[/]: none\n")
    for sync, why in plan.unplanned.items():
        out.print(f"{shown(sync)} could not be planned: {shown(why)}", soft_wrap=True)
