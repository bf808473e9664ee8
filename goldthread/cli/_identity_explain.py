"""goldthread identity explain: why two are one person, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import json_option

if TYPE_CHECKING:
    from goldthread.inspect.built import Side
    from goldthread.inspect.explain import Explanation
    from goldthread.inspect.match_steps import WeightStep


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@json_option
def explain(left: str, right: str, as_json: bool) -> None:
    """Say why A and B are one customer, or why they are not.

    A and B are customer ids (also former ones), e-mail addresses or other identifiers, or records
    as source/source_record_id. Shows the links from one to the other with each step of their match
    weight; or what kept them apart: a decision, a conflict, a guard, the threshold, or nothing that
    would have brought them together. Reads the warehouse as last built.
    """
    from dataclasses import asdict

    from goldthread.cli._console import print_json
    from goldthread.inspect.explain import NobodyMeant
    from goldthread.inspect.explain import explain as explain_pair
    from goldthread.settings import Settings

    with clear_errors():
        try:
            found = explain_pair(Settings.load(), left, right)
        except NobodyMeant as error:
            raise Stop(str(error), ExitCode.NOT_FOUND) from error
    if as_json:
        print_json(asdict(found))
    else:
        _print(found)


def _print(found: Explanation) -> None:
    from goldthread.cli._console import console, shown

    out = console()
    for side in (found.left, found.right):
        out.print(_whom(side), soft_wrap=True)
    if not found.is_one:
        out.print("\n[bold]Two customers.[/]")
        for reason in found.reasons:
            about = f" ({reason.left_key} / {reason.right_key})" if reason.left_key else ""
            out.print(
                f"- [bold]{shown(reason.kind.replace('_', ' '))}[/]: {shown(reason.text + about)}",
                soft_wrap=True,
            )
        scored = [reason for reason in found.reasons if reason.steps]
        if scored:
            _print_steps(
                f"{scored[0].left_key} against {scored[0].right_key}, in bits", scored[0].steps
            )
        return
    out.print("\n[bold]One customer.[/]")
    if not found.path:
        out.print("One record holds both.")
    for number, step in enumerate(found.path, 1):
        value = f" {step.identifier_value}" if step.identifier_value else ""
        why = f"{step.reason} [{step.identifier_type}{value}]"
        out.print(
            f"{number}. {shown(step.left_key)} → {shown(step.right_key)}: {shown(why)}",
            soft_wrap=True,
        )
        if step.steps:
            _print_steps("match weight, in bits", step.steps)


def _whom(side: Side) -> str:
    from goldthread.cli._console import shown

    customers = ", ".join(side.customers)
    count = "1 record" if len(side.records) == 1 else f"{len(side.records)} records"
    return (
        f"[bold]{shown(side.asked)}[/] ({shown(side.how.replace('_', ' '))}): "
        f"{count} of customer {shown(customers)}"
    )


def _print_steps(title: str, steps: list[WeightStep]) -> None:
    from goldthread.cli._console import console, grid

    console().print(
        grid(
            title,
            ("attribute", "found", "one person", "not household", "not namesake"),
            [
                (step.attribute, step.found, step.bits, step.household_bits, step.namesake_bits)
                for step in steps
            ],
        )
    )
