"""The declaration as SQL: what a value is, when it is bad, and how the reason reads.

Three relations build on each other. ``cells`` has the text of each declared column, null or blank
when absent; for JSON lines, keys and checked numbers stand there as JSON, so that a text can be
told from a number. ``typed`` adds what the text says (``"x typed"``), ``checked`` what remains
within the declared bounds (``"x value"``). Each step is written once, so it is computed once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.sources._engine.kinds import MEANINGS, READERS
from connectors.sources.declaration import Column, Table
from goldthread.warehouse.files import literal, quoted

FIRST_TIME = "timestamp '1900-01-01'"
# A run may be replayed at an earlier moment than its input, so only an absurd future is refused.
FUTURE = timedelta(days=366)


class Issue(NamedTuple):
    """A value that can be bad: its name, and SQL for its text, for whether it is bad, and why."""

    name: str
    cell: str
    condition: str
    reason: str


class Checks:
    """SQL for one table. ``as_of`` bounds what lies in the future (UTC, naive)."""

    def __init__(self, table: Table, as_of: datetime) -> None:
        self.table = table
        self._is_json = table.format == "jsonl"
        self._today, self._latest = latest_at(as_of)

    def is_json_cell(self, column: Column) -> bool:
        """Whether the cell holds JSON, not text, so that a number can be told from a text."""
        checked = column.kind in ("number", "rate", "integer") and column.need != "optional"
        return self._is_json and (checked or column.kind in ("epoch", "json"))

    def typed(self, column: Column) -> str:
        """What the cell says, over ``cells``; null when it says nothing of the column's kind."""
        cell = quoted(column.name)
        if column.kind in READERS:
            return f"{READERS[column.kind]}({cell})"
        if self._is_json and not column.allowed:
            # Only what looks like something else than a text is worth asking what it is. Ids are
            # often numbers in the wild, and taken as they are; a key must be a text.
            odd = f"{cell} >= '{{' or ({cell} >= '[' and {cell} < '\\')"
            if column.name in self.table.key:
                odd = f"looks_like_json({cell})"
            path = literal(f'$."{column.source_key}"')
            if_text = f"case when json_type(line, {path}) = 'VARCHAR' then {cell} end"
            return f"case when {odd} then {if_text} else nullif({cell}, '') end"
        return f"nullif({cell}, '')"

    def value(self, column: Column) -> str:
        """The value to load, over ``typed``; null when absent or bad."""
        typed = typed_name(column)
        conditions = self._bounds(column, typed)
        if not conditions:
            return typed
        return f"case when {' and '.join(conditions)} then {typed} end"

    def _bounds(self, column: Column, typed: str) -> list[str]:
        bounds = []
        if column.allowed:
            bounds.append(f"{typed} in ({', '.join(map(literal, column.allowed))})")
        if column.pattern:
            bounds.append(f"regexp_full_match(bare({typed}), {literal(column.pattern)})")
        if column.above is not None:
            bounds.append(f"{typed} > {column.above}")
        if column.at_least is not None:
            bounds.append(f"{typed} >= {column.at_least}")
        if column.at_most is not None:
            bounds.append(f"{typed} <= {column.at_most}")
        if column.kind == "date":
            last = self._today if column.birthday else "date '2199-12-31'"
            bounds.append(f"{typed} between date '1900-01-01' and {last}")
        if column.kind in ("timestamp", "epoch"):
            first, last = FIRST_TIME, self._latest
            if column.any_year:
                first, last = "timestamp '0001-01-01'", "timestamp '9999-12-31'"
            bounds.append(f"{typed} between {first} and {last}")
        if column.derives:
            bounds.append(f"{quoted(derived_alias(column))}.readable")
        return bounds

    def is_absent(self, column: Column) -> str:
        """Whether the cell holds nothing."""
        cell = quoted(column.name)
        if self.is_json_cell(column):
            return f"(is_blank({cell}) or {cell} = '\"\"')"
        return f"is_blank({cell})"

    def is_bad(self, column: Column) -> str:
        """Whether the cell holds something that is no value of the column; over ``checked``."""
        cell = quoted(column.name)
        if self.is_json_cell(column):
            cell = f"nullif({cell}, '\"\"')"
        return f"is_bad({value_name(column)}, {cell})"

    def can_be_bad(self, column: Column) -> bool:
        """Whether there are texts that are no value of the column."""
        return (
            column.kind != "text"
            or self._is_json
            or bool(column.allowed or column.pattern or column.derives)
        )

    def breaking(self) -> list[tuple[str, str]]:
        """(condition, reason) pairs over ``checked``; a row that meets any of them is broken."""
        pairs = []
        for column in self.table.columns:
            if column.need == "required" or column.name in self.table.key:
                missing = f"{column.source_key} is missing: it must be {self.meaning(column)}"
                pairs.append((self.is_absent(column), literal(missing)))
            if column.need != "optional" and self.can_be_bad(column):
                pairs.append((self.is_bad(column), self._bad_reason(column)))
        if self.table.identifying:
            empty = [self._holds_nothing(field) for field in self.table.identifying]
            mend = "must name the person"
            pairs.append(self._none_of(self.table.identifying, empty, "missing", mend))
        if self.table.dated_by:
            times = [column for column in self.table.columns if column.name in self.table.dated_by]
            empty = [self._tells_no_time(column) for column in times]
            lack, mend = "missing or impossible", "must say when it was"
            pairs.append(self._none_of(self.table.dated_by, empty, lack, mend))
        return pairs

    def _tells_no_time(self, column: Column) -> str:
        """A bad optional time is null, and of any year alone it tells none; another one breaks."""
        if column.any_year:
            value = value_name(column)
            return f"coalesce({value} not between {FIRST_TIME} and {self._latest}, true)"
        if column.need == "optional":
            return f"{value_name(column)} is null"
        return self._holds_nothing(column.name)

    def _none_of(
        self, fields: tuple[str, ...], empty: list[str], lack: str, mend: str
    ) -> tuple[str, str]:
        names = ", ".join(self._source_path(field) for field in fields)
        reason = f"{names} is {lack}: it {mend}"
        if len(fields) > 1:
            reason = f"{names} are all {lack}: at least one {mend}"
        return f"({' and '.join(empty)})", literal(reason)

    def issues(self) -> list[Issue]:
        """What can be bad in the optional columns, over ``checked``."""
        return [
            Issue(column.name, quoted(column.name), self.is_bad(column), self._bad_reason(column))
            for column in self.table.columns
            if column.need == "optional"
            and column.name not in self.table.key
            and self.can_be_bad(column)
        ] + [
            _inner_issue(column, key, kind)
            for column in self.table.columns
            for key, kind in column.inner
        ]

    def meaning(self, column: Column) -> str:
        """What the column must be, in words."""
        if column.allowed:
            return f"one of {', '.join(column.allowed)}"
        if column.meaning:
            return column.meaning
        meaning = MEANINGS[column.kind]
        if column.above is not None:
            meaning += f" above {column.above}"
        if column.at_least is not None:
            meaning += f" of at least {column.at_least}"
        if column.at_most is not None:
            meaning += f" and at most {column.at_most}"
        if column.birthday:
            meaning += ", after 1900 and not in the future"
        return meaning

    def _bad_reason(self, column: Column) -> str:
        return _reason(column.source_key, quoted(column.name), self.meaning(column))

    def _holds_nothing(self, field: str) -> str:
        name, *path = field.split(".")
        if not path:
            return f"is_blank({quoted(name)})"
        inner = "$" + "".join(f'."{part}"' for part in path)
        return f"is_blank(json_extract_string({quoted(name)}, {literal(inner)}))"

    def _source_path(self, field: str) -> str:
        name, *path = field.split(".")
        column = next(column for column in self.table.columns if column.name == name)
        return ".".join([column.source_key, *path])


