"""Running the daily job from a command: progress while it runs, failures in people's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from goldthread.cli._exit import ExitCode, Stop

if TYPE_CHECKING:
    from rich.console import RenderableType

    from goldthread.cli._progress import Bar
    from goldthread.settings import Settings
    from orchestration.progress import Progress
    from orchestration.run import RunOutcome

_STAGES = {
    "load": "Loading",
    "check": "Checking what was loaded",
    "build": "Building and checking models",
    "publish": "Publishing",
    "sync": "Sending",
}


def run_with_progress(settings: Settings, as_of: datetime, command: str, bar: Bar) -> RunOutcome:
    """Run the daily job, moving ``bar``; raises what ``run_daily`` raises."""
    from goldthread.importing import importing
    from goldthread.warehouse.dbt_process import dbt_ahead

    def show(news: Progress) -> None:
        stage = _STAGES[news.stage]
        each = news.stage in ("load", "sync")
        bar.advance(f"{stage} {news.what}" if each else stage, news.done, news.total)

    bar.advance("Starting Dagster")
    with dbt_ahead(settings):
        with importing():
            from orchestration.run import run_daily

        outcome = run_daily(settings, as_of, command, show)
    bar.close()
    return outcome


def stop_if_failed(settings: Settings, outcome: RunOutcome) -> None:
    """End the command if anything failed: Stop says what, ChecksFailed also holds sample rows."""
    from goldthread.warehouse.errors import room_hint

    if outcome.is_success and not outcome.failures:
        return
    if any(failure.name == "transform" for failure in outcome.failures):
        _raise_failed_checks(settings)
    told = "\n".join(f"{failure.name}: {failure.reason}" for failure in outcome.failures)
    if hint := room_hint(told):
        told = f"{told}\n{hint}"
    if outcome.with_prefix("published/"):
        raise Stop(f"Published, but not all of it was sent.\n{told}", ExitCode.INCOMPLETE)
    code = ExitCode.FAILED
    if any(failure.is_check for failure in outcome.failures):
        code = ExitCode.CHECK_FAILED
    elif any(failure.error == "WarehouseBusy" for failure in outcome.failures):
        code = ExitCode.BUSY
    raise Stop(f"Not published, the old files stay.\n{told}", code)


def _raise_failed_checks(settings: Settings) -> None:
    """Raise ChecksFailed with the checks that failed in dbt, if any did."""
    from goldthread.warehouse.builds import Standing
    from goldthread.warehouse.publish import ChecksFailed
    from goldthread.warehouse.transform import failures, judge

    verdict = judge(settings)
    if verdict.standing is Standing.FAILED:
        raise ChecksFailed(failures(settings, verdict.failed))


def sync_tables(outcome: RunOutcome) -> Iterator[RenderableType]:
    """What left and what was there already, a row a sync; what was held back, a row a reason."""
    from goldthread.cli._console import grid, shown

    syncs = outcome.with_prefix("syncs/")
    if syncs:
        columns = ("sync", "delivered", "unchanged", "rejected", "held back")
        rows: list[tuple[Any, ...]] = [
            (
                name.removeprefix("sync_"),
                made["acknowledged"],
                made["unchanged"],
                made["rejected"],
                sum(made["held_back"].values()),
            )
            for name, made in syncs.items()
        ]
        yield grid("What was sent", columns, rows)
    held_back = [
        (name.removeprefix("sync_"), reason.replace("_", " "), count)
        for name, made in syncs.items()
        for reason, count in made["held_back"].items()
    ]
    if held_back:
        yield grid("Held back, and why", ("sync", "reason", "rows"), held_back)
    for name, why in outcome.not_set_up.items():
        yield f"{name.removeprefix('sync_')} was left out, {shown(why)}."
