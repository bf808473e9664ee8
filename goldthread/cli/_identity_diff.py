"""goldthread identity diff: two states of the customers compared."""

from __future__ import annotations

from pathlib import Path

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import NumberRange, json_option


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--churn-budget",
    type=NumberRange(min=0),
    default=None,
    metavar="PERCENT",
    help="Exit with code 3 if more of the common records than this have another customer_id.",
)
@json_option
def diff(before: Path, after: Path, churn_budget: float | None, as_json: bool) -> None:
    """Compare the customers of two states, as Markdown fit for a pull request.

    BEFORE and AFTER are published files, warehouse files or homes: say, a home built with today's
    rules and one with tomorrow's. Shows which customers merged, split or exchanged records, whose
    id changed, and the sizes of the audiences.
    """
    from dataclasses import asdict

    from goldthread.cli._console import print_json
    from goldthread.inspect.identity_diff import compare_identities, markdown

    with clear_errors():
        found = compare_identities(before, after)
    if as_json:
        print_json(asdict(found) | {"churn_percent": round(found.churn_percent, 4)})
    else:
        click.echo(markdown(found, churn_budget))
    if churn_budget is None:
        return
    if not found.common_records:
        raise Stop(
            "No record is in both states, so there is no churn to hold against the budget: are "
            "they of the same input?",
            ExitCode.CHECK_FAILED,
        )
    if found.churn_percent > churn_budget:
        raise Stop(
            f"{found.churn_percent:.2f} % of the records have another customer_id; the budget is "
            f"{churn_budget:g} %.",
            ExitCode.CHECK_FAILED,
        )
