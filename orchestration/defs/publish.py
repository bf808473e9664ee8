"""What passed every check becomes visible: two files, swapped in whole."""

from collections.abc import Iterator

import dagster as dg

from connectors.sources import source_names
from connectors.sources.checking import require_met
from connectors.sync.manifest import specs_from_manifest
from goldthread.warehouse.publish import SyncRow, publish, require_passed
from orchestration.home import RunHome
from orchestration.progress import report
from orchestration.project import MANIFEST, model_keys

MARTS = dg.AssetKey(["published", "marts"])
ACTIVATION = dg.AssetKey(["published", "activation"])


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            MARTS,
            deps=[*model_keys("marts", "activation")],
            description="published/marts.duckdb, for BI tools and notebooks.",
        ),
        dg.AssetSpec(
            ACTIVATION,
            deps=[*model_keys("marts", "activation")],
            description="published/activation.duckdb, for syncs only.",
        ),
    ],
    group_name="published",
)
def published(home: dg.ResourceParam[RunHome]) -> Iterator[dg.MaterializeResult[None]]:
    report("publish", "marts and activation")
    # Steps can be chosen in the UI; what the checks would stop is stopped without them too.
    if unchecked := [name for name in source_names() if name not in home.checked]:
        require_met(home.settings, unchecked, require_passed(home.settings))
    syncs = [SyncRow(spec.name, spec.model_dump_json()) for spec in specs_from_manifest(MANIFEST)]
    _, files = publish(home.settings, syncs)
    for key, file in zip((MARTS, ACTIVATION), files, strict=True):
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "path": dg.MetadataValue.path(str(file.path)),
                "size_bytes": file.size,
                "rows": dg.MetadataValue.json(file.rows),
            },
        )
