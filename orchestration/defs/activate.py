"""One asset a sync: what left is the consequence of what was published."""

import os
from collections.abc import Iterator

import dagster as dg

from connectors.sync.manifest import specs_from_manifest
from connectors.sync.spec import SyncSpec, destination_settings
from orchestration.defs.publish import ACTIVATION
from orchestration.home import RunHome
from orchestration.progress import report
from orchestration.project import MANIFEST


def _sync(spec: SyncSpec) -> dg.AssetsDefinition:
    key = dg.AssetKey(["syncs", spec.name])

    # Skippable: a sync that nobody has set up yet is no reason for a red run.
    @dg.multi_asset(
        name=spec.name,
        specs=[
            dg.AssetSpec(
                key,
                deps=[ACTIVATION],
                description=spec.description,
                kinds={spec.destination},
                skippable=True,
            )
        ],
        group_name="syncs",
    )
    def sync(
        context: dg.AssetExecutionContext, home: dg.ResourceParam[RunHome]
    ) -> Iterator[dg.MaterializeResult[None]]:
        report("sync", spec.label)
        missing = [
            name
            for name in destination_settings(spec).variables().values()
            if name not in os.environ
        ]
        if missing:
            said = f"not set up: the environment lacks {', '.join(sorted(missing))}"
            context.log.warning("%s: %s", spec.name, said)
            context.log_event(dg.AssetObservation(key, metadata={"not_set_up": said}))
            return
        # Brings an HTTP client, which nobody needs to look at the definitions.
        from connectors.sync import apply_sync

        result = apply_sync(home.settings, spec.name, home.as_of)
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "sent": result.sent,
                "acknowledged": result.acknowledged,
                "rejected": result.rejected,
                "undelivered": result.undelivered,
                "unchanged": result.plan.unchanged,
                "adds": result.plan.adds,
                "changes": result.plan.changes,
                "removes": result.plan.removes,
                "held_back": dg.MetadataValue.json(result.plan.held_back),
                "reasons": dg.MetadataValue.json(result.reasons),
            },
        )
        if result.undelivered:
            why = result.stopped or "no clear answer"
            raise dg.Failure(
                f"{result.undelivered:,} rows were not delivered ({why}); "
                f"`goldthread apply {spec.label}` tries them again.",
                allow_retries=False,
            )

    return sync


syncs = [_sync(spec) for spec in specs_from_manifest(MANIFEST)]
