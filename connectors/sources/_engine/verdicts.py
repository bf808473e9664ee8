"""Verdicts on raw tables are kept: a table whose rows are the same is not looked at again.

Great Expectations takes seconds to import, and most runs bring nothing new to most tables. A failed
verdict stays failed until rows of its table come, go or change.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from connectors.sources.declaration import Source
from connectors.sources.expectations import DAYS_SINCE, CheckResult, Expectation
from connectors.sources.raw_columns import PROBLEM_TABLES
from goldthread.warehouse.contents import content_of
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    import duckdb

    from goldthread.warehouse import Run

_TABLE = """
create table if not exists raw_goldthread.check_verdicts (
    source varchar, source_table varchar, run_number bigint, looked_at varchar, results varchar
)
"""


@dataclass(frozen=True)
class Verdict:
    """What was found of one table.

    run_number: the newest run whose rows were found sound; what was loaded after it is looked at
        again with the next rows.
    looked_at: stands for the rows and for the expectations; another one means to look again.
    """

    run_number: int
    looked_at: str
    results: tuple[CheckResult, ...]


def looked_at(
    con: duckdb.DuckDBPyConnection, source: Source, table: str, expectations: list[Expectation]
) -> str:
    """What a verdict on this table would be about now."""
    contents = [content_of(con, source.schema, name) for name in (table, *PROBLEM_TABLES)]
    about = json.dumps([contents, [asdict(one) for one in expectations]], default=str)
    return hashlib.sha256(about.encode()).hexdigest()


def read_verdict(con: duckdb.DuckDBPyConnection, source: Source, table: str) -> Verdict | None:
    """The newest verdict on a table; None when nobody has looked yet."""
    con.execute(_TABLE)
    row = con.execute(
        "select run_number, looked_at, results from raw_goldthread.check_verdicts "
        f"where source = {literal(source.name)} and source_table = {literal(table)} "
        "order by run_number desc limit 1"
    ).fetchone()
    if row is None:
        return None
    return Verdict(row[0], row[1], tuple(CheckResult(**result) for result in json.loads(row[2])))


def keep_verdict(
    con: duckdb.DuckDBPyConnection, source: Source, table: str, verdict: Verdict
) -> None:
    """Put a verdict in place of the one before."""
    results = json.dumps([asdict(result) for result in verdict.results])
    con.execute("begin")
    con.execute(
        f"delete from raw_goldthread.check_verdicts where source = {literal(source.name)} "
        f"and source_table = {literal(table)}"
    )
    con.execute(
        f"insert into raw_goldthread.check_verdicts values ({literal(source.name)}, "
        f"{literal(table)}, {verdict.run_number}, {literal(verdict.looked_at)}, {literal(results)})"
    )
    con.execute("commit")


def as_of_now(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    expectations: list[Expectation],
    results: tuple[CheckResult, ...],
    run: Run,
) -> list[CheckResult]:
    """The kept results at the moment of ``run``: rows get old without changing."""
    by_label = {one.label: one for one in expectations}
    return [
        _aged(con, source, table, by_label[result.expectation], result, run)
        if _is_aging(by_label[result.expectation])
        else result
        for result in results
    ]


def _is_aging(one: Expectation) -> bool:
    return one.on == "table" and str(one.arguments.get("column", "")).startswith(DAYS_SINCE)


def _aged(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    one: Expectation,
    result: CheckResult,
    run: Run,
) -> CheckResult:
    column = str(one.arguments["column"]).removeprefix(DAYS_SINCE)
    row = con.execute(
        f"select epoch(timestamp '{run.as_of}' - max({quoted(column)})) / 86400.0 "
        f"from {source.schema}.{quoted(table)}"
    ).fetchone()
    days = row[0] if row else None
    if days is None or days <= one.arguments["max_value"]:
        return replace(result, is_met=True, detail="holds")
    wanted = f"max_value {one.arguments['max_value']}"
    return replace(result, is_met=False, detail=f"it is {days:,.6g}; expected: {wanted}")
