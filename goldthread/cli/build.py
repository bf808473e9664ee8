"""goldthread build: run dbt on what was loaded."""

from __future__ import annotations

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import json_option


@click.command(epilog=EXIT_CODES_HELP)
@click.option("--select", "-s", multiple=True, help="Only these nodes, in dbt's selection syntax.")
@click.option(
    "--full-refresh",
    is_flag=True,
    help="Rebuild incremental models from scratch; identities and histories stay.",
)
@json_option
def command(select: tuple[str, ...], full_refresh: bool, as_json: bool) -> None:
    """Build and check every model.

    When all checks pass, identities and histories are saved to the state folder. Publishes nothing:
    `goldthread publish` does.
    """
    from goldthread.cli._console import console, print_failures, print_json
    from goldthread.cli._progress import Bar
    from goldthread.settings import Settings
    from goldthread.warehouse import run_lock
    from goldthread.warehouse.errors import room_hint
    from goldthread.warehouse.transform import build

    settings = Settings.load()
    with clear_errors(), run_lock(settings, "goldthread build"), Bar(quiet=as_json) as bar:
        report = build(
            settings,
            select=select,
            full_refresh=full_refresh,
            on_node=lambda node: bar.advance("Building", node.position, node.total),
        )
    if select and not report.counts:
        raise Stop(f"{' '.join(select)} selects nothing in the project.", ExitCode.NOT_FOUND)
    if as_json:
        print_json({"counts": report.counts, "state_rows": report.state_rows,
                    "failures": list(report.failures)})  # fmt: skip
    else:
        counts = ", ".join(f"{count} {status}" for status, count in sorted(report.counts.items()))
        console().print(f"Built: {counts}.")
        print_failures(report.failures)
    if report.failures:
        hint = room_hint("\n".join(failure.message for failure in report.failures))
        raise Stop(
            hint or "Failed; nothing can be published until this is fixed.", ExitCode.CHECK_FAILED
        )
