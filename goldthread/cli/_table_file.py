"""A table from a Parquet or CSV file, with the names that its columns have there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.cli._csv_table import open_csv
from goldthread.cli._exit import ExitCode, Stop

if TYPE_CHECKING:
    import duckdb


def table_format(path: Path, what: str) -> str:
    """``parquet`` or ``csv``, by the file's name. Raises Stop for others; what: said of them."""
    found = path.suffix.lower().removeprefix(".")
    if found not in ("parquet", "csv"):
        raise Stop(f"{path} is neither .parquet nor .csv; {what}.", ExitCode.USAGE)
    return found


def open_table(
    con: duckdb.DuckDBPyConnection, path: Path
) -> tuple[duckdb.DuckDBPyRelation, list[str]]:
    """The file's rows, and the names of its columns before DuckDB numbers those that are doubled.

    Raises Stop for a file of another kind, or one that cannot be read.
    """
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    form = table_format(path, "only these can be read")
    try:
        if form == "csv":
            return open_csv(con, path)
        # A folder country=US says nothing of the people in the file.
        relation = con.read_parquet(str(path), hive_partitioning=False)
        return relation, pq.read_schema(path).names
    except (duckdb.Error, pa.ArrowException) as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> Stop:
    """What is wrong with the file, without DuckDB's advice on its options."""
    told = re.split(r"\s*(?:Possible (?:fixes|Solution)|It was not possible)", str(error))[0]
    return Stop(f"{path} cannot be read: {told}")


def refuse_doubled(path: Path, names: Sequence[str], used: Iterable[str]) -> None:
    """Raise Stop when one of the columns ``used`` is there twice; of the others it is no matter."""
    counts = Counter(name.strip().lower() for name in names)
    for name in used:
        if counts[name.strip().lower()] > 1:
            raise Stop(f"{path} has several columns {name!r}; rename all but one of them.")
