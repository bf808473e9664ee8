"""What is expected of raw tables after a load, and whether it holds.

Most of it follows from the source's declaration: columns and types, required values, documented
sets and bounds, and few broken rows. A source that knows more about itself (how much and how
fresh its data is) says so in an ``expectations.py`` of its own folder::

    EXPECTATIONS = {"messages": [at_least_rows(1), fresh_within("received_at", days=2)]}
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.sources.declaration import Source, Table
from connectors.sources.raw_columns import table_columns

Severity = Literal["error", "warning"]
MOST_BROKEN_SHARE = 0.1
DAYS_SINCE = "days_since "


@dataclass(frozen=True)
class Expectation:
    """One Great Expectations expectation on one raw table.

    kind: its name, such as ``expect_column_values_to_be_in_set``; ``arguments`` are its own.
    on: ``rows``: rows loaded since the last look (a sample when there are many). ``table``: one row
        of facts: ``row_count``, ``broken_share`` (of the rows since), ``days_since <column>``
        (before ``as_of``). ``columns``: one row a column, ``column`` is "name type".
    severity: an ``error`` stops what comes after, a ``warning`` is only shown.
    name: how it is called, unique within a table; made of kind and column where not given.
    """

    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)
    on: Literal["rows", "table", "columns"] = "rows"
    severity: Severity = "error"
    name: str = ""

    @property
    def label(self) -> str:
        """Its name, fit for the name of a Dagster check."""
        words = self.kind.removeprefix("expect_").removeprefix("column_values_to_")
        name = self.name or f"{self.arguments.get('column', '')} {words}"
        return name.strip().replace(" ", "_")


@dataclass(frozen=True)
class CheckResult:
    """One expectation after it was looked at; ``detail`` says what was found, in words."""

    table: str
    expectation: str
    is_met: bool
    severity: Severity
    detail: str


def fresh_within(column: str, days: float, severity: Severity = "warning") -> Expectation:
    """The newest value of a time column is at most so many days older than ``as_of``."""
    arguments = {"column": f"{DAYS_SINCE}{column}", "max_value": days}
    kind = "expect_column_values_to_be_between"
    return Expectation(kind, arguments, "table", severity, f"{column} is fresh")


def at_least_rows(count: int, severity: Severity = "warning") -> Expectation:
    """The table holds at least so many rows, all loads together."""
    arguments = {"column": "row_count", "min_value": count}
    kind = "expect_column_values_to_be_between"
    return Expectation(kind, arguments, "table", severity, "has rows")


def declared_expectations(table: Table) -> list[Expectation]:
    """What follows from a table's declaration."""
    columns = [f"{name} {kind}" for name, kind in table_columns(table)]
    found = [
        Expectation(
            "expect_column_distinct_values_to_contain_set",
            {"column": "column", "value_set": columns},
            on="columns",
            name="columns and types",
        ),
        Expectation(
            "expect_column_values_to_be_between",
            {"column": "broken_share", "max_value": MOST_BROKEN_SHARE},
            on="table",
            severity="warning",
            name="few rows are broken",
        ),
    ]
    for column in table.columns:
        on_column: dict[str, Any] = {"column": column.name}
        if column.need == "required" or column.name in table.key:
            found.append(Expectation("expect_column_values_to_not_be_null", on_column))
        if column.allowed:
            allowed = {**on_column, "value_set": list(column.allowed)}
            found.append(Expectation("expect_column_values_to_be_in_set", allowed))
        bound = column.at_least if column.above is None else column.above
        if bound is not None:
            bounds = {**on_column, "min_value": bound, "strict_min": column.above is not None}
            if column.at_most is not None:
                bounds["max_value"] = column.at_most
            found.append(Expectation("expect_column_values_to_be_between", bounds))
    return found


def expectations_of(source: Source) -> dict[str, list[Expectation]]:
    """All expectations of a source by table: the declared ones, then its own."""
    found = {table.name: declared_expectations(table) for table in source.tables}
    module = f"connectors.sources.{source.name}.expectations"
    if importlib.util.find_spec(module) is not None:
        own: dict[str, list[Expectation]] = importlib.import_module(module).EXPECTATIONS
        if unknown := sorted(own.keys() - found.keys()):
            raise ValueError(f"{module} speaks of tables that do not exist: {unknown}")
        for table, more in own.items():
            found[table] += more
    return found
