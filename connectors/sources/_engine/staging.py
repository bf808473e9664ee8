"""Batches → checked Parquet parts, broken rows and value issues, in DuckDB.

Every row is parsed and typed once. Only rows that are wrong in some way are looked at again, to
say what is wrong with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources._engine.batches import Batch, BrokenRow, Reading
from connectors.sources._engine.checks import derived_alias
from connectors.sources._engine.jsonl import explain_json
from connectors.sources._engine.macros import MACROS
from connectors.sources._engine.part_writer import PartWriter
from connectors.sources._engine.queries import Queries
from connectors.sources.declaration import Column, Table
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    import duckdb

# What is worth a flush of its own while there is nothing else to do.
LEAST_BYTES = 12 * 1024 * 1024
FLUSH_BYTES = 48 * 1024 * 1024
FLUSH_ROWS = 400_000
# Wrong rows are few, and each statement about them takes as long as checking thousands.
WRONG_ROWS = 100
ROWS_A_MORSEL = 8192

WORKING_TABLES = """
create or replace temp table files (
    file_no integer, source_file varchar, file_version bigint, kind varchar
);
create or replace temp table broken (
    file_no integer, row_number bigint, row_key varchar, reason varchar, raw varchar
);
create or replace temp table issues (
    file_no integer, row_number bigint, row_key varchar,
    column_name varchar, raw_value varchar, reason varchar
);
"""


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
    readings: list[Reading] = field(default_factory=list)
    rows_read: int = 0
    bytes_read: int = 0
    _waiting: list[pa.Table] = field(default_factory=list)
    _waiting_bytes: int = 0
    _waiting_rows: int = 0
    _refused: list[tuple[int, BrokenRow]] = field(default_factory=list)
    _odd: list[pa.Table] = field(default_factory=list)
    _odd_bytes: int = 0

    def __post_init__(self) -> None:
        self.con.execute("set TimeZone = 'UTC'")
        self.con.execute(MACROS)
        self.con.execute(WORKING_TABLES)
        self._queries = Queries(self.table, self.as_of)
        part = self.folder / f"{self.table.name}.parquet"
        self._writer = PartWriter(part, self.run_id, self.as_of)

    def open(self, reading: Reading) -> None:
        """Take up the next file."""
        number = len(self.readings)
        self.readings.append(reading)
        self.con.execute(
            f"insert into files values ({number}, {literal(reading.source_file)}, "
            f"{reading.state.version}, {literal(reading.kind)})"
        )

    def add(self, batch: Batch) -> None:
        """Take a batch of the file opened last."""
        number, reading = len(self.readings) - 1, self.readings[-1]
        self.rows_read += batch.read
        self.bytes_read += batch.bytes_read
        self._refused += ((number, row) for row in batch.broken)
        if len(self._refused) >= WRONG_ROWS:
            self._add_broken()
        count = batch.rows.num_rows
        if count == 0:
            return
        first_id = self._waiting_rows
        self._waiting.append(
            batch.rows.append_column("row_id", pa.array(np.arange(first_id, first_id + count)))
            .append_column("file_no", _constant(number, count, pa.int32()))
            .append_column("_source_file", _constant(reading.source_file, count, pa.string()))
            .append_column("_file_version", _constant(reading.state.version, count, pa.int64()))
        )
        self._waiting_bytes += batch.bytes_read
        self._waiting_rows += count
        if self._waiting_bytes >= FLUSH_BYTES or self._waiting_rows >= FLUSH_ROWS:
            self.flush()

    def use_time(self) -> None:
        """Called when no batch is ready."""
        if self._waiting_bytes >= LEAST_BYTES:
            self.flush()

    def flush(self) -> None:
        """Check and type what has been collected, and write the good rows."""
        if not self._waiting:
            return
        rows = pa.concat_tables(self._waiting)
        self._waiting, self._waiting_bytes, self._waiting_rows = [], 0, 0
        self._register(rows)
        usual = [key for (key,) in self.con.execute(self._queries.usual_keys()).fetchall()]
        good = self.con.sql(self._queries.good_rows(usual)).to_arrow_table()
        self.con.unregister("batch")
        self._writer.add(good, rows)
        odd = good["row_id"].filter(good["_is_odd"])
        if len(odd):
            self._odd.append(rows.filter(pc.is_in(rows["row_id"], odd)))
            self._odd_bytes += self._odd[-1].nbytes
        if self._odd_bytes >= LEAST_BYTES:
            self._keep_problems()

    def close(self) -> None:
        """Check and type the rest; from here on ``parts`` can be read."""
        self.flush()
        self._keep_problems()
        self._add_broken()
        if self._writer.close():
            self.parts.append(self._writer.path)

    def _register(self, rows: pa.Table) -> None:
        """Make ``rows`` the queries' ``batch``."""
        self.con.register("batch", pa.Table.from_batches(rows.to_batches(ROWS_A_MORSEL)))
        for column in self.table.columns:
            if column.derives:
                self._derive(column)

    def _derive(self, column: Column) -> None:
        """Compute a column's derived columns, once for each distinct text."""
        texts = [text for (text,) in self.con.execute(self._queries.texts(column)).fetchall()]
        values = {name: [read(text) for text in texts] for name, read in column.derives}
        readable = [None not in row for row in zip(*values.values(), strict=True)]
        columns = {name: pa.array(found, pa.string()) for name, found in values.items()}
        columns["content"] = pa.array(texts, pa.string())
        columns["readable"] = pa.array(readable, pa.bool_())
        self.con.register("derived", pa.table(columns))
        name = quoted(derived_alias(column))
        self.con.execute(f"create or replace temp table {name} as from derived")
        self.con.unregister("derived")

    def _keep_problems(self) -> None:
        """Record what is wrong with the odd rows seen so far."""
        if not self._odd:
            return
        self._register(pa.concat_tables(self._odd))
        self._odd, self._odd_bytes = [], 0
        self.con.execute(f"create or replace temp table problems as {self._queries.odd_rows()}")
        self.con.execute(
            "insert into broken select file_no, row_number, row_key, reason, raw "
            "from problems where is_broken and not is_unreadable"
        )
        self.con.execute(
            "insert into issues select file_no, row_number, row_key, issue.column_name, "
            "issue.raw_value, issue.reason from (select file_no, row_number, row_key, "
            "unnest(issues) as issue from problems where not is_broken)"
        )
        self.con.unregister("batch")
        for file_no, moment in self.con.execute(
            "select file_no, min(possible_from) from problems where possible_from is not null "
            "group by file_no"
        ).fetchall():
            self.readings[file_no].state.note_possible_from(moment)
        unreadable = self.con.execute(
            "select file_no, row_number, raw from problems where is_unreadable"
        ).fetchall()
        self._refused += (
            (file_no, BrokenRow(row, explain_json(raw), raw)) for file_no, row, raw in unreadable
        )

    def _add_broken(self) -> None:
        """Record the rows that could not be read."""
        if not self._refused:
            return
        # As Arrow: for a statement with parameters DuckDB imports pandas.
        cells = [(no, row.row_number, row.key, row.reason, row.raw) for no, row in self._refused]
        columns = [pa.array(column) for column in zip(*cells, strict=True)]
        self._refused = []
        self.con.register("found", pa.table(columns, names=[*"abcde"]))
        self.con.execute("insert into broken from found")
        self.con.unregister("found")


def _constant(value: object, count: int, kind: pa.DataType) -> pa.Array:
    """One value ``count`` times, without holding it ``count`` times where Arrow can."""
    if kind == pa.string():
        return pa.DictionaryArray.from_arrays(np.zeros(count, np.int8), pa.array([value], kind))
    return pa.array(np.full(count, value, kind.to_pandas_dtype()))
