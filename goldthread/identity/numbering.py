"""Whether tables that tell records by number mean the same records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.warehouse.errors import BuildFailed

if TYPE_CHECKING:
    import duckdb


def require_one_numbering(cursor: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Raise BuildFailed when the tables were not built of the same records.

    tables: with column numbering, a hash of the keys of the records that were numbered. Whoever
    builds one of the identity models by hand, and another one after the next load, would else join
    strangers, and their ids would stay in the registry.
    """
    found = " union all ".join(f"select numbering from {table}" for table in tables)
    row = cursor.execute(f"select min(numbering) = max(numbering) from ({found})").fetchone()
    if row == (False,):
        raise BuildFailed(
            "The tables of identity are of different builds: int_identity__linkage_records was "
            "built of other records than int_identity__exact_pairs or int_identity__scored_pairs. "
            "Build them together: dbt build --select int_identity__linkage_records+"
        )
