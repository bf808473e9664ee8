"""All dbt models, seeds and tests: one dbt process a run, each test an asset check."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, dbt_assets

from goldthread.warehouse import BuildFailed
from goldthread.warehouse.dbt_process import target_dir
from goldthread.warehouse.transform import begin_build, end_build
from orchestration.home import RunHome
from orchestration.progress import report
from orchestration.project import MANIFEST, PROJECT, Dbt, Translator, node_count


@dbt_assets(manifest=MANIFEST, project=PROJECT, dagster_dbt_translator=Translator())
def transform(
    context: dg.AssetExecutionContext, dbt: Dbt, home: dg.ResourceParam[RunHome]
) -> Iterator[Any]:
    """Build, test, and export the state when everything passed."""
    settings = home.settings
    begun = begin_build(settings, is_full=not context.is_subset)
    # Publishing waits for each of these.
    for node in begun.kept:
        if node.is_model and node.schema in ("marts", "activation"):
            key = dg.AssetKey([node.schema, node.name])
            yield dg.MaterializeResult(asset_key=key, metadata={"kept": "nothing it reads is new"})
    # Judged by what it leaves, not by its exit code: the outcome is recorded in any case.
    invocation = dbt.cli(
        list(begun.arguments),
        context=context,
        target_path=target_dir(settings),
        raise_on_error=False,
    )
    yield from _told(invocation, node_count() - len(begun.kept))
    try:
        outcome = end_build(settings, begun, target_dir(settings))
    except BuildFailed as error:
        raise BuildFailed(_dbts_words(invocation) or str(error)) from None
    if outcome.failures:
        # Names and counts only: the rows are people's, and Dagster keeps what it is told.
        raise dg.Failure(
            "Nothing is published: "
            + "; ".join(f"{one.name} ({one.message})" for one in outcome.failures),
            allow_retries=False,
        )
    context.log.info("state exported: %s", outcome.state_rows)


def _dbts_words(invocation: DbtCliInvocation) -> str:
    """The errors dbt ended with; empty when it ended well."""
    error = invocation.get_error()
    _, _, words = str(error or "").partition("Errors parsed from dbt logs:")
    return words.strip()


def _told(invocation: DbtCliInvocation, total: int) -> Iterator[Any]:
    for done, event in enumerate(invocation.stream(), start=1):
        report("build", "dbt", done, total)
        yield event
