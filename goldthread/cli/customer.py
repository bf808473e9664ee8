"""goldthread customer: everything published about one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import json_option

if TYPE_CHECKING:
    from goldthread.inspect.customer import CustomerView, Match

# Of what the ledger says of a row, what fits a line of a terminal; --json has all of it.
_SENT = ("audience", "operation", "status", "reason", "applied_at")


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("question", metavar="ID|EMAIL|PHONE")
@json_option
def command(question: str, as_json: bool) -> None:
    """Show one customer as published.

    Golden record and where each value comes from, identifiers, source records, memberships,
    consents, what may be sent and why not, what was sent. A customer id that was merged away leads
    to the one that survived. A phone number may be written as people write it.
    """
    from dataclasses import asdict

    from goldthread.cli._console import print_json
    from goldthread.inspect.customer import customer_view, find_customers
    from goldthread.settings import Settings

    settings = Settings.load()
    with clear_errors():
        matches = find_customers(settings, question)
        if not matches:
            raise Stop(
                f"Nobody published has the id, e-mail address or phone number {question!r}.",
                ExitCode.NOT_FOUND,
            )
        views = [customer_view(settings, match) for match in matches]
    if as_json:
        print_json([asdict(view) for view in views])
    elif len(views) > 1:
        _print_choice(question, views)
    else:
        _print_view(question, views[0])


def _print_choice(question: str, views: list[CustomerView]) -> None:
    from goldthread.cli._console import console, grid

    rows = [
        (
            view.match.customer_id,
            view.golden_record.get("first_name"),
            view.golden_record.get("last_name"),
            view.match.how,
        )
        for view in views
    ]
    title = f"{question} is shared by {len(views)} customers; ask for one by its id"
    console().print(grid(title, ("customer_id", "first_name", "last_name", "found_by"), rows))


def _print_view(question: str, view: CustomerView) -> None:
    from goldthread.cli._console import console, grid, shown, table_of

    out = console()
    out.print(f"[bold]Customer {shown(view.match.customer_id)}[/] {_found(question, view.match)}")
    out.print(grid("Golden record", ("attribute", "value"), list(view.golden_record.items())))
    sections = (
        ("Where each value comes from", view.provenance),
        ("Identifiers", view.identifiers),
        ("Source records", view.source_records),
        ("Audience memberships", view.memberships),
        ("Consents", view.consents),
        ("What may be sent, and why not", view.verdicts),
        ("What was sent", [_in_short(row) for row in view.sent]),
    )
    for title, rows in sections:
        if rows:
            out.print(table_of(title, rows))
        else:
            out.print(f"[bold]{title}[/]: nothing\n")


def _in_short(sent: dict[str, Any]) -> dict[str, Any]:
    sync = str(sent["sync_name"]).removeprefix("sync_")
    return {"sync": sync, **{name: sent[name] for name in _SENT}}


def _found(question: str, match: Match) -> str:
    if match.how == "id":
        return ""
    if match.how == "former id":
        return f"(formerly {question})"
    return f"(found by {match.how.replace('_', ' ')})"
