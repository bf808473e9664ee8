"""All dbt models, seeds and tests: one dbt process a run, each test an asset check."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from goldthread.warehouse import BuildFailed
from goldthread.warehouse.dbt_process import target_dir, why_dbt_stopped
from goldthread.warehouse.transform import begin_build, end_build
from goldthread.warehouse.unchanged import Kept
from orchestration.dbt_assets import DbtCliInvocation, dbt_assets
from orchestration.home import RunHome
from orchestration.progress import report
from orchestration.project import MANIFEST, PROJECT, Dbt, Translator, ancestors, node_count

AWAITED = ("marts", "activation")
WHY_KEPT = {"kept": "nothing it reads is new"}


@dbt_assets(manifest=MANIFEST, project=PROJECT, dagster_dbt_translator=Translator())
def transform(
    context: dg.AssetExecutionContext, dbt: Dbt, home: dg.ResourceParam[RunHome]
) -> Iterator[Any]:
    """Build, test, and export the state when everything passed."""
    settings = home.settings
    begun = begin_build(settings, is_full=not context.is_subset)
    home.close_warehouse()
    # Judged by what it leaves, not by its exit code: the outcome is recorded in any case.
    invocation = (
        dbt.whole(begun.arguments, context)
        if begun.is_full
        else dbt.cli(
            list(begun.arguments),
            context=context,
            target_path=target_dir(settings),
            raise_on_error=False,
        )
    )
    yield from _with_kept(_told(invocation, node_count() - len(begun.kept)), begun.kept)
    yield from _kept_checks(context, begun.kept)
    try:
        outcome = end_build(settings, begun, target_dir(settings))
    except BuildFailed as error:
        raise why_dbt_stopped(settings, _dbts_words(invocation) or str(error)) from None
    if outcome.failures:
        # Names and counts only: the rows are people's, and Dagster keeps what it is told.
        raise dg.Failure(
            "Nothing is published: "
            + "; ".join(f"{one.name} ({one.message})" for one in outcome.failures),
            allow_retries=False,
        )
    context.log.info("state exported: %s", outcome.state_rows)


def _with_kept(events: Iterator[Any], kept: Sequence[Kept]) -> Iterator[Any]:
    """dbt's events, and between them the kept tables, each before what follows from it.

    Publishing waits for these: Dagster passes over what waits for something nobody gave, and wants
    the assets of one step in the order in which they follow from each other.
    """
    waiting = [node for node in kept if node.is_model and node.schema in AWAITED]
    waiting.sort(key=lambda node: len(ancestors(node.unique_id)))
    for event in events:
        if isinstance(event, dg.Output):
            above = ancestors(str(event.metadata["unique_id"].value))
            for node in [node for node in waiting if node.unique_id in above]:
                waiting.remove(node)
                yield _materialized(node)
        yield event
    yield from map(_materialized, waiting)


def _materialized(node: Kept) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(asset_key=dg.AssetKey([node.schema, node.name]), metadata=WHY_KEPT)


def _kept_checks(context: dg.AssetExecutionContext, kept: Sequence[Kept]) -> Iterator[Any]:
    names = {node.name for node in kept}
    for spec in context.assets_def.check_specs:
        if spec.blocking and spec.name in names and spec.asset_key.path[0] in AWAITED:
            yield dg.AssetCheckResult(
                passed=True, asset_key=spec.asset_key, check_name=spec.name, metadata=WHY_KEPT
            )


def _dbts_words(invocation: DbtCliInvocation) -> str:
    """The errors dbt ended with; empty when it ended well."""
    error = invocation.get_error()
    _, _, words = str(error or "").partition("Errors parsed from dbt logs:")
    return words.strip()


def _told(invocation: DbtCliInvocation, total: int) -> Iterator[Any]:
    for done, event in enumerate(invocation.stream(), start=1):
        report("build", "dbt", done, total)
        yield event
