"""The declaration as SQL: what a value is, when it is bad, and how the reason reads.

Expressions work on a relation ``cells`` with one text column for each declared column, null or
blank when absent. For JSON lines, keys and checked numbers stand there as JSON, so that a text
can be told from a number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.sources.declaration import Column, Table

FIRST_TIME = "timestamp '1900-01-01'"
# A run may be replayed at an earlier moment than its input, so only an absurd future is refused.
FUTURE = timedelta(days=366)

MACROS = (
    "as_number(x) as case when regexp_full_match(trim(x), "
    "'[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?') "
    "then try_cast(trim(x) as decimal(18,6)) end",
    "as_integer(x) as case when regexp_full_match(trim(x), '[+-]?[0-9]+([.]0+)?') "
    "then try_cast(trim(x) as bigint) end",
    "as_boolean(x) as case when lower(trim(x)) in ('true', 't', '1', '1.0', 'yes', 'y') then true "
    "when lower(trim(x)) in ('false', 'f', '0', '0.0', 'no', 'n') then false end",
    "as_time(x) as case when x between '0' and ':' or trim(x) between '0' and ':' "
    "then cast(try_cast(trim(x) as timestamptz) as timestamp) end",
    "as_day(x) as case when length(trim(x)) <= 10 then try_cast(trim(x) as date) "
    "when as_time(x) is not null then try_cast(trim(x)[:10] as date) end",
    "as_epoch(x) as case when as_number(x) > 0 and as_number(x) < 1e11 "
    "then make_timestamp(cast(round(cast(as_number(x) as double) * 1e6) as bigint)) "
    "when x like '\"%' then as_time(json_extract_string(x, '$')) "
    "when as_number(x) is null then as_time(x) end",
    "as_email(x) as case when regexp_full_match(trim(x), "
    '\'[^\\s@,;:<>()\\[\\]"]+@([^\\s@,;:<>()\\[\\]".]+[.])+[^\\s@,;:<>()\\[\\]".]{2,}\') then x end',
    "phone_core(x) as regexp_replace(lower(trim(x)), '[\\s,;]*(ext[.]?|x|#)[\\s:.]*[0-9]{1,6}$', '')",
    "as_phone(x) as case when regexp_full_match(phone_core(x), "
    "'[0-9+().\\-/\\s\\x{00a0}\\x{2010}-\\x{2015}]+') "
    "and length(regexp_replace(phone_core(x), '[^0-9]', '', 'g')) between 7 and 15 then x end",
    "as_object(x) as case when x like '{%' then x end",
    "is_blank(x) as coalesce(trim(x) = '', true)",
)

MEANINGS = {
    "text": "a text",
    "email": "an e-mail address",
    "phone": "a phone number of 7 to 15 digits",
    "date": "a date such as 2024-05-31",
    "timestamp": "a possible time such as 2024-05-31T09:30:00Z",
    "epoch": "a possible time in seconds since 1970",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "json": "a JSON object",
}


class Checks:
    """SQL for one table. ``as_of`` bounds what lies in the future (UTC, naive)."""

    def __init__(self, table: Table, as_of: datetime) -> None:
        self.table = table
        self._is_json = table.format == "jsonl"
        self._today = f"date '{as_of:%Y-%m-%d}'"
        self._latest = f"timestamp '{as_of + FUTURE:%Y-%m-%d %H:%M:%S}'"

    def is_json_cell(self, column: Column) -> bool:
        """Whether the cell holds JSON, not text, so that its type can be checked."""
        numeric = column.kind in ("number", "integer") and column.need != "optional"
        is_key = column.name in self.table.key and column.kind == "text"
        return self._is_json and (numeric or is_key or column.kind in ("epoch", "json"))

    def value(self, column: Column) -> str:
        """The typed value; null when absent or bad."""
        cell = quoted(column.name)
        typed = self._typed(column, cell)
        conditions = self._conditions(column, typed, cell)
        if not conditions:
            return typed
        return f"case when {' and '.join(conditions)} then {typed} end"

    def _typed(self, column: Column, cell: str) -> str:
        match column.kind:
            case "number":
                return f"as_number({cell})"
            case "integer":
                return f"as_integer({cell})"
            case "boolean":
                return f"as_boolean({cell})"
            case "timestamp":
                return f"as_time({cell})"
            case "epoch":
                return f"as_epoch({cell})"
            case "date":
                return f"as_day({cell})"
            case "email":
                return f"as_email({cell})"
            case "phone":
                return f"as_phone({cell})"
            case "json":
                return f"as_object({cell})"
        if self.is_json_cell(column):
            return f"case when {cell} like '\"%' then json_extract_string({cell}, '$') end"
        return f"nullif({cell}, '')"

    def _conditions(self, column: Column, typed: str, cell: str) -> list[str]:
        conditions = []
        if column.allowed:
            conditions.append(f"trim({cell}) in ({', '.join(map(literal, column.allowed))})")
        if column.pattern:
            conditions.append(f"regexp_full_match(trim({cell}), {literal(column.pattern)})")
        if column.above is not None:
            conditions.append(f"{typed} > {column.above}")
        if column.at_least is not None:
            conditions.append(f"{typed} >= {column.at_least}")
        if column.birthday:
            conditions.append(f"{typed} between date '1900-01-01' and {self._today}")
        elif column.kind == "date":
            conditions.append(f"{typed} between date '1900-01-01' and date '2199-12-31'")
        if column.kind in ("timestamp", "epoch"):
            first, last = FIRST_TIME, self._latest
            if column.any_year:
                first, last = "timestamp '0001-01-01'", "timestamp '9999-12-31'"
            conditions.append(f"{typed} between {first} and {last}")
        if column.kind == "text" and self._is_json and not self.is_json_cell(column):
            # A text may begin with a bracket; only then is it worth asking what it is.
            path = literal(f'$."{column.source_key}"')
            conditions.append(
                f"(not ({cell} like '{{%' or {cell} like '[%') "
                f"or json_type(line, {path}) = 'VARCHAR')"
            )
        if column.derives:
            conditions.append(f"{quoted(derived_alias(column))}.readable")
        return conditions

    def is_absent(self, column: Column) -> str:
        """Whether the cell holds nothing."""
        cell = quoted(column.name)
        if self.is_json_cell(column):
            return f"(is_blank({cell}) or trim({cell}, '\" ') = '')"
        return f"is_blank({cell})"

    def is_bad(self, column: Column) -> str:
        """Whether the cell holds something that is no value of the column."""
        if self._cannot_be_bad(column):
            return "false"
        return f"(not {self.is_absent(column)} and ({self.value(column)}) is null)"

    def _cannot_be_bad(self, column: Column) -> bool:
        plain = column.kind == "text" and not (
            column.allowed or column.pattern or column.derives or self._is_json
        )
        return plain

    def breaking(self) -> list[tuple[str, str]]:
        """(condition, reason) pairs; a row that meets any condition is broken."""
        pairs = []
        for column in self.table.columns:
            name = column.source_key
            if column.need == "required" or column.name in self.table.key:
                mend = f"{name} is missing: it must be {self.meaning(column)}"
                pairs.append((self.is_absent(column), literal(mend)))
            if column.need != "optional" and not self._cannot_be_bad(column):
                pairs.append((self.is_bad(column), self._bad_reason(column)))
        for fields, mend in (
            (self.table.identifying, "at least one must name the person"),
            (self.table.dated_by, "at least one must say when it was"),
        ):
            if fields:
                empty = " and ".join(self._holds_nothing(field) for field in fields)
                names = ", ".join(self._source_path(field) for field in fields)
                reason = f"{names} {'are all' if len(fields) > 1 else 'is'} missing: {mend}"
                if len(fields) == 1:
                    reason = f"{names} is missing: it must name the person"
                pairs.append((f"({empty})", literal(reason)))
        return pairs

    def issues(self) -> list[tuple[Column, str, str]]:
        """(column, condition, reason) of the optional columns that can be bad."""
        return [
            (column, self.is_bad(column), self._bad_reason(column))
            for column in self.table.columns
            if column.need == "optional"
            and column.name not in self.table.key
            and not self._cannot_be_bad(column)
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
        if column.birthday:
            meaning += ", after 1900 and not in the future"
        return meaning

    def _bad_reason(self, column: Column) -> str:
        name, meaning = (
            literal(f"{column.source_key} is "),
            literal(f": it must be {self.meaning(column)}"),
        )
        cell = quoted(column.name)
        return f"{name} || case when length({cell}) > 80 then {cell}[:80] || '…' else {cell} end || {meaning}"

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


def derived_alias(column: Column) -> str:
    """Name of the relation that holds what Python read from the column's texts."""
    return f"derived_{column.name}"


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL text."""
    return "'" + text.replace("'", "''") + "'"
