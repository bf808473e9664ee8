"""goldthread identity train: the model's parameters, from the records at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from goldthread.cli._built_tables import require_table
from goldthread.cli._exit import EXIT_CODES_HELP, clear_errors
from goldthread.cli._options import json_option, output_folder

if TYPE_CHECKING:
    from goldthread.identity import LinkageModel

RECORDS = "intermediate.int_identity__linkage_records"
NICKNAMES = "seeds.nicknames"


@click.command(epilog=EXIT_CODES_HELP)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    metavar="FILE",
    help="Where the model goes. Default: the home's own, which the next build uses.",
)
@click.option(
    "--charts",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    metavar="FOLDER",
    help="Where the charts go. Default: folder charts beside the model.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Seed of the random pairs.")
@json_option
def train(out: Path | None, charts: Path | None, seed: int, as_json: bool) -> None:
    """Estimate the model's parameters from the warehouse's records, without labels.

    The same records and seed give the same model. A model holds no record, but chances, and the
    frequencies of names that at least five records bear. Four charts show it (SVG): match weights,
    chances (m and u), what each training session estimated, and how many records could not be
    linked even with themselves. Needs one build before.
    """
    from goldthread.cli._console import print_json
    from goldthread.identity import own_model_path
    from goldthread.identity import train as train_model
    from goldthread.settings import Settings
    from goldthread.warehouse import run_lock
    from goldthread.warehouse.built import built_tables

    settings = Settings.load()
    path = out or own_model_path(settings)
    folder = charts or path.parent / "charts"
    with clear_errors(), run_lock(settings, "goldthread identity train"):
        with built_tables(settings, read_only=False) as con:
            require_table(con, RECORDS)
            output_folder(path.parent)
            output_folder(folder)
            model = train_model(
                con.sql(f"select * from {RECORDS}"),
                con.sql(f"select * from {NICKNAMES}"),
                con,
                seed,
                charts=folder,
            )
        model.save(path)
    if as_json:
        print_json({"path": path, "charts": folder, "notes": model.notes, "levels": _levels(model)})
    else:
        _print_model(model, path, folder)


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


def _print_model(model: LinkageModel, path: Path, folder: Path) -> None:
    from goldthread.cli._console import console, shown, table_of

    people = model.notes["people"]
    console().print(table_of(f"Trained on {people:,} records, written to {path}", _levels(model)))
    console().print(f"Charts: {shown(folder)}", soft_wrap=True)
