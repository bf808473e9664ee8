"""goldthread load: bring what is new in the input folder into the warehouse."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import as_of_option, json_option, machine_time

if TYPE_CHECKING:
    from connectors.sources import LoadResult
    from goldthread.settings import Settings


@click.command(epilog=EXIT_CODES_HELP)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@as_of_option
@json_option
def command(sources: tuple[str, ...], as_of: datetime | None, as_json: bool) -> None:
    """Load new files, grown parts and changed rows into the raw tables.

    All sources, or only the named ones. Broken rows are set aside with their reason; nothing that
    was loaded before is loaded again.
    """
    from connectors.sources import LoadError, Progress, find_source, load_all, unread_files
    from goldthread.cli._console import print_json
    from goldthread.cli._progress import Bar
    from goldthread.settings import Settings
    from goldthread.warehouse import begin_run, connect, run_lock
    from goldthread.warehouse.errors import room_hint

    try:
        for name in sources:
            find_source(name)
    except LookupError as error:
        raise Stop(str(error), ExitCode.NOT_FOUND) from error
    except LoadError as error:
        raise Stop(str(error), ExitCode.FAILED) from error
    settings = Settings.load()
    with clear_errors(), run_lock(settings, "goldthread load"), Bar(quiet=as_json) as bar:

        def report(progress: Progress) -> None:
            bar.advance(f"Loading {progress.source}", progress.files_done, progress.files)

        con = connect(settings)
        try:
            run = begin_run(con, settings, as_of or machine_time(), "goldthread load")
        finally:
            con.close()
        try:
            results = load_all(settings, run, list(sources) or None, report)
        except LoadError as error:
            hint = room_hint(str(error))
            raise Stop(f"{error}\n{hint}" if hint else str(error), ExitCode.FAILED) from error
        bar.close()
        unread = unread_files(settings)
    if as_json:
        said = {"run_id": run.run_id, "as_of": run.as_of, "sources": results}
        print_json({**said, "unread_files": unread})
    else:
        _print_table(results)
        _print_unread(settings, unread)


def _print_unread(settings: Settings, unread: list[str]) -> None:
    from connectors.sources import unread_told
    from goldthread.cli._console import console, shown

    if unread:
        told = shown(unread_told(settings, unread))
        console().print(f"[bold yellow]Left alone:[/] {told}.", soft_wrap=True)


def _print_table(results: list[LoadResult]) -> None:
    from goldthread.cli._console import console, grid

    columns = ["table", "files", "read", "loaded", "known", "set aside", "issues"]
    rows = [
        [
            f"{result.source}.{table.table}",
            table.files,
            table.rows_read,
            table.rows_loaded,
            table.rows_skipped,
            table.rows_quarantined,
            table.value_issues,
        ]
        for result in results
        for table in result.tables
    ]
    out = console()
    out.print(grid("Loaded", columns, rows))
    if not any(table.files for result in results for table in result.tables):
        out.print("Nothing new since the last load.")
    if any(result.rows_quarantined for result in results):
        out.print("Why rows were set aside: raw_goldthread.quarantined_rows")
