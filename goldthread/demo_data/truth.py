"""The ground truth beside the input: Parquet files that no model may read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

#: File name -> its columns. A null person_id marks a record that identifies nobody: a device or
#: mailbox that several people use, or a device of a known person that nothing in the data links.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "source_records": ("source", "source_record_id", "person_id"),
    "people": (
        "person_id", "household_id", "first_name", "last_name", "birth_date", "email", "phone",
        "address_line", "postal_code", "city", "country", "user_id", "stripe_customer_id",
    ),
    "broken_rows": ("source", "source_file", "row_number", "reason"),
    "value_issues": ("source", "row_key", "column_name", "raw_value"),
    "orders": (
        "person_id", "purchase_id", "charge_id", "ordered_at", "status", "order_amount", "currency",
    ),
    "audiences": ("audience", "person_id", "source", "source_record_id"),
}  # fmt: skip
_ROW_GROUP: Final = 30_000


_TYPES: Final[dict[str, Any]] = {
    "row_number": pa.int64(),
    "ordered_at": pa.timestamp("ms"),
    "order_amount": pa.decimal128(18, 2),
}


def _schema(name: str) -> Any:
    return pa.schema(
        [pa.field(column, _TYPES.get(column, pa.string())) for column in COLUMNS[name]]
    )


class TruthFiles:
    """Streams rows into the truth's Parquet files in row groups of even size."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._rows: dict[str, list[Sequence[Any]]] = {name: [] for name in COLUMNS}
        self._writers = {
            name: pq.ParquetWriter(folder / f"{name}.parquet", _schema(name)) for name in COLUMNS
        }

    def __enter__(self) -> TruthFiles:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for name, writer in self._writers.items():
            if self._rows[name]:
                self._flush(name, len(self._rows[name]))
            writer.close()

    def add(self, name: str, rows: Sequence[Sequence[Any]]) -> None:
        self._rows[name].extend(rows)
        while len(self._rows[name]) >= _ROW_GROUP:
            self._flush(name, _ROW_GROUP)

    def _flush(self, name: str, count: int) -> None:
        rows, self._rows[name] = self._rows[name][:count], self._rows[name][count:]
        columns = [list(column) for column in zip(*rows, strict=True)]
        self._writers[name].write_table(pa.table(columns, schema=_schema(name)))
