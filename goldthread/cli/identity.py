"""goldthread identity: everything about who is one person."""

from __future__ import annotations

from pathlib import Path

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._identity_diff import diff
from goldthread.cli._identity_evaluate import evaluate
from goldthread.cli._identity_explain import explain
from goldthread.cli._identity_repair import repair_plan
from goldthread.cli._identity_train import train
from goldthread.cli._options import NumberRange, json_option


@click.group()
def command() -> None:
    """Ask about resolved customers and compare them; train the model that links records."""


for subcommand in (diff, evaluate, explain, repair_plan, train):
    command.add_command(subcommand)


@command.command(epilog=EXIT_CODES_HELP)
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Where the customer ids go: .parquet or .csv.",
)
@click.option("--id-column", default=None, metavar="NAME", help="Default: record_id, or id.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="A person column that has another name in the table; may be repeated.",
)
@click.option("--train", "is_trained", is_flag=True, help="Train the model on this table first.")
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the training.")
@click.option(
    "--expected-precision",
    type=NumberRange(0.5, 1, max_open=True),
    default=None,
    help="Share of links to be right, such as 0.99. Default: wrong and missed links weigh alike.",
)
@json_option
def resolve(
    table: Path,
    out: Path,
    id_column: str | None,
    columns: tuple[str, ...],
    is_trained: bool,
    seed: int,
    expected_precision: float | None,
    as_json: bool,
) -> None:
    """Say which records of TABLE (.parquet or .csv) are one person, without a warehouse.

    TABLE has an id and any of first_name, last_name, birth_date, email, phone, address_line,
    postal_code, city, country, user_id; and a column source if records come from several. The
    output has each record's customer_id, how many records that customer has, and the strongest
    link that ties the record to the customer. Runs the models of every build in a scratch home.
    """
    from goldthread.cli._console import console, grid, print_json
    from goldthread.cli._options import machine_time
    from goldthread.cli._progress import Bar
    from goldthread.cli._resolve import resolve_table, summary

    renamed = dict(_renaming(column) for column in columns)
    with clear_errors(), Bar(quiet=as_json) as bar:
        result = resolve_table(
            table,
            out,
            as_of=machine_time(),
            id_column=id_column,
            renamed=renamed,
            train=is_trained,
            seed=seed,
            expected_precision=expected_precision,
            on_node=lambda stage, node: bar.advance(stage, node.position, node.total),
        )
        bar.close()
    figures = summary(result, out)
    if as_json:
        print_json(figures)
    else:
        console().print(grid(f"Customers of {table.name}", ("figure", "value"), figures.items()))


def _renaming(option: str) -> tuple[str, str]:
    ours, separator, theirs = option.partition("=")
    if not separator or not ours or not theirs:
        raise Stop(f"--column {option}: write it as OURS=THEIRS.", ExitCode.USAGE)
    return ours, theirs
