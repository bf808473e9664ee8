"""The queries of one table's staging, as text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from connectors.sources._engine.ahead import Ahead
from connectors.sources._engine.checks import Checks, derived_alias, typed_name, value_name
from connectors.sources.declaration import Column, Table
from goldthread.warehouse.files import literal, quoted

SAMPLE_LINES = 500
MOST_LISTS = 20
POSITION = "row_id, file_no, row_number"


class Queries:
    """Queries over a relation ``batch`` as ``Stage`` registers it.

    as_of (UTC, naive) bounds what lies in the future.
    """

    def __init__(self, table: Table, as_of: datetime) -> None:
        self._table = table
        self._checks = Checks(table, as_of)
        self._ahead = Ahead(table, as_of)

    def usual_keys(self) -> str:
        """Hashes of the key lists that the first lines have and that hold declared keys only.

        Comparing a hash is half the work of comparing keys, and sources repeat themselves.
        """
        if self._table.format != "jsonl":
            return "select 0 where false"
        return (
            f"select distinct hash(keys) from (select try(json_keys(line)) as keys from batch "
            f"limit {SAMPLE_LINES}) where list_has_all([{self._names()}], keys) limit {MOST_LISTS}"
        )

    def good_rows(self, usual_keys: Sequence[int]) -> str:
        """All rows in the raw table's columns but lineage, plus ``row_id`` and two verdicts.

        ``_is_broken``: not to be loaded; ``_is_odd``: broken or with a value issue, of which
        ``odd_rows`` tells. usual_keys: see there.
        """
        values = [f"{value_name(column)} as {quoted(column.name)}" for column in self._columns]
        derived = [quoted(name) for column in self._columns for name, _ in column.derives]
        broken = self._is_broken()
        odd = " or ".join([broken, *(issue.condition for issue in self._checks.issues())])
        verdicts = f"{broken} as _is_broken, ({odd}) as _is_odd"
        columns = ", ".join([*values, *derived, "_extra", f"{self._hash()} as _row_hash"])
        return f"select row_id, {verdicts}, {columns} {self._checked(usual_keys)}"

    def odd_rows(self) -> str:
        """What is wrong with each row of ``batch``; one row a row that is wrong in some way.

        Gives file_no, row_number, row_key, is_unreadable, is_broken, reason, raw, possible_from
        (see Ahead), and issues: a list of (column_name, raw_value, reason).
        """
        breaking = self._checks.breaking()
        reasons = [f"case when {condition} then {reason} end" for condition, reason in breaking]
        issues = [
            f"case when {issue.condition} then {{'column_name': {literal(issue.name)}, "
            f"'raw_value': {issue.cell}, 'reason': {issue.reason}}} end"
            for issue in self._checks.issues()
        ]
        # A list needs a type even where no column can have an issue.
        nothing = "cast(null as struct(column_name varchar, raw_value varchar, reason varchar))"
        return (
            f"select file_no, row_number, {self._key()} as row_key, is_unreadable, "
            f"{self._is_broken()} as is_broken, "
            f"concat_ws('; ', {', '.join([*reasons, 'null'])}) as reason, {self._raw()} as raw, "
            f"{self._ahead.possible_from(self._is_broken())} as possible_from, "
            f"list_filter([{', '.join([*issues, nothing])}], lambda issue: issue is not null) "
            f"as issues {self._checked()}"
        )

    def texts(self, column: Column) -> str:
        """The distinct texts of a column."""
        name = quoted(column.name)
        return f"select distinct {name} from ({self._cells()}) where not is_blank({name})"

    @property
    def _columns(self) -> tuple[Column, ...]:
        return self._table.columns

    def _names(self) -> str:
        return ", ".join(literal(column.source_key) for column in self._columns)

    def _cells(self, usual_keys: Sequence[int] = ()) -> str:
        if self._table.format != "jsonl":
            return "select *, false as is_unreadable from batch"
        members = ", ".join(
            f"{json.dumps(column.source_key)}: "
            f"{json.dumps('JSON' if self._checks.is_json_cell(column) else 'VARCHAR')}"
            for column in self._columns
        )
        cells = ", ".join(
            f"cast(cells.{quoted(column.source_key)} as varchar) as {quoted(column.name)}"
            for column in self._columns
        )
        parsed = f"try(from_json(line, {literal('{' + members + '}')}))"
        return (
            f"select {POSITION}, line, {cells}, {self._extra(usual_keys)} as _extra, "
            f"cells is null as is_unreadable from (select *, {parsed} as cells from batch)"
        )

    def _checked(self, usual_keys: Sequence[int] = ()) -> str:
        typed = ", ".join(
            f"{self._checks.typed(column)} as {typed_name(column)}" for column in self._columns
        )
        values = ", ".join(
            f"{self._checks.value(column)} as {value_name(column)}" for column in self._columns
        )
        joins = "".join(
            f" left join {quoted(derived_alias(column))} "
            f"on {quoted(derived_alias(column))}.content = typed.{quoted(column.name)}"
            for column in self._columns
            if column.derives
        )
        return (
            f"from (select *, {values} from (select *, {typed} from ({self._cells(usual_keys)})) "
            f"as typed{joins})"
        )

    def _extra(self, usual_keys: Sequence[int]) -> str:
        """The keys that nobody declared, as a JSON object; null where there are none."""
        keys = [column.source_key for column in self._columns]
        without = "{" + ", ".join(f"{json.dumps(key)}: null" for key in keys) + "}"
        # An expression that stands twice is computed once, for every row: also for those whose
        # line is no JSON, which the case would have spared.
        found = "try(json_keys(line))"
        usual = ""
        if usual_keys:
            usual = f"when hash({found}) in ({', '.join(map(str, usual_keys))}) then null "
        return (
            f"case when cells is null then null {usual}"
            f"when list_has_all([{self._names()}], {found}) then null "
            f"else cast(json_merge_patch(line, {literal(without)}) as varchar) end"
        )

    def _hash(self) -> str:
        content = "md5(line)"
        if self._table.format != "jsonl":
            names = [*sorted(column.name for column in self._columns), "_extra"]
            cells = ", ".join(f"coalesce({quoted(name)}, '')" for name in names)
            content = f"md5(concat_ws(chr(31), {cells}))"
        return self._ahead.row_hash(content)

    def _is_broken(self) -> str:
        conditions = ["is_unreadable", *(condition for condition, _ in self._checks.breaking())]
        return f"coalesce({' or '.join(conditions)}, false)"

    def _key(self) -> str:
        return f"nullif(concat_ws(':', {', '.join(map(quoted, self._table.key))}), '')"

    def _raw(self) -> str:
        if self._table.format != "sqlite":
            return r"rtrim(line, E'\r\n')"
        cells = ", ".join(
            f"{literal(column.source_key)}, {quoted(column.name)}" for column in self._columns
        )
        return f"cast(json_object({cells}) as varchar)"
