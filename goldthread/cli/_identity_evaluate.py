"""goldthread identity evaluate: the warehouse's customers against a truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from goldthread.cli._built_tables import require_table
from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import json_option, output_folder

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity.sweep import SweepStep

CUSTOMERS = "marts.customer_source_records"
RECORDS = "intermediate.int_identity__linkage_records"
EDGES = "intermediate.int_identity__edges"
SWEPT = {
    "records": RECORDS,
    "edges": EDGES,
    "scored_pairs": "intermediate.int_identity__scored_pairs",
    "identifiers": "intermediate.int_identity__joining_identifiers",
    "join_limits": "seeds.join_limits",
}


@click.command(epilog=EXIT_CODES_HELP)
@click.option(
    "--truth",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    metavar="FILE",
    help="Parquet with source, source_record_id, person_id. Default: _truth of the demo input.",
)
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    metavar="FILE",
    help="Where the sweep's picture goes: .svg, .png or .html. Default: identity/thresholds.svg "
    "of the home.",
)
@click.option(
    "--sweep/--no-sweep",
    "is_swept",
    default=True,
    show_default=True,
    help="Cluster again at thirteen other thresholds.",
)
@json_option
def evaluate(truth: Path | None, picture: Path | None, is_swept: bool, as_json: bool) -> None:
    """Compare the warehouse's customers with the truth, at their threshold and at others.

    Cluster precision and recall are counted over the pairs of records that the customers imply,
    pairwise ones over the links themselves (records that say the same count once), B-cubed over
    the records. Records that the truth does not name are left out. The sweep varies the match
    probability from which details link, and draws the result.
    """
    from goldthread.cli._console import console, grid, print_json, shown, table_of
    from goldthread.identity.charts import FORMATS, save_sweep
    from goldthread.settings import Settings
    from goldthread.warehouse.built import built_tables

    settings = Settings.load()
    path = truth or settings.input_dir / "_truth" / "source_records.parquet"
    picture = picture or settings.home / "identity" / "thresholds.svg"
    if not path.exists():
        raise Stop(f"There is no truth at {path}; name one with --truth.", ExitCode.NOT_FOUND)
    if picture.suffix not in FORMATS:
        raise Stop(f"{picture} must end in one of {', '.join(FORMATS)}.", ExitCode.USAGE)
    with clear_errors(), built_tables(settings) as con:
        require_table(con, CUSTOMERS)
        _register_truth(con, path)
        if is_swept:
            output_folder(picture.parent)
        figures = _figures(con)
        steps = _swept(con) if is_swept else []
        threshold = _own_threshold(con)
    if steps:
        save_sweep(steps, threshold, picture)
    rows = [_row(step) for step in steps]
    if as_json:
        drawn = {"sweep": rows, "picture": picture} if steps else {}
        print_json({**figures, "threshold": threshold, **drawn})
        return
    figures["threshold"] = threshold
    console().print(grid("Customers against the truth", ("figure", "value"), figures.items()))
    if steps:
        console().print(table_of("At other thresholds", rows))
        console().print(f"Picture: {shown(picture)}", soft_wrap=True)


def _register_truth(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    import duckdb

    wanted = ("source", "source_record_id", "person_id")
    try:
        truth = con.read_parquet(str(path))
    except duckdb.Error as error:
        raise Stop(f"{path} cannot be read as Parquet: {error}", ExitCode.USAGE) from error
    if missing := [name for name in wanted if name not in truth.columns]:
        raise Stop(
            f"{path} has no column {', '.join(missing)}; it has {', '.join(truth.columns)}.",
            ExitCode.USAGE,
        )
    con.register("truth_file", truth)
    con.execute(
        "create temp table truth_in as select distinct cast(source as varchar) as source, "
        "cast(source_record_id as varchar) as source_record_id, person_id from truth_file "
        "where person_id is not null"
    )
    con.unregister("truth_file")
    named = con.sql(f"from truth_in semi join {CUSTOMERS} using (source, source_record_id)")
    if named.limit(1).fetchone() is None:
        raise Stop(f"{path} names no source record of the warehouse.", ExitCode.NOT_FOUND)
    twice = named.aggregate("source, source_record_id, count(*) as n").filter("n > 1")
    if found := twice.order("all").fetchone():
        raise Stop(f"{path} says of {found[0]}/{found[1]} that it is {found[2]} persons.")


def _figures(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    from goldthread.identity import evaluate as evaluate_clusters
    from goldthread.identity import evaluate_links

    clusters = evaluate_clusters(
        con,
        "(select customers.customer_id as cluster_id, truth_in.person_id "
        f"from truth_in join {CUSTOMERS} as customers using (source, source_record_id))",
    )
    links = evaluate_links(
        con,
        f"(select records.record_number, records.profile_number, truth_in.person_id "
        f"from truth_in join {CUSTOMERS} using (source, source_record_id) "
        f"join {RECORDS} as records using (source_record_key))",
        f"(select left_number, right_number from {EDGES} where decision = 'linked')",
    )
    return clusters.figures() | links.figures()


def _own_threshold(con: duckdb.DuckDBPyConnection) -> float:
    row = con.execute(f"select any_value(threshold) from {SWEPT['scored_pairs']}").fetchone()
    return float(row[0]) if row and row[0] is not None else 1.0


def _swept(con: duckdb.DuckDBPyConnection) -> list[SweepStep]:
    """The sweep works on copies in memory: a file that is read only takes no scratch tables."""
    import duckdb

    from goldthread.identity import current_model
    from goldthread.identity.sweep import sweep

    tables = {name: con.sql(f"from {table}").to_arrow_table() for name, table in SWEPT.items()}
    truth = con.sql(
        f"select customers.source_record_key, truth_in.person_id "
        f"from truth_in join {CUSTOMERS} as customers using (source, source_record_id)"
    ).to_arrow_table()
    with duckdb.connect() as memory:
        return sweep(**tables, truth=truth, session=memory, model=current_model())


def _row(step: SweepStep) -> dict[str, float | int]:
    figures = step.measured.figures()
    names = ("precision", "recall", "f1", "b_cubed_precision", "b_cubed_recall", "b_cubed_f1")
    return {
        "threshold": step.threshold,
        **{name: round(figures[name], 4) for name in names},
        "largest_cluster": figures["largest_cluster"],
    }
