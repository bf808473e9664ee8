"""Columns of raw tables: those declared, where each row came from, and what was wrong with it."""

from __future__ import annotations

from connectors.sources.declaration import Table

LINEAGE: tuple[tuple[str, str], ...] = (
    ("_source_file", "varchar"),
    ("_row_number", "bigint"),
    ("_file_version", "bigint"),
    ("_load_run", "varchar"),
    ("_loaded_at", "timestamp"),
    ("_row_hash", "varchar"),
)
QUARANTINE = "quarantined_rows"
VALUE_ISSUES = "value_issues"
POSITION: tuple[tuple[str, str], ...] = (
    ("source", "varchar"),
    ("source_table", "varchar"),
    ("source_file", "varchar"),
    ("row_number", "bigint"),
    ("row_key", "varchar"),
)
PROBLEM_TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    QUARANTINE: (
        *POSITION,
        ("reason", "varchar"),
        ("raw", "varchar"),
        ("quarantined_at", "timestamp"),
        ("_file_version", "bigint"),
        ("_load_run", "varchar"),
    ),
    VALUE_ISSUES: (
        *POSITION,
        ("column_name", "varchar"),
        ("raw_value", "varchar"),
        ("reason", "varchar"),
        ("noticed_at", "timestamp"),
        ("_file_version", "bigint"),
        ("_load_run", "varchar"),
    ),
}


def table_columns(table: Table) -> list[tuple[str, str]]:
    """(name, SQL type) of a raw table, in order."""
    declared = [(column.name, column.sql_type) for column in table.columns]
    derived = [(name, "varchar") for column in table.columns for name, _ in column.derives]
    return [*declared, *derived, ("_extra", "varchar"), *LINEAGE]
