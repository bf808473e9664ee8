"""What is expected of raw tables: each expectation an asset check; a failed error stops the run."""

from collections.abc import Iterator

import dagster as dg

from connectors.sources import Source
from connectors.sources.checking import check_source
from connectors.sources.expectations import CheckResult, expectations_of
from orchestration.defs.ingest import SOURCES
from orchestration.home import RunHome
from orchestration.progress import report

SEVERITIES = {"error": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN}


def _checking(source: Source) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(
            expectation.label,
            asset=[source.schema, table],
            blocking=expectation.severity == "error",
        )
        for table, expectations in expectations_of(source).items()
        for expectation in expectations
    ]

    @dg.multi_asset_check(name=f"check_{source.name}", specs=specs)
    def check(home: dg.ResourceParam[RunHome]) -> Iterator[dg.AssetCheckResult]:
        report("check", source.name)
        found = {
            (result.table, result.expectation): result
            for result in check_source(home.settings, source.name, home.current_run())
        }
        home.checked.add(source.name)
        for spec in specs:
            yield _told(spec, found.get((spec.asset_key.path[-1], spec.name)))

    return check


def _told(spec: dg.AssetCheckSpec, result: CheckResult | None) -> dg.AssetCheckResult:
    """What is said of rows holds when rows only went since the last look."""
    return dg.AssetCheckResult(
        passed=result is None or result.is_met,
        asset_key=spec.asset_key,
        check_name=spec.name,
        severity=SEVERITIES[result.severity] if result else dg.AssetCheckSeverity.WARN,
        description=result.detail if result else "no new rows since the last look",
    )


checking = [_checking(source) for source in SOURCES]
