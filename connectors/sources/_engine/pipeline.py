"""dlt: loads Parquet parts and the state of the files into the warehouse."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.sources._engine.state import SourceState, pipeline_name
from connectors.sources.results import NotWritten

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


def working_folder(settings: Settings, source: str) -> Path:
    """Where dlt keeps what it is working on; nothing in it counts between loads."""
    return settings.dlt_dir / "pipelines" / pipeline_name(source)


def run_pipeline(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    source: str,
    parts: dict[str, list[Path]],
    state: SourceState,
) -> None:
    """Append the parts to ``raw_<source>`` and keep the state, all in one dlt load package.

    The local working folder has to be gone and is removed at the end: what counts is what stands
    in the warehouse, and no copy of people's data stays behind. dlt gets a session beside ``con``,
    of which it changes the settings: opening the warehouse anew would cost a checkpoint each time.

    Raises NotWritten when dlt cannot finish; then nothing of the package counts.
    """
    folder = working_folder(settings, source)
    os.environ.setdefault("DLT_DATA_DIR", str(settings.dlt_dir))
    os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
    # DuckDB fills both cores by itself; more inserts at once only take memory.
    os.environ.setdefault("LOAD__WORKERS", "2")
    # A file in this process: what fails once fails again.
    os.environ.setdefault("LOAD__RAISE_ON_MAX_RETRIES", "1")
    import dlt
    import pyarrow as pa
    import pyarrow.parquet as pq
    from dlt.pipeline.exceptions import PipelineStepFailed

    from connectors.sources._engine.destination import Warehouse

    def rows(table: str) -> Iterator[Any]:
        for part in parts[table]:
            schema = pq.read_schema(part)
            count = pq.read_metadata(part).num_rows
            yield dlt.mark.with_file_import(str(part), "parquet", count, schema.empty_table())

    def columns(table: str) -> dict[str, Any]:
        # Naive times: else dlt takes them for local ones and shifts them. All columns in the
        # order of the parts: else it writes each part anew. dlt changes the dicts it is given.
        return {
            field.name: {"data_type": "timestamp", "timezone": False}
            if pa.types.is_timestamp(field.type)
            else {}
            for field in pq.read_schema(parts[table][0])
        }

    def remember() -> Iterator[Any]:
        # dlt keeps what is set while it extracts; no row comes of this.
        dlt.current.source_state()["goldthread"] = state.to_dict()
        yield from ()

    @dlt.source(name=source)
    def goldthread_source() -> Any:
        yield dlt.resource(remember, name="files", write_disposition="append")()
        for table in parts:
            resource = dlt.resource(
                rows, name=table, write_disposition="append", columns=columns(table)
            )
            yield resource(table)

    session = con.cursor()
    pipeline = dlt.pipeline(
        pipeline_name=pipeline_name(source),
        pipelines_dir=str(folder.parent),
        destination=Warehouse(session),
        dataset_name=f"raw_{source}",
    )
    try:
        pipeline.run(goldthread_source(), loader_file_format="parquet")
    except PipelineStepFailed as error:
        raise NotWritten(
            f"The rows of {source} could not be written into {settings.warehouse_path}: "
            f"{_last_words(error.exception)}. Nothing of this load of {source} counts; load again "
            "once that is mended."
        ) from error
    finally:
        session.close()
        shutil.rmtree(folder, ignore_errors=True)


def _last_words(error: BaseException) -> str:
    """What went wrong, without the traceback that dlt puts into its messages."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = [line for line in lines if line.strip(".")]
    return said[-1] if said else type(error).__name__
