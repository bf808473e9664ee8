"""Frames of raw tables, looked at by Great Expectations."""

from __future__ import annotations

import os
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from connectors.sources.expectations import CheckResult, Expectation

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core.batch_definition import BatchDefinition


@cache
def _frames() -> BatchDefinition[Any]:
    """Where Great Expectations takes frames from: the same for all, for setting it up takes longer
    than to look at one."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("all")


def check_frame(
    frame: pd.DataFrame, table: str, expectations: list[Expectation]
) -> list[CheckResult]:
    """What Great Expectations finds in a frame of a raw table, in the expectations' order."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        from great_expectations.expectations.registry import get_expectation_impl

        batch = _frames().get_batch({"dataframe": frame})
        suite = gx.ExpectationSuite(
            name=table,
            expectations=[
                get_expectation_impl(one.kind)(**one.arguments, meta={"place": place})
                for place, one in enumerate(expectations)
            ],
        )
        found = batch.validate(suite).results
    # They come back grouped by column.
    by_place: dict[int, Any] = {}
    for result in found:
        assert result.expectation_config is not None
        by_place[result.expectation_config.meta["place"]] = result
    return [
        CheckResult(
            table=table,
            expectation=one.label,
            is_met=bool(by_place[place].success),
            severity=one.severity,
            detail=_detail(one, by_place[place], frame),
        )
        for place, one in enumerate(expectations)
    ]


def _detail(one: Expectation, result: Any, frame: pd.DataFrame) -> str:
    """What was found, in words: of rows where the first one stands, not what it holds.

    A value may be anybody's, whatever column it got into.
    """
    others = [f"{name} {value}" for name, value in one.arguments.items() if name != "column"]
    wanted = ", ".join(others) or one.label
    if result.exception_info and result.exception_info.get("raised_exception"):
        return str(result.exception_info.get("exception_message"))
    if result.success:
        return "holds"
    found = result.result or {}
    if one.on == "table" and (odd := found.get("partial_unexpected_list")):
        return f"it is {odd[0]:,.6g}; expected: {wanted}"
    if first := found.get("partial_unexpected_index_list"):
        count = found["unexpected_count"]
        return f"{count} rows differ, such as {first[0]}; expected: {wanted}"
    if one.on == "columns":
        missing = sorted(set(one.arguments["value_set"]) - set(frame["column"]))
        return f"missing: {', '.join(missing)}"
    return f"{found.get('unexpected_count', 'some')} rows differ; expected: {wanted}"
