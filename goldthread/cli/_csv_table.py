"""A CSV file as a table: every line is a row, or the file is refused."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.cli._exit import Stop
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

DELIMITERS = ",;\t|"


def open_csv(con: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    """The rows of a CSV file with a header, as text.

    What separates the fields is told by the header. DuckDB would else find another way to read a
    file with a broken line, without its first lines, or take lines with a # for comments.
    Raises Stop when its beginning is not UTF-8. Other broken lines show when the rows are read.
    """
    import duckdb

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
    except UnicodeDecodeError as error:
        raise Stop(f"{path} cannot be read: it is not UTF-8 text.") from error
    delimiter = max(DELIMITERS, key=header.count)
    names = next(csv.reader([header.rstrip("\r\n")], delimiter=delimiter), [])
    common = (
        f"{literal(path)}, header = true, delim = {literal(delimiter)}, skip = 0, comment = '', "
        "hive_partitioning = false"
    )
    try:
        relation = con.sql(f"from read_csv({common}, all_varchar = true)")
    except duckdb.Error:
        relation = None
    if relation is not None and len(relation.columns) == len(names):
        return relation
    # Quotes as everybody has them; the error that comes of it names the line.
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in names or ["column0"])
    return con.sql(
        f"from read_csv({common}, auto_detect = false, quote = '\"', escape = '\"', "
        f"columns = {{{columns}}})"
    )
