"""Batches → checked Parquet parts, broken rows and value issues, in DuckDB.

Each flush parses its lines twice: once for the checks, once for the values. That is faster than
keeping the parsed cells in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from connectors.sources._engine.batches import Batch, Reading
from connectors.sources._engine.checks import MACROS, Checks, derived_alias, literal, quoted
from connectors.sources._engine.jsonl import explain_json
from connectors.sources.declaration import Column, Table

if TYPE_CHECKING:
    import duckdb

FLUSH_BYTES = 96 * 1024 * 1024
FLUSH_ROWS = 400_000
ROWS_A_MORSEL = 8192

LINEAGE: tuple[tuple[str, str], ...] = (
    ("_source_file", "varchar"),
    ("_row_number", "bigint"),
    ("_file_version", "bigint"),
    ("_load_run", "varchar"),
    ("_loaded_at", "timestamp"),
    ("_row_hash", "varchar"),
)
BROKEN = "file_no integer, row_number bigint, row_key varchar, reason varchar, raw varchar"
ISSUES = (
    "file_no integer, row_number bigint, row_key varchar, column_name varchar, "
    "raw_value varchar, reason varchar"
)


@dataclass
class Stage:
    """One table of one load on its way to the warehouse.

    parts: Parquet files of good rows in the raw table's columns; ``folder`` holds them.
    outcome: at the end, what is to be loaded: Parquet files by raw table, problems included.
    """

    con: duckdb.DuckDBPyConnection
    table: Table
    folder: Path
    as_of: datetime
    run_id: str
    parts: list[Path] = field(default_factory=list)
    outcome: dict[str, list[Path]] = field(default_factory=dict)
    rows_read: int = 0
    bytes_read: int = 0
    readings: list[Reading] = field(default_factory=list)
    _waiting: list[pa.Table] = field(default_factory=list)
    _waiting_bytes: int = 0
    _waiting_rows: int = 0

    def __post_init__(self) -> None:
        self.con.execute("set TimeZone = 'UTC'")
        for macro in MACROS:
            self.con.execute(f"create or replace temp macro {macro}")
        self.con.execute(
            "create or replace temp table files (file_no integer, source_file varchar, "
            "file_version bigint, kind varchar)"
        )
        self.con.execute(f"create or replace temp table broken ({BROKEN})")
        self.con.execute(f"create or replace temp table issues ({ISSUES})")
        self.checks = Checks(self.table, self.as_of)

    def open(self, reading: Reading) -> None:
        """Take up the next file."""
        self.readings.append(reading)
        self.con.execute(
            "insert into files values (?, ?, ?, ?)",
            [
                len(self.readings) - 1,
                reading.source_file,
                reading.state.version,
                reading.kind,
            ],
        )

    def add(self, batch: Batch) -> None:
        """Take a batch of the file opened last."""
        file_no = len(self.readings) - 1
        self.rows_read += batch.read
        self.bytes_read += batch.bytes_read
        for row in batch.broken:
            self.con.execute(
                "insert into broken values (?, ?, ?, ?, ?)",
                [file_no, row.row_number, row.key, row.reason, row.raw],
            )
        if batch.rows.num_rows == 0:
            return
        numbers = pa.array(np.full(batch.rows.num_rows, file_no, np.int32))
        self._waiting.append(batch.rows.append_column("file_no", numbers))
        self._waiting_bytes += batch.bytes_read
        self._waiting_rows += batch.rows.num_rows
        if self._waiting_bytes >= FLUSH_BYTES or self._waiting_rows >= FLUSH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Check and type what has been collected."""
        if not self._waiting:
            return
        batches = [
            morsel
            for rows in self._waiting
            for morsel in rows.to_batches(max_chunksize=ROWS_A_MORSEL)
        ]
        self.con.register("batch", pa.Table.from_batches(batches))
        self._waiting, self._waiting_bytes, self._waiting_rows = [], 0, 0
        for column in self.table.columns:
            if column.derives:
                self._derive(column)
        self._find_problems()
        self._write_part()
        self.con.unregister("batch")

    def _cells(self) -> str:
        """A query that gives the cells of the batch, and ``line`` where there is one."""
        if self.table.format == "jsonl":
            members = ", ".join(
                f"{json_text(column.source_key)}: "
                f"{json_text('JSON' if self.checks.is_json_cell(column) else 'VARCHAR')}"
                for column in self.table.columns
            )
            cells = ", ".join(
                f"cast(parsed.cells.{quoted(column.source_key)} as varchar) as {quoted(column.name)}"
                for column in self.table.columns
            )
            source = (
                f"select file_no, row_number, line, {cells}, parsed.cells is null as is_unreadable "
                "from (select file_no, row_number, line, "
                f"try(from_json(line, {literal('{' + members + '}')})) as cells from batch) as parsed"
            )
        else:
            source = "select *, false as is_unreadable from batch"
        joins = "".join(
            f" left join {quoted(derived_alias(column))} "
            f"on {quoted(derived_alias(column))}.content = cells.{quoted(column.name)}"
            for column in self.table.columns
            if column.derives
        )
        return f"from ({source}) as cells{joins}"

    def _derive(self, column: Column) -> None:
        """Compute a column's derived columns once for each distinct text."""
        texts = self.con.execute(
            f"select distinct {quoted(column.name)} {self._cells_plain()} "
            f"where not is_blank({quoted(column.name)})"
        ).fetchall()
        name = quoted(derived_alias(column))
        fields = ", ".join(f"{quoted(new)} varchar" for new, _ in column.derives)
        self.con.execute(
            f"create or replace temp table {name} (content varchar, readable boolean, {fields})"
        )
        for (text,) in texts:
            values = [function(text) for _, function in column.derives]
            marks = ", ".join("?" for _ in values)
            self.con.execute(
                f"insert into {name} values (?, ?, {marks})",
                [text, all(value is not None for value in values), *values],
            )

    def _cells_plain(self) -> str:
        return self._cells().split(" left join ")[0]

    def _key(self) -> str:
        parts = [
            f"trim({quoted(name)}, '\"')" if self.table.format == "jsonl" else quoted(name)
            for name in self.table.key
        ]
        return f"nullif(concat_ws(':', {', '.join(parts)}), '')"

    def _find_problems(self) -> None:
        breaking = self.checks.breaking()
        issues = self.checks.issues()
        broken_if = " or ".join(["is_unreadable", *(condition for condition, _ in breaking)])
        reasons = ", ".join(
            f"case when {condition} then {reason} end" for condition, reason in breaking
        )
        found = ", ".join(
            f"case when {condition} then {{'column_name': {literal(column.name)}, "
            f"'raw_value': {quoted(column.name)}, 'reason': {reason}}} end"
            for column, condition, reason in issues
        )
        any_issue = " or ".join(condition for _, condition, _ in issues) or "false"
        self.con.execute(
            "create or replace temp table problems as select file_no, row_number, "
            f"{self._key()} as row_key, is_unreadable, ({broken_if}) as is_broken, "
            f"concat_ws('; ', {reasons or 'null'}) as reason, {self._raw()} as raw, "
            f"list_filter([{found}], lambda issue: issue is not null) as issues "
            f"{self._cells()} where {broken_if} or {any_issue}"
        )
        self.con.execute(
            "insert into broken select file_no, row_number, row_key, reason, raw "
            "from problems where is_broken and not is_unreadable"
        )
        unreadable = self.con.execute(
            "select file_no, row_number, raw from problems where is_unreadable"
        ).fetchall()
        for file_no, row_number, raw in unreadable:
            self.con.execute(
                "insert into broken values (?, ?, null, ?, ?)",
                [file_no, row_number, explain_json(raw), raw],
            )
        if found:
            self.con.execute(
                "insert into issues select file_no, row_number, row_key, issue.column_name, "
                "issue.raw_value, issue.reason from (select file_no, row_number, row_key, "
                "unnest(issues) as issue from problems where not is_broken)"
            )

    def _raw(self) -> str:
        if self.table.format != "sqlite":
            return r"rtrim(line, E'\r\n')"
        cells = ", ".join(
            f"{literal(column.source_key)}, {quoted(column.name)}" for column in self.table.columns
        )
        return f"cast(json_object({cells}) as varchar)"

    def _write_part(self) -> None:
        part = self.folder / f"{self.table.name}-{len(self.parts):05}.parquet"
        derived = [
            f"{quoted(derived_alias(column))}.{quoted(name)} as {quoted(name)}"
            for column in self.table.columns
            for name, _ in column.derives
        ]
        values = [
            f"{self.checks.value(column)} as {quoted(column.name)}" for column in self.table.columns
        ]
        columns = ", ".join(
            [
                *values,
                *derived,
                f"{self._extra()} as _extra",
                "files.source_file as _source_file",
                "row_number as _row_number",
                "files.file_version as _file_version",
                f"{literal(self.run_id)} as _load_run",
                f"timestamp '{self.as_of:%Y-%m-%d %H:%M:%S.%f}' as _loaded_at",
                f"{self._hash()} as _row_hash",
            ]
        )
        self.con.execute(
            f"copy (select {columns} {self._cells()} join files using (file_no) "
            "anti join problems on problems.is_broken and problems.file_no = cells.file_no "
            "and problems.row_number = cells.row_number) "
            f"to {literal(str(part))} (format parquet, compression lz4_raw)"
        )
        self.parts.append(part)

    def _extra(self) -> str:
        if self.table.format != "jsonl":
            return "_extra"
        keys = [column.source_key for column in self.table.columns]
        names = ", ".join(map(literal, keys))
        without = "{" + ", ".join(f"{json_text(key)}: null" for key in keys) + "}"
        return (
            f"case when not list_has_all([{names}], json_keys(line)) "
            f"then cast(json_merge_patch(line, {literal(without)}) as varchar) end"
        )

    def _hash(self) -> str:
        if self.table.format == "jsonl":
            return "md5(line)"
        names = [*sorted(column.name for column in self.table.columns), "_extra"]
        cells = ", ".join(f"coalesce({quoted(name)}, '')" for name in names)
        return f"md5(concat_ws(chr(31), {cells}))"


def json_text(text: str) -> str:
    """A JSON string."""
    import json

    return json.dumps(text)
