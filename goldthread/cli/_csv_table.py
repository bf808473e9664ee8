"""A CSV file as a table: every line is a row, or the file is refused."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.cli._exit import Stop
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

DELIMITERS = ",;\t|"


def open_csv(
    con: duckdb.DuckDBPyConnection, path: Path
) -> tuple[duckdb.DuckDBPyRelation, list[str]]:
    """The rows of a CSV file with a header, as text; and the names in the header.

    What separates the fields is told by the header, by what stands outside of quotes there. DuckDB
    would else find another way to read a file with a broken line, without its first lines, or take
    lines with a # for comments.
    Raises Stop when its beginning is not UTF-8. Other broken lines show when the rows are read.
    """
    import duckdb

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
    except UnicodeDecodeError as error:
        raise Stop(f"{path} cannot be read: it is not UTF-8 text; save it as UTF-8.") from error
    delimiter = max(DELIMITERS, key=re.sub('"[^"]*"', "", header).count)
    names = next(csv.reader([header.rstrip("\r\n")], delimiter=delimiter), [])
    common = f"{literal(path)}, header = true, delim = {literal(delimiter)}, skip = 0, comment = ''"
    try:
        relation = _found_quotes(con, f"{common}, all_varchar = true")
    except duckdb.Error:
        relation = None
    if relation is not None and len(relation.columns) == len(names):
        return relation, names
    # Quotes as everybody has them; the error that comes of it names the line.
    own = [
        name if name and name not in names[:place] else f"column{place}"
        for place, name in enumerate(names or [""])
    ]
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in own)
    relation = con.sql(
        f"from read_csv({common}, hive_partitioning = false, auto_detect = false, quote = '\"', "
        f"escape = '\"', columns = {{{columns}}})"
    )
    return relation, names


def _found_quotes(con: duckdb.DuckDBPyConnection, options: str) -> duckdb.DuckDBPyRelation:
    """The rows with the quotes that DuckDB finds; finding none could mean that one is unclosed."""
    found = con.execute(f"select quote from sniff_csv({options})").fetchall()
    if found == [("(empty)",)]:
        options += ", quote = '\"'"
    return con.sql(f"from read_csv({options}, hive_partitioning = false)")
