"""goldthread publish: make what passed every check visible."""

from __future__ import annotations

import click

from goldthread.cli._exit import EXIT_CODES_HELP, clear_errors
from goldthread.cli._options import json_option


@click.command(epilog=EXIT_CODES_HELP)
@json_option
def command(as_json: bool) -> None:
    """Publish what passed every check.

    Swaps in new marts.duckdb and activation.duckdb, if all of the last build passed and the raw
    tables are as expected. A failed check leaves the old files in place; its name and some of its
    rows are shown. Readers that hold an old file keep their snapshot; whoever opens one anew sees
    the new data.
    """
    import json

    from connectors.sources import source_names
    from connectors.sources.checking import require_met
    from connectors.sync.manifest import specs_from_manifest
    from goldthread.cli._console import console, grid, print_json
    from goldthread.settings import Settings
    from goldthread.warehouse import run_lock
    from goldthread.warehouse.dbt_process import ensure_manifest
    from goldthread.warehouse.publish import SyncRow, publish, require_passed

    settings = Settings.load()
    with clear_errors(), run_lock(settings, "goldthread publish"):
        manifest = json.loads(ensure_manifest(settings).read_bytes())
        syncs = [
            SyncRow(spec.name, spec.model_dump_json()) for spec in specs_from_manifest(manifest)
        ]
        require_met(settings, source_names(), require_passed(settings))
        run, files = publish(settings, syncs)
    if as_json:
        print_json({"run_id": run.run_id, "as_of": run.as_of, "files": files})
        return
    for file in files:
        console().print(
            grid(f"{file.path} ({file.size / 1e6:,.1f} MB)", ("table", "rows"), file.rows.items())
        )
