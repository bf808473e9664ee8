"""What a source says about itself. A source is one file that declares a ``Source``; nothing else.

The engine in ``_engine`` reads the declaration, finds the files, types the columns, keeps broken
rows aside and loads the rest into ``raw_<source>``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

Kind = Literal[
    "text",
    "email",
    "phone",
    "date",
    "timestamp",
    "epoch",
    "number",
    "rate",
    "integer",
    "boolean",
    "json",
]
Need = Literal["optional", "checked", "required"]
FileFormat = Literal["csv", "jsonl", "sqlite"]

SQL_TYPES: dict[Kind, str] = {
    "text": "varchar",
    "email": "varchar",
    "phone": "varchar",
    "date": "date",
    "timestamp": "timestamp",
    "epoch": "timestamp",
    "number": "decimal(18,6)",
    "rate": "decimal(18,12)",
    "integer": "bigint",
    "boolean": "boolean",
    "json": "varchar",
}
NUMBERS: tuple[Kind, ...] = ("number", "rate", "integer")

# Names of the engine's own columns beside the declared ones, tables and schema.
TAKEN_COLUMNS = ("cells", "file_no", "is_unreadable", "line", "row_id", "row_number")
TAKEN_TABLES = ("quarantined_rows", "value_issues")
TAKEN_SOURCES = ("goldthread",)


@dataclass(frozen=True)
class Column:
    """One column of a raw table.

    name: column in the warehouse (snake_case).
    kind: what the value must be. ``timestamp`` is ISO 8601 text, stored as naive UTC; ``epoch``
        is seconds since 1970 (or ISO 8601 text); ``json`` is an object, kept as its text;
        ``email`` and ``phone`` are text of a plausible shape; ``rate`` is a number that may be
        tiny, as the price of a dong in dollars.
    need: ``optional``: a bad value becomes null and a value issue. ``checked``: it may be
        absent, a bad value breaks the row. ``required``: absent or bad breaks the row.
    source_name: column or JSON key in the input where that is another word.
    allowed: the documented set of values, compared exactly.
    above / at_least: exclusive and inclusive lower bound of a number; at_most: the upper one, so
        that no slip makes an amount that the marts cannot hold.
    pattern: a regular expression the whole text must match; ``meaning`` says it in words.
    birthday: a date that lies in no future and not before 1900.
    any_year: a time that may lie in any year, as by a client's clock: only its form is checked.
    derives: (column, function) pairs: columns computed in Python from the distinct texts of this
        one. The function gives null for a text that it cannot read, which then counts as bad.
    inner: (key, kind) pairs: fields of a JSON object that staging takes as an ``email`` or a
        ``text``, and as null where they are none; such a value is an issue.
    """

    name: str
    kind: Kind = "text"
    need: Need = "optional"
    source_name: str | None = None
    allowed: tuple[str, ...] = ()
    above: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    pattern: str | None = None
    meaning: str = ""
    birthday: bool = False
    any_year: bool = False
    derives: tuple[tuple[str, Callable[[str], str | None]], ...] = ()
    inner: tuple[tuple[str, Literal["email", "text"]], ...] = ()

    def __post_init__(self) -> None:
        column = f"column {self.name}"
        _check_name("column", self.name, TAKEN_COLUMNS)
        for name, _ in self.derives:
            _check_name("column", name, TAKEN_COLUMNS)
        _check_word(f"{column}: kind", self.kind, Kind)
        _check_word(f"{column}: need", self.need, Need)
        _check_tuples(self, column, "allowed", "derives", "inner")
        bounds = (self.above, self.at_least, self.at_most)
        if self.kind not in NUMBERS and bounds != (None, None, None):
            raise ValueError(f"{column}: above, at_least and at_most are for {', '.join(NUMBERS)}")
        if self.pattern:
            if SQL_TYPES[self.kind] != "varchar":
                raise ValueError(f"{column}: a pattern is for texts, not for a {self.kind}")
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"{column}: pattern {self.pattern!r}: {error}") from error

    @property
    def source_key(self) -> str:
        """The name of the column or key in the input."""
        return self.source_name or self.name

    @property
    def sql_type(self) -> str:
        """The column's type in the warehouse."""
        return SQL_TYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One raw table and the files that feed it.

    files: glob patterns under the input folder.
    sqlite_table: the table inside the file, for the format ``sqlite``.
    key: the columns that name a row; each must be there.
    identifying: columns of which one must hold something; ``column.path.path`` looks into JSON.
    dated_by: columns of which one must hold a time, where none of them is required by itself.
    newest: which of several rows with one key counts. ``content``: the rows themselves say (by a
        time they carry, or they never change). ``line``: the one that stands last in the file.
        ``file``: as ``line``, and a row that people took out of its file is taken out of the
        warehouse (decisions of people; a file that is missing altogether takes nothing back).
    skip_known: leave out rows of a new file that were loaded before. Meant for sources that
        deliver the same rows again and again; big event logs leave it to staging.
    """

    name: str
    columns: tuple[Column, ...]
    files: tuple[str, ...]
    format: FileFormat
    key: tuple[str, ...]
    identifying: tuple[str, ...] = ()
    dated_by: tuple[str, ...] = ()
    newest: Literal["content", "line", "file"] = "content"
    skip_known: bool = True
    sqlite_table: str | None = None

    def __post_init__(self) -> None:
        _check_name("table", self.name, TAKEN_TABLES)
        _check_word(f"table {self.name}: format", self.format, FileFormat)
        _check_tuples(
            self, f"table {self.name}", "columns", "files", "key", "identifying", "dated_by"
        )
        for pattern in self.files:
            if pattern.startswith("/") or ".." in pattern.split("/"):
                raise ValueError(
                    f"table {self.name}: files has {pattern!r}; it is relative to the input folder "
                    "and stays within it"
                )
        names = {column.name for column in self.columns}
        if len(names) < len(self.columns):
            raise ValueError(f"table {self.name} declares a column twice")
        used = {*self.key, *self.dated_by, *(name.split(".")[0] for name in self.identifying)}
        if unknown := sorted(used - names):
            raise ValueError(f"table {self.name} uses columns it does not declare: {unknown}")
        if self.format == "sqlite" and not self.sqlite_table:
            raise ValueError(f"table {self.name} reads sqlite but names no sqlite_table")


@dataclass(frozen=True)
class Source:
    """A system that data comes from: its name, its tables."""

    name: str
    tables: tuple[Table, ...]
    description: str = ""

    def __post_init__(self) -> None:
        _check_name("source", self.name, TAKEN_SOURCES)
        _check_tuples(self, f"source {self.name}", "tables")

    @property
    def schema(self) -> str:
        """The warehouse schema of its raw tables."""
        return f"raw_{self.name}"


def _check_word(what: str, word: str, words: Any) -> None:
    if word not in get_args(words):
        raise ValueError(f"{what} is {word!r}; there are {', '.join(get_args(words))}")


def _check_name(what: str, name: str, taken: tuple[str, ...]) -> None:
    """dlt spells other names anew, and what it loads under them reaches no declared column."""
    if not re.fullmatch("[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        where = "; source_name may be any" if what == "column" else ""
        raise ValueError(f"{what} {name}: a name is lower-case words joined by _{where}")
    if name in taken:
        raise ValueError(f"{what} {name}: the engine uses that name itself; take another one")


def _check_tuples(declared: object, what: str, *names: str) -> None:
    """``("id")`` is a text and no tuple: its letters would be taken for columns."""
    for name in names:
        if not isinstance(getattr(declared, name), tuple):
            raise ValueError(f"{what}: {name} is no tuple; mind the comma in (one,)")
