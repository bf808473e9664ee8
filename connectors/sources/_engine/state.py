"""What the warehouse remembers of a source's files.

dlt writes its state into the warehouse together with the rows. It is read here without dlt, which
takes seconds to import: most runs of most sources have nothing to load.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.sources._engine.batches import FileState
from connectors.sources.results import NewerHome
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

STATES_TO_LOOK_AT = 5


@dataclass
class SourceState:
    """Files by table and name, and the number of the run that loaded last (0: none).

    declared: the fingerprint of each table's declaration when its files were last read; a table
        that was loaded by an earlier release has none.
    """

    run_number: int = 0
    files: dict[str, dict[str, FileState]] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)

    def of(self, table: str) -> dict[str, FileState]:
        """The files of one table; new ones are put there."""
        return self.files.setdefault(table, {})

    def to_dict(self) -> dict[str, Any]:
        """The plain form that dlt keeps."""
        files = {
            table: {name: state.to_dict() for name, state in states.items()}
            for table, states in self.files.items()
        }
        return {"run_number": self.run_number, "files": files, "declared": self.declared}

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> SourceState:
        """Undo ``to_dict``; raises NewerHome for what a later release has put there."""
        kept = [each for states in plain["files"].values() for each in states.values()]
        known = {each.name for each in fields(FileState)}
        if unknown := sorted({name for each in kept for name in each} - known):
            raise NewerHome(
                f"A newer release of Goldthread loaded into this warehouse (it keeps of each file: "
                f"{', '.join(unknown)}). Use that release, or move warehouse.duckdb away and give "
                "the command again: it is rebuilt from the input and the state folder."
            )
        files = {
            table: {name: FileState(**state) for name, state in states.items()}
            for table, states in plain["files"].items()
        }
        return cls(plain["run_number"], files, plain.get("declared", {}))


def pipeline_name(source: str) -> str:
    """dlt's name for the loading of one source."""
    return f"goldthread_{source}"


def read_state(con: duckdb.DuckDBPyConnection, source: str) -> SourceState:
    """The state that the newest finished load of a source left; empty when there is none."""
    schema = f"raw_{source}"
    tables = {
        name
        for (name,) in con.execute(
            f"select table_name from duckdb_tables() where schema_name = {literal(schema)} "
            "and database_name = current_database()"
        ).fetchall()
    }
    if not {"_dlt_pipeline_state", "_dlt_loads"} <= tables:
        return SourceState()
    # By load id, which is dlt's clock; a clock set back must not bring an old state back.
    texts = con.execute(
        f"select state.state from {schema}._dlt_pipeline_state as state "
        f"join {schema}._dlt_loads as loads on loads.load_id = state._dlt_load_id "
        f"where loads.status = 0 and state.pipeline_name = {literal(pipeline_name(source))} "
        f"order by state.version desc, loads.load_id desc limit {STATES_TO_LOOK_AT}"
    ).fetchall()
    found = [state for (text,) in texts if (state := _decode(text, source)) is not None]
    return max(found, key=lambda state: state.run_number, default=SourceState())


def latest_tried(con: duckdb.DuckDBPyConnection, finished: int) -> datetime:
    """The latest ``as_of`` of the runs after run number ``finished``, the current one included.

    A killed load may have begun to judge rows again at its moment. Whatever the moment of the next
    one, it reads the same files, or it would not mend what was begun.
    """
    row = con.execute(
        f"select max(as_of) from raw_goldthread.runs where run_number > {finished}"
    ).fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


def _decode(text: str, source: str) -> SourceState | None:
    """Read dlt's packed state: base64 of zlib of JSON."""
    packed = json.loads(zlib.decompress(base64.b64decode(text)))
    kept = packed.get("sources", {}).get(source, {}).get("goldthread")
    return SourceState.from_dict(kept) if kept else None
