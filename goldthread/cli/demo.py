"""goldthread demo: the whole of it on made-up people, with an e-mail tool to send to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from goldthread.cli._exit import EXIT_CODES_HELP, ExitCode, Stop, clear_errors
from goldthread.cli._options import Moment, json_option

if TYPE_CHECKING:
    from goldthread.cli._progress import Bar
    from goldthread.demo.summary import Summary
    from goldthread.demo_data.generate import Pack
    from goldthread.settings import Settings
    from orchestration.run import RunOutcome


@click.command(epilog=EXIT_CODES_HELP)
@click.option("--people", type=click.IntRange(min=1), default=2000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@json_option
def command(people: int, seed: int, as_json: bool) -> None:
    """Show everything at once, on made-up people.

    Makes input unless some is there, starts a small e-mail tool on this machine, runs the daily job
    at the moment the data ends, and sends. A second call finds nothing new and sends nothing.
    """
    from goldthread.cli._console import print_json
    from goldthread.cli._daily import run_with_progress, stop_if_failed
    from goldthread.cli._progress import Bar
    from goldthread.demo.receiver import running_receiver
    from goldthread.demo.secret import webhook_secret
    from goldthread.demo.summary import assignment, changed_ids, summarize
    from goldthread.settings import Settings
    from goldthread.warehouse import run_lock

    settings = Settings.load()
    folder = settings.home / "demo"
    with clear_errors(), run_lock(settings, "goldthread demo"):
        secret = webhook_secret(folder)
        with running_receiver(folder, secret) as receiver, Bar(quiet=as_json) as bar:
            pack = _input(settings, people, seed, bar)
            before = assignment(settings)
            os.environ["GOLDTHREAD_WEBHOOK_URL"] = receiver.url
            os.environ["GOLDTHREAD_WEBHOOK_SECRET"] = secret
            as_of = Moment().convert(pack.options.as_of, None, None)
            outcome = run_with_progress(settings, as_of, "goldthread demo", bar)
            lists = receiver.lists.summary()["lists"]
        stop_if_failed(settings, outcome)
        summary = summarize(settings)
    changed = changed_ids(before, assignment(settings))
    if as_json:
        print_json({"summary": summary, "syncs": outcome.with_prefix("syncs/"),
                    "lists": lists, "changed_customer_ids": changed})  # fmt: skip
    else:
        _print(settings, summary, outcome, lists, changed if before else None)


def _input(settings: Settings, people: int, seed: int, bar: Bar) -> Pack:
    """The demo pack in the input folder, made when the folder is empty."""
    from goldthread.demo_data.generate import FolderInUse, PackOptions, generate_pack, read_pack
    from goldthread.demo_data.stamps import DEFAULT_AS_OF

    found = read_pack(settings.input_dir)
    if found is not None:
        return found
    label = f"Making up {people:,} people"
    bar.advance(label, 0, people)
    try:
        return generate_pack(
            PackOptions(people, seed, DEFAULT_AS_OF),
            settings.input_dir,
            progress=lambda done: bar.advance(label, done, people),
        )
    except FolderInUse as error:
        raise Stop(
            f"{settings.input_dir} holds files of your own: `goldthread run` is for them. "
            "For the demo set GOLDTHREAD_HOME to another folder.",
            ExitCode.USAGE,
        ) from error


def _print(
    settings: Settings,
    summary: Summary,
    outcome: RunOutcome,
    lists: list[dict[str, Any]],
    changed: int | None,
) -> None:
    from goldthread.cli._console import console, grid, shown
    from goldthread.cli._daily import sync_tables

    out = console()
    new = {
        source: sum(made["rows_loaded"] for made in outcome.with_prefix(f"raw_{source}/").values())
        for source in summary.raw_rows
    }
    rows = [
        (source, count, new[source], summary.quarantined.get(source, 0))
        for source, count in summary.raw_rows.items()
    ]
    rows.append(("total", *(sum(column) for column in list(zip(*rows, strict=True))[1:])))
    out.print(grid("What came in", ("source", "rows", "new in this run", "set aside"), rows))
    out.print("[bold]Who it is[/]")
    out.print(f"  {summary.source_records:,} source records are {summary.customers:,} customers.")
    if summary.accuracy is not None:
        out.print(
            f"  Against the truth: precision {summary.accuracy.precision:.4f}, "
            f"recall {summary.accuracy.recall:.4f} (pairs of records that are one person).",
            soft_wrap=True,
        )
    if changed is None:
        out.print("  First run: every customer id is new.\n")
    else:
        out.print(f"  {changed:,} customer ids changed since the last run.\n")
    out.print(
        grid(
            "Audiences",
            ("audience", "members", "held out"),
            [(one.name, one.members, one.held_out) for one in summary.audiences],
        )
    )
    for part in sync_tables(outcome):
        out.print(part)
    kept = ", ".join(f"{each['name']} {each['size']:,}" for each in lists) or "nothing"
    out.print(f"The e-mail tool's lists now hold: {kept}.\n", soft_wrap=True)
    out.print("[bold]Look around[/]")
    if summary.example_email is not None:
        out.print(f"  goldthread customer {summary.example_email}", soft_wrap=True)
    out.print(f"  {shown(settings.bi_path)}  (DuckDB, schema marts)", soft_wrap=True)
    out.print("  make dev  (the same job in Dagster's UI)")
