"""Raw tables: one step a source, one asset a table. Sources are found by being there."""

from collections.abc import Iterator
from dataclasses import asdict

import dagster as dg

from connectors.sources import (
    Source,
    find_source,
    load_source,
    source_names,
    unread_files,
    unread_told,
)
from connectors.sources.checking import get_ready
from goldthread.warehouse.state import state_tables
from orchestration.home import RunHome
from orchestration.progress import report
from orchestration.project import SETTINGS

RUNS = dg.AssetKey(["raw_goldthread", "runs"])
EVERY_FILE_IS_READ = "every_input_file_is_read"
STATE = [
    dg.AssetKey(["raw_goldthread", f"state_{table.name}"])
    for table in state_tables(SETTINGS.project_dir)
]


@dg.multi_asset(
    specs=[
        dg.AssetSpec(RUNS, description="One row a run; the newest is everybody's clock."),
        *(dg.AssetSpec(key, description="History from the state folder.") for key in STATE),
    ],
    check_specs=[dg.AssetCheckSpec(EVERY_FILE_IS_READ, asset=RUNS)],
    group_name="raw_goldthread",
)
def run(
    home: dg.ResourceParam[RunHome],
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Begin a run on sound state."""
    begun = home.loading_run()
    for key in (RUNS, *STATE):
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "run_id": begun.run_id,
                "run_number": begun.run_number,
                "as_of": str(begun.as_of),
            },
        )
    unread = unread_files(home.settings)
    yield dg.AssetCheckResult(
        passed=not unread,
        asset_key=RUNS,
        check_name=EVERY_FILE_IS_READ,
        severity=dg.AssetCheckSeverity.WARN,
        description=unread_told(home.settings, unread) if unread else None,
    )


def table_keys(source: Source) -> list[dg.AssetKey]:
    return [dg.AssetKey([source.schema, table.name]) for table in source.tables]


def _loading(source: Source) -> dg.AssetsDefinition:
    keys = table_keys(source)

    @dg.multi_asset(
        name=f"load_{source.name}",
        description=source.description or None,
        specs=[dg.AssetSpec(key, deps=[RUNS], kinds={"dlt", "duckdb"}) for key in keys],
        group_name=source.schema,
    )
    def load(home: dg.ResourceParam[RunHome]) -> Iterator[dg.MaterializeResult[None]]:
        report("load", source.name)
        result = load_source(home.settings, source.name, home.loading_run())
        if any(table.files for table in result.tables):
            get_ready()
        for key, table in zip(keys, result.tables, strict=True):
            yield dg.MaterializeResult(asset_key=key, metadata=asdict(table))

    return load


SOURCES = [find_source(name) for name in source_names()]
loading = [_loading(source) for source in SOURCES]

# Views over all sources' own tables, renewed by each load: shown, not made by a step.
problems = [
    dg.AssetSpec(
        ["raw_goldthread", table],
        deps=[key for source in SOURCES for key in table_keys(source)],
        group_name="raw_goldthread",
    )
    for table in ("quarantined_rows", "value_issues")
]
