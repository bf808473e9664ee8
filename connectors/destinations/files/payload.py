"""The bytes of one export file, and of its manifest. Pure."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from connectors.destinations.base import Batch
from connectors.destinations.encoding import to_json
from connectors.destinations.files.settings import Format


def content(table: pa.Table, file_format: Format) -> bytes:
    """The table as a file. CSV: a header, quoted text, absent values empty; JSONL: a row a line."""
    sink = io.BytesIO()
    if file_format == "csv":
        pyarrow.csv.write_csv(_flat(table), sink)
    elif file_format == "parquet":
        pyarrow.parquet.write_table(table, sink, compression="zstd")
    else:
        for part in table.to_batches(max_chunksize=10_000):
            sink.writelines(to_json(row, newline=True) for row in part.to_pylist())
    return sink.getvalue()


def manifest(batch: Batch, files: dict[str, bytes]) -> bytes:
    """What a reader needs to check the files beside it: rows, columns, sizes and SHA-256 sums."""
    document = {
        "sync": batch.sync,
        "object": batch.object_name,
        "run": batch.run,
        "idempotency_key": batch.idempotency_key,
        "rows": len(batch),
        "columns": [
            {"name": column.name, "type": str(column.type)} for column in batch.table.schema
        ],
        "files": [
            {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def _flat(table: pa.Table) -> pa.Table:
    """CSV has no nested values and no bytes: they become JSON text, and hex as in JSON."""
    for index, column in enumerate(table.schema):
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            values = table.column(index).to_pylist()
            form = bytes.hex if pa.types.is_binary(column.type) else _json_text
            texts = [None if value is None else form(value) for value in values]
            table = table.set_column(index, column.name, pa.array(texts, pa.string()))
    return table


def _json_text(value: Any) -> str:
    return to_json(value).decode()