def _reason(name: str, cell: str, meaning: str) -> str:
    return f"{literal(f'{name} is ')} || shorten({cell}) || {literal(f': it must be {meaning}')}"


def _inner_issue(column: Column, key: str, kind: str) -> Issue:
    path = literal(f'$."{key}"')
    cell = f"json_extract_string({value_name(column)}, {path})"
    condition = f"is_bad(as_email({cell}), {cell})"
    if kind == "text":
        found = f"json_type({value_name(column)}, {path})"
        condition = f"coalesce({found} in ('ARRAY', 'OBJECT'), false)"
    reason = _reason(f"{column.source_key}.{key}", cell, MEANINGS[kind])
    return Issue(f"{column.name}.{key}", cell, condition, reason)


def latest_at(as_of: datetime) -> tuple[str, str]:
    """The latest day of birth and the latest time that are possible, as SQL."""
    return f"date '{as_of:%Y-%m-%d}'", f"timestamp '{as_of + FUTURE:%Y-%m-%d %H:%M:%S.%f}'"


def typed_name(column: Column) -> str:
    """The column of ``typed`` that says what a cell says."""
    return quoted(f"{column.name} typed")


def value_name(column: Column) -> str:
    """The column of ``checked`` that is loaded."""
    return quoted(f"{column.name} value")


def derived_alias(column: Column) -> str:
    """Name of the relation that holds what Python read from the column's texts."""
    return f"derived_{column.name}"
