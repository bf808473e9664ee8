"""goldthread demo-data: make an input folder with known truth."""

from __future__ import annotations

from pathlib import Path

import click

from goldthread.demo_data.stamps import DEFAULT_AS_OF


@click.command()
@click.option("--people", type=click.IntRange(min=1), default=2000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Input folder to write.  [default: GOLDTHREAD_INPUT_DIR or data/input]",
)
@click.option(
    "--as-of",
    default=DEFAULT_AS_OF,
    show_default=True,
    help="The moment the story ends (ISO 8601); run the pipeline at the same moment.",
)
@click.option(
    "--processes", type=click.IntRange(1, 64), default=2, show_default=True,
    help="Worker processes; the bytes do not depend on it.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace a pack of other options in the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def command(
    people: int,
    seed: int,
    folder: Path | None,
    as_of: str,
    processes: int,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write realistic input in every layout, with the ground truth in _truth/.

    The same people, seed and moment give the same bytes. A pack that is there already is left
    alone. Exits with 2 when the folder holds something else.
    """
    import json

    from goldthread.demo_data.generate import FolderInUse, PackOptions, generate_pack
    from goldthread.demo_data.stamps import iso_seconds, parse_moment
    from goldthread.settings import Settings

    try:
        moment = iso_seconds(parse_moment(as_of))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--as-of") from error
    target = folder or Settings.load().input_dir
    options = PackOptions(people, seed, moment)
    try:
        pack = generate_pack(options, target, processes=processes, overwrite=overwrite)
    except FolderInUse as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        body = {"folder": str(target), "as_of": moment, "people": people, "seed": seed}
        click.echo(json.dumps({**body, "is_new": pack.is_new, "lines": pack.line_counts}))
        return
    verb = "Wrote" if pack.is_new else "Already there:"
    click.echo(f"{verb} {people:,} people (seed {seed}) in {target}")
    totals: dict[str, int] = {}
    for path, lines in pack.line_counts.items():
        folder_name = path.partition("/")[0]
        totals[folder_name] = totals.get(folder_name, 0) + lines
    click.echo("  " + ", ".join(f"{name} {lines:,}" for name, lines in totals.items()) + " rows")
    click.echo(f"  as of {moment}: run the pipeline with --as-of {moment}")
