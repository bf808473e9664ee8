"""goldthread identity: train the linkage model, measure the result."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._identity_diff import diff
from goldthread.cli._identity_explain import explain
from goldthread.cli._identity_repair import repair_plan
from goldthread.cli._options import json_option

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity import LinkageModel

RECORDS = "intermediate.int_identity__linkage_records"
NICKNAMES = "seeds.nicknames"
CUSTOMERS = "marts.customer_source_records"


@click.group()
def command() -> None:
    """Ask about resolved customers and compare them; train the model that links records."""


for subcommand in (diff, explain, repair_plan):
    command.add_command(subcommand)


@command.command(epilog=EXIT_CODES_HELP)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    metavar="FILE",
    help="Where the model goes. Default: the home's own, which the next build uses.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the random pairs.")
@json_option
def train(out: Path | None, seed: int, as_json: bool) -> None:
    """Estimate the model's parameters from the warehouse's records, without labels.

    The same records and seed give the same model. A model holds no record, but chances, and the
    frequencies of names that at least five records bear. Needs one build before.
    """
    from goldthread.cli._console import print_json
    from goldthread.identity import own_model_path
    from goldthread.identity import train as train_model
    from goldthread.settings import Settings
    from goldthread.warehouse import connect, run_lock

    settings = Settings.load()
    path = out or own_model_path(settings)
    with clear_errors(), run_lock(settings, "goldthread identity train"):
        con = connect(settings)
        try:
            _require(con, RECORDS)
            model = train_model(
                con.sql(f"select * from {RECORDS}"),
                con.sql(f"select * from {NICKNAMES}"),
                con,
                seed,
            )
        finally:
            con.close()
    path.parent.mkdir(parents=True, exist_ok=True)
    model.save(path)
    if as_json:
        print_json({"path": path, "notes": model.notes, "levels": _levels(model)})
    else:
        _print_model(model, path)


@command.command(epilog=EXIT_CODES_HELP)
@click.option(
    "--truth",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    metavar="FILE",
    help="Parquet with source, source_record_id, person_id. Default: _truth of the demo input.",
)
@json_option
def evaluate(truth: Path | None, as_json: bool) -> None:
    """Compare the warehouse's customers with the truth.

    Precision and recall are counted over the pairs of records that the customers imply; B-cubed
    over the records. Records that the truth does not name are left out.
    """
    from goldthread.cli._console import console, grid, print_json
    from goldthread.identity import evaluate as evaluate_clusters
    from goldthread.settings import Settings
    from goldthread.warehouse import connect

    settings = Settings.load()
    path = truth or settings.input_dir / "_truth" / "source_records.parquet"
    if not path.exists():
        raise Stop(f"There is no truth at {path}; name one with --truth.", ExitCode.NOT_FOUND)
    with clear_errors():
        con = connect(settings, read_only=True)
        try:
            _require(con, CUSTOMERS)
            con.register("truth_in", con.read_parquet(str(path)))
            figures = evaluate_clusters(
                con,
                "(select customers.customer_id as cluster_id, truth_in.person_id "
                f"from truth_in join {CUSTOMERS} as customers using (source, source_record_id))",
            ).figures()
        finally:
            con.close()
    if as_json:
        print_json(figures)
    else:
        console().print(grid("Customers against the truth", ("figure", "value"), figures.items()))


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
    help="A person column that has another name in the table; may be given several times.",
)
@click.option("--train", "is_trained", is_flag=True, help="Train the model on this table first.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the training.")
@click.option(
    "--expected-precision",
    type=click.FloatRange(0.5, 1, max_open=True),
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
    postal_code, city, country, user_id; with records of several origins also a column source. The
    output has each record's customer_id, how many records that customer has, and the strongest
    link that holds the record there. It runs the models of every build in a scratch home.
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


def _require(con: duckdb.DuckDBPyConnection, table: str) -> None:
    schema, name = table.split(".")
    known = con.execute(
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?",
        [schema, name],
    ).fetchone()
    if known is None:
        raise Stop(
            f"The warehouse holds no {table} yet; run `goldthread build` first.", ExitCode.NOT_READY
        )


def _levels(model: LinkageModel) -> list[dict[str, str | float]]:
    return [
        {
            "comparison": name,
            "level": level.label,
            "m": level.m,
            "u": level.u,
            "bits": round(level.bits, 2),
            "bits_against_household": round(level.household_bits, 2),
            "bits_against_namesakes": round(level.namesake_bits, 2),
        }
        for name, levels in model.levels.items()
        for level in levels
    ]


def _print_model(model: LinkageModel, path: Path) -> None:
    from goldthread.cli._console import console, table_of

    people = model.notes["people"]
    console().print(table_of(f"Trained on {people:,} records, written to {path}", _levels(model)))
