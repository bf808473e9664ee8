"""Great Expectations on raw tables, through its pandas data source."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from connectors.sources._engine.frames import check_frame
from connectors.sources._engine.verdicts import (
    Verdict,
    as_of_now,
    keep_verdict,
    looked_at,
    read_verdict,
)
from connectors.sources.declaration import Source
from connectors.sources.expectations import DAYS_SINCE
from goldthread.importing import importing
from goldthread.warehouse import Run, connect
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from connectors.sources.expectations import CheckResult, Expectation
    from goldthread.settings import Settings

SAMPLE_ROWS = 100_000
_PLACE = "_source_file || ' row ' || _row_number"


def import_ahead() -> None:
    """Begin to import Great Expectations in a thread, unless that was done."""
    if "great_expectations" not in sys.modules:
        os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
        threading.Thread(target=_import, daemon=True).start()


def _import() -> None:
    with importing():
        importlib.import_module("great_expectations")


def validate(
    settings: Settings, source: Source, expectations: dict[str, list[Expectation]], run: Run
) -> list[CheckResult]:
    """Look at the expectations of each table; results in their order."""
    con = connect(settings)
    try:
        return [
            result
            for table, wanted in expectations.items()
            for result in _settle_table(con, source, table, wanted, run)
        ]
    finally:
        con.close()


def _settle_table(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    expectations: list[Expectation],
    run: Run,
) -> list[CheckResult]:
    """What holds of one table: as found before while its rows are the same, else looked at."""
    known = read_verdict(con, source, table)
    about = looked_at(con, source, table, expectations)
    if known is not None and known.looked_at == about:
        return as_of_now(con, source, table, expectations, known.results, run)
    # A run that was killed after its load left rows that nobody has looked at.
    since = known.run_number if known is not None else 0
    results = _validate_table(con, source, table, expectations, _Look(run.as_of, since))
    on_rows = {one.label for one in expectations if one.on == "rows"}
    # Rows at fault stay new until they are corrected: others that come must not hide them.
    is_met = all(result.is_met for result in results if result.expectation in on_rows)
    seen = run.run_number if is_met else since
    keep_verdict(con, source, table, Verdict(seen, about, tuple(results)))
    return results


@dataclass(frozen=True)
class _Look:
    """The moment of a look, and the number of the run that looked last."""

    as_of: datetime
    since: int

    @property
    def is_new(self) -> str:
        """A condition on raw rows."""
        return (
            f"_load_run in (select run_id from raw_goldthread.runs where run_number > {self.since})"
        )


def _validate_table(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    expectations: list[Expectation],
    look: _Look,
) -> list[CheckResult]:
    readers = {"columns": _columns, "table": _facts, "rows": _rows}
    results: dict[int, CheckResult] = {}
    for kind, read in readers.items():
        wanted = [(place, one) for place, one in enumerate(expectations) if one.on == kind]
        if not wanted:
            continue
        frame = read(con, source, table, [one for _, one in wanted], look)
        if kind == "rows" and frame.empty:
            continue
        checked = check_frame(frame, table, [one for _, one in wanted])
        results.update(zip((place for place, _ in wanted), checked, strict=True))
    return [results[place] for place in sorted(results)]


def _columns(
    con: duckdb.DuckDBPyConnection, source: Source, table: str, _: list[Expectation], look: _Look
) -> pd.DataFrame:
    """One row a column: its name and type in one text."""
    return con.execute(
        "select column_name || ' ' || lower(data_type) as \"column\" from duckdb_columns() "
        f"where schema_name = {literal(source.schema)} and table_name = {literal(table)} "
        "and database_name = current_database()"
    ).df()


def _facts(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    expectations: list[Expectation],
    look: _Look,
) -> pd.DataFrame:
    """One row of facts about the whole table."""
    asked = {str(one.arguments.get("column", "")) for one in expectations}
    times = [name.removeprefix(DAYS_SINCE) for name in asked if name.startswith(DAYS_SINCE)]
    ages = "".join(
        f", epoch(timestamp '{look.as_of}' - max({quoted(time)})) / 86400.0 "
        f"as {quoted(DAYS_SINCE + time)}"
        for time in times
    )
    loaded = look.is_new
    broken = (
        f"(select count(*) from {source.schema}.quarantined_rows "
        f"where source_table = {literal(table)} and {loaded})"
    )
    return con.execute(
        f"select count(*) as row_count, coalesce({broken} "
        f"/ nullif({broken} + count(*) filter (where {loaded}), 0), 0) as broken_share{ages} "
        f"from {source.schema}.{quoted(table)}"
    ).df()


def _rows(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    expectations: list[Expectation],
    look: _Look,
) -> pd.DataFrame:
    """Rows since the last look, at most a sample, with the columns that are asked about; the index
    says where each stands.

    Of a key only what was loaded last; the oldest loads first, for their rows may be at fault.
    """
    asked = sorted({str(one.arguments["column"]) for one in expectations})
    fields = ", ".join(
        f"cast({quoted(name)} as double) as {quoted(name)}" if kind in ("DECIMAL", "BIGINT")
        else quoted(name)
        for name, kind in _kinds(con, source, table)
        if name in asked
    )  # fmt: skip
    raw = f"{source.schema}.{quoted(table)}"
    loads = con.execute(f"select count(distinct _load_run) from {raw} where {look.is_new}")
    newest = ""
    if loads.fetchall() > [(1,)]:
        key = ", ".join(map(quoted, _key(source, table)))
        newest = f"qualify rank() over (partition by {key} order by _run_number desc) = 1"
    rows = con.execute(
        f"select {fields}, {_PLACE} as _place from {raw} inner join "
        "(select run_id as _load_run, run_number as _run_number from raw_goldthread.runs) "
        f"using (_load_run) where _run_number > {look.since} {newest} "
        f"order by _run_number, _row_hash limit {SAMPLE_ROWS}"
    ).df()
    # Beside an index with a name Great Expectations tells the values.
    return rows.set_index("_place").rename_axis(None)


def _key(source: Source, table: str) -> tuple[str, ...]:
    return next(one.key for one in source.tables if one.name == table)


def _kinds(con: duckdb.DuckDBPyConnection, source: Source, table: str) -> list[tuple[str, str]]:
    return [
        (name, kind.split("(")[0])
        for name, kind in con.execute(
            "select column_name, data_type from duckdb_columns() "
            f"where schema_name = {literal(source.schema)} and table_name = {literal(table)} "
            "and database_name = current_database() order by column_index"
        ).fetchall()
    ]
