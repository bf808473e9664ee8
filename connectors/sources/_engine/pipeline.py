"""dlt: loads Parquet parts and the state of the files into the warehouse."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.sources._engine.state import SourceState, pipeline_name

if TYPE_CHECKING:
    from goldthread.settings import Settings


def run_pipeline(
    settings: Settings, source: str, parts: dict[str, list[Path]], state: SourceState
) -> None:
    """Append the parts to ``raw_<source>`` and keep the state, all in one dlt load package.

    The local working folder is made anew each time: what counts is what stands in the warehouse.
    The warehouse must not be open in this process.
    """
    dlt_home = settings.dlt_dir
    pipelines = dlt_home / "pipelines"
    shutil.rmtree(pipelines / pipeline_name(source), ignore_errors=True)
    os.environ.setdefault("DLT_DATA_DIR", str(dlt_home))
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "ERROR")
    import dlt
    import pyarrow.parquet as pq

    def rows(table: str) -> Iterator[Any]:
        for part in parts[table]:
            file = pq.ParquetFile(part)
            empty = file.schema_arrow.empty_table()
            count = file.metadata.num_rows
            file.close()
            yield dlt.mark.with_file_import(str(part), "parquet", count, hints=empty)

    def remember() -> Iterator[Any]:
        # dlt keeps what is set while it extracts; no row comes of this.
        dlt.current.source_state()["goldthread"] = state.to_dict()
        yield from ()

    @dlt.source(name=source)
    def goldthread_source() -> Any:
        yield dlt.resource(remember, name="files", write_disposition="append")()
        for table in parts:
            yield dlt.resource(rows, name=table, write_disposition="append")(table)

    pipeline = dlt.pipeline(
        pipeline_name=pipeline_name(source),
        pipelines_dir=str(pipelines),
        destination=dlt.destinations.duckdb(str(settings.warehouse_path)),
        dataset_name=f"raw_{source}",
    )
    pipeline.run(goldthread_source(), loader_file_format="parquet")
