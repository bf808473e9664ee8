"""Compares two published files table by table: what the tests of repetition and recovery ask."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

# A run's name differs between two runs of the same moment; nothing else may.
BOOKKEEPING = frozenset({"run_id", "run_number"})

_PERSON = (
    "(select min(source || ':' || source_record_id) from {side}.{schema}.customer_source_records "
    "as held where held.customer_id = rows.{column})"
)


def differences(
    left: Path,
    right: Path,
    *,
    schema: str = "marts",
    ignored_columns: Collection[str] = BOOKKEEPING,
    ignored_tables: Collection[str] = (),
    by_people: bool = False,
) -> dict[str, str]:
    """What differs between two published files, by table; empty when nothing does.

    Rows are compared as bags: a row that stands once more on one side is a difference. With
    ``by_people`` a customer is known by the first of their source records, whatever their id.
    """
    found: dict[str, str] = {}
    with duckdb.connect() as con:
        con.execute(f"attach '{left}' as l (read_only)")
        con.execute(f"attach '{right}' as r (read_only)")
        tables = {side: _columns(con, side, schema) for side in ("l", "r")}
        for table in sorted(tables["l"].keys() | tables["r"].keys()):
            if table in ignored_tables:
                continue
            columns = [tables[side].get(table) for side in ("l", "r")]
            if columns[0] != columns[1]:
                found[table] = f"columns differ: {columns[0]} and {columns[1]}"
                continue
            kept = [c for c in columns[0] or [] if c not in ignored_columns]
            select = ", ".join(
                _PERSON.format(schema=schema, side="{side}", column=c)
                if by_people and c in ("customer_id", "other_customer_id")
                else f'"{c}"'
                for c in kept
            )
            sides = {
                side: f'select {select.format(side=side)} from {side}."{schema}"."{table}" as rows'
                for side in ("l", "r")
            }
            only = [
                con.execute(f"({sides[a]}) except all ({sides[b]})").fetchall()
                for a, b in (("l", "r"), ("r", "l"))
            ]
            if only[0] or only[1]:
                found[table] = (
                    f"{len(only[0])} rows only left, {len(only[1])} only right; "
                    f"{kept}: {sorted(map(str, only[0]))[:2]} and {sorted(map(str, only[1]))[:2]}"
                )
    return found


def _columns(con: duckdb.DuckDBPyConnection, side: str, schema: str) -> dict[str, list[str]]:
    rows = con.execute(
        "select table_name, list(column_name order by ordinal_position) from "
        "information_schema.columns where table_catalog = ? and table_schema = ? group by all",
        [side, schema],
    ).fetchall()
    return dict(rows)
