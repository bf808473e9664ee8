"""goldthread demo-data: make an input folder with known truth."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop
from goldthread.cli._options import Moment, json_option, output_folder
from goldthread.demo_data.stamps import DEFAULT_AS_OF


@click.command(epilog=EXIT_CODES_HELP)
@click.option("--people", type=click.IntRange(min=1), default=2000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write.  [default: the input folder, GOLDTHREAD_INPUT_DIR]",
)
@click.option(
    "--as-of",
    type=Moment(),
    default=DEFAULT_AS_OF,
    show_default=True,
    metavar="TIMESTAMP",
    help="The moment the story ends (ISO 8601); run the pipeline at the same moment.",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Worker processes; the bytes do not depend on it.",
)
@click.option("--overwrite", is_flag=True, help="Replace a pack of other options in the folder.")
@json_option
def command(
    people: int,
    seed: int,
    folder: Path | None,
    as_of: datetime,
    processes: int,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Write realistic input in every layout, with the ground truth in _truth/.

    The same people, seed and moment give the same bytes. A pack that is there already is left
    as it is.
    """
    from goldthread.cli._console import print_json
    from goldthread.cli._progress import Bar
    from goldthread.demo_data.generate import FolderInUse, PackOptions, generate_pack
    from goldthread.settings import Settings

    moment = as_of.replace(tzinfo=UTC).isoformat(timespec="seconds")
    target = folder or Settings.load().input_dir
    output_folder(target)
    try:
        with Bar(quiet=as_json) as bar:
            pack = generate_pack(
                PackOptions(people, seed, moment),
                target,
                processes=processes,
                overwrite=overwrite,
                progress=lambda done: bar.advance("Generating people", done, people),
            )
    except FolderInUse as error:
        raise Stop(str(error), ExitCode.FAILED) from error
    totals: dict[str, int] = {}
    for path, lines in pack.line_counts.items():
        source = path.partition("/")[0]
        totals[source] = totals.get(source, 0) + lines
    if as_json:
        made = {"folder": target, "people": people, "seed": seed, "as_of": moment}
        print_json({**made, "is_new": pack.is_new, "lines": totals})
        return
    verb = "Wrote" if pack.is_new else "Already there:"
    click.echo(f"{verb} {people:,} people (seed {seed}) in {target}")
    click.echo("  lines: " + ", ".join(f"{name} {count:,}" for name, count in totals.items()))
    click.echo(f"  the story ends at {moment}; run the pipeline with --as-of {moment}")
