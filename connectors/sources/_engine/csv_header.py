"""The header of a CSV file: the names of its columns, and what is wrong with it."""

from __future__ import annotations

import csv
from codecs import BOM_UTF8

from connectors.sources.declaration import Table


def header_names(line: bytes) -> list[str]:
    """The names of the columns; one that stands twice gets an underscore."""
    names: list[str] = []
    try:
        cells = next(csv.reader([_text(line)]), [])
    except csv.Error:
        # One cell is larger than the csv module reads.
        cells = _text(line).split(",")
    for cell in cells:
        name = cell.strip()
        while name in names:
            name += "_"
        names.append(name)
    return names


def header_problem(line: bytes, table: Table) -> str:
    """Why rows cannot be read by this header, or an empty text.

    A file may be blank, but not one of decisions: what it held would count as taken back.
    """
    if not _text(line).strip():
        return "the first line is blank: it must name the columns" * (table.newest == "file")
    try:
        next(csv.reader([_text(line)], strict=True))
    except csv.Error:
        return "the header is not CSV: put it on one line, and close what is quoted"
    names = {name.lower() for name in header_names(line)}
    keys = [column.source_key for column in table.columns if column.name in table.key]
    if lacking := [key for key in keys if key.lower() not in names]:
        mend = "the first line must name the columns, with commas between them"
        return f"the header lacks {', '.join(lacking)}: {mend}"
    return ""


def _text(line: bytes) -> str:
    return line.removeprefix(BOM_UTF8).decode("utf-8", errors="backslashreplace").rstrip("\r\n")
