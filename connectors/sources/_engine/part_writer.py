"""Good rows → one Parquet file, written in a thread while DuckDB checks the next ones."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.sources.raw_columns import LINEAGE

# Rows of a row group of DuckDB: what it need not cut up or put together it writes once, at any
# other size again at its next checkpoint.
ROW_GROUP = 122_880


class PartWriter:
    """One Parquet file, with the lineage that DuckDB need not carry through its query.

    run_id and as_of (UTC, naive) stand on every row.
    """

    def __init__(self, path: Path, run_id: str, as_of: datetime) -> None:
        self.path = path
        self._run_id = pa.scalar(run_id)
        self._as_of = pa.scalar(as_of, pa.timestamp("us"))
        self._thread = ThreadPoolExecutor(1, "part-writer")
        self._writing: Future[None] | None = None
        self._file: pq.ParquetWriter | None = None
        self._rest: pa.Table | None = None

    def add(self, good: pa.Table, rows: pa.Table) -> None:
        """Write what is not broken of ``good`` with the lineage of ``rows``.

        Waits for the table before this one, so that no more than two are held.
        """
        self._settle()
        # Without the lines, which take as much memory as all the rest.
        places = rows.select(["_source_file", "row_number", "_file_version"])
        self._writing = self._thread.submit(self._add, good, places)

    def close(self) -> bool:
        """Write all of it; says whether there is a file, which has at least one row then."""
        self._settle()
        self._thread.shutdown()
        if self._file is None:
            return False
        if self._rest is not None:
            self._file.write_table(self._rest)
        self._file.close()
        return True

    def _settle(self) -> None:
        if self._writing:
            self._writing.result()

    def _add(self, good: pa.Table, places: pa.Table) -> None:
        new = self._with_lineage(_without_broken(good), places)
        if not len(new):
            return
        if self._file is None:
            # Without Arrow's own schema: a column that stands for a text is one when read again.
            self._file = pq.ParquetWriter(
                self.path,
                new.schema,
                compression="lz4",
                use_dictionary=["_source_file", "_load_run"],
                write_statistics=False,
            )
        if self._rest is not None:
            new = pa.concat_tables([self._rest, new])
        whole = len(new) - len(new) % ROW_GROUP
        if whole:
            self._file.write_table(new.slice(0, whole), ROW_GROUP)
        self._rest = new.slice(whole) if whole < len(new) else None

    def _with_lineage(self, good: pa.Table, places: pa.Table) -> pa.Table:
        row, count = good["row_id"], len(good)
        lineage = {
            "_source_file": places["_source_file"].cast(pa.string()).take(row),
            "_row_number": places["row_number"].take(row),
            "_file_version": places["_file_version"].take(row),
            "_load_run": pa.repeat(self._run_id, count),
            "_loaded_at": pa.repeat(self._as_of, count),
            "_row_hash": good["_row_hash"],
        }
        # In the raw table's order: dlt would write a file in another order anew.
        values = good.drop_columns(["row_id", "_is_broken", "_is_odd", "_row_hash"])
        for name, _ in LINEAGE:
            values = values.append_column(name, lineage[name])
        return values


def _without_broken(good: pa.Table) -> pa.Table:
    """The rows to be loaded; few are not, so the others are not copied."""
    out = np.flatnonzero(good["_is_broken"].to_numpy())
    if not len(out):
        return good
    starts, ends = [0, *(out + 1).tolist()], [*out.tolist(), len(good)]
    return pa.concat_tables(
        [good.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]
    )
