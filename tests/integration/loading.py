"""A home of its own with an input folder, loaded as ``goldthread load`` does; used by the tests."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from connectors.sources import LoadResult, TableResult, load_all
from connectors.sources._engine.state import SourceState, pipeline_name
from goldthread.settings import Settings
from goldthread.warehouse import connect, start_run
from tests.unit.connectors.sources.samples import AS_OF, write


class Home:
    """``put`` input files, ``load``, look at the warehouse."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder / "home", input_dir=folder / "input")
        # A folder that was named has to be there.
        self.settings.input_dir.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, content: str | bytes) -> Path:
        return write(self.settings.input_dir / name, content)

    def add(self, name: str, content: str | bytes) -> None:
        """Append to a file, as a source that is still writing does."""
        with (self.settings.input_dir / name).open("ab") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def load(self, *sources: str, as_of: datetime = AS_OF) -> dict[str, TableResult]:
        """Load once; results by ``source.table``."""
        return {
            f"{result.source}.{table.table}": table
            for result in self.load_sources(*sources, as_of=as_of)
            for table in result.tables
        }

    def load_sources(self, *sources: str, as_of: datetime = AS_OF) -> list[LoadResult]:
        con = connect(self.settings)
        run = start_run(con, as_of, "test")
        con.close()
        return load_all(self.settings, run, list(sources) or None)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the warehouse."""
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as con:
            return con.execute(query).fetchall()

    def column(self, query: str) -> list[Any]:
        return [row[0] for row in self.rows(query)]

    def broken(self) -> list[tuple[str, int]]:
        """(file, row) of everything in quarantine, in order."""
        return self.rows(
            "select source_file, row_number from raw_goldthread.quarantined_rows order by all"
        )

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """All raw tables and problem views, without what names the load."""
        tables = self.rows(
            "select table_schema, table_name from information_schema.tables "
            "where table_schema like 'raw\\_%' escape '\\' and table_name not like '\\_dlt%' "
            "escape '\\' and table_name <> 'runs' order by all"
        )
        found = {}
        for schema, table in tables:
            columns = self.column(
                "select column_name from information_schema.columns "
                f"where table_schema = '{schema}' and table_name = '{table}' "
                "and column_name not in ('_load_run', '_loaded_at', '_file_version', "
                "'quarantined_at', 'noticed_at') order by ordinal_position"
            )
            names = ", ".join(f'"{column}"' for column in columns)
            found[f"{schema}.{table}"] = self.rows(
                f"select {names} from {schema}.{table} order by all"
            )
        return found


def append_directly(
    con: duckdb.DuckDBPyConnection,
    _: Settings,
    source: str,
    parts: dict[str, list[Path]],
    state: SourceState,
) -> None:
    """What dlt does with the parts and the state, without dlt."""
    packed = json.dumps({"sources": {source: {"goldthread": state.to_dict()}}}).encode()
    text = base64.b64encode(zlib.compress(packed)).decode()
    schema = f"raw_{source}"
    for table, files in parts.items():
        for file in files:
            con.execute(f"insert into {schema}.{table} by name from read_parquet('{file}')")
    con.execute(
        f"create table if not exists {schema}._dlt_loads (load_id varchar, status bigint); "
        f"create table if not exists {schema}._dlt_pipeline_state "
        "(version bigint, pipeline_name varchar, state varchar, _dlt_load_id varchar)"
    )
    number = state.run_number
    con.execute(f"insert into {schema}._dlt_loads values ('{number}', 0)")
    con.execute(
        f"insert into {schema}._dlt_pipeline_state values "
        f"({number}, '{pipeline_name(source)}', '{text}', '{number}')"
    )
