"""Small inputs and a quick look at what became of them; shared by the loading tests."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from connectors.sources._engine.batches import BrokenRow, FileState
from connectors.sources._engine.files import Todo, open_file
from connectors.sources._engine.staging import Stage
from connectors.sources.declaration import Table

AS_OF = datetime(2026, 11, 15, 12)
RUN_ID = "run-1"
SIGNUP_HEADER = (
    "signup_id,email,first_name,last_name,phone,birth_date,postal_code,city,country,"
    "marketing_opt_in,signup_source,signed_up_at"
)
APP_TABLES = """
create table users (user_id text, email text, phone text, first_name text, last_name text,
    birth_date text, address_line text, postal_code text, city text, country text,
    created_at text, updated_at text);
create table purchases (purchase_id text, user_id text, product_id text, product_name text,
    category text, quantity integer, unit_price real, currency text, status text,
    purchased_at text, updated_at text);
"""


def signup(signup_id: str, email: str = "ann@example.org", **cells: str) -> str:
    """One line of a sign-up file, without its line end."""
    values = {"signup_id": signup_id, "email": email, **cells}
    return ",".join(values.get(name, "") for name in SIGNUP_HEADER.split(","))


def message(message_id: Any, **members: Any) -> dict[str, Any]:
    """One web message; a member given as None is sent as null."""
    return {
        "messageId": message_id,
        "type": "page",
        "anonymousId": "anon-1",
        "timestamp": "2026-11-01T10:00:00Z",
        **members,
    }


def lines(*objects: Any) -> str:
    """JSON lines; a text goes in as it is."""
    return "".join(
        f"{content if isinstance(content, str) else json.dumps(content)}\n" for content in objects
    )


def app_database(path: Path, **tables: list[dict[str, Any]]) -> None:
    """An app database with rows of ``users`` and ``purchases``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.executescript(APP_TABLES)
        for table, rows in tables.items():
            for row in rows:
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
                )
    connection.close()


def write(path: Path, content: str | bytes) -> Path:
    """Write a file, its folders included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


Read = tuple[list[dict[str, Any]], list[BrokenRow], FileState, str]


def read_all(path: Path, table: Table, known: FileState | None = None) -> Read:
    """All a reader says about a file: rows, broken rows, what to remember, kind of the file."""
    reading = open_file(Todo(path, path.name, known), table)
    rows: list[dict[str, Any]] = []
    broken: list[BrokenRow] = []
    for batch in reading.batches:
        rows += batch.rows.to_pylist()
        broken += batch.broken
    return rows, broken, reading.state, reading.kind


class Staged:
    """A file after staging: its rows, broken rows and value issues, without any warehouse."""

    def __init__(
        self, path: Path, table: Table, folder: Path, known: FileState | None = None
    ) -> None:
        self._con = duckdb.connect()
        folder.mkdir(exist_ok=True)
        stage = Stage(self._con, table, folder, AS_OF, RUN_ID)
        self.reading = open_file(Todo(path, f"in/{path.name}", known), table)
        stage.open(self.reading)
        for batch in self.reading.batches:
            stage.add(batch)
        stage.close()
        self.rows_read = stage.rows_read
        self.state = self.reading.state
        parts = [str(part) for part in stage.parts]
        self.rows = self._all(f"from read_parquet({parts}) order by _row_number") if parts else []
        self.broken = {
            row["row_number"]: row["reason"] for row in self._all("from broken order by row_number")
        }
        self.broken_rows = self._all("from broken order by row_number")
        self.issues = {
            (row["row_key"], row["column_name"]): row["raw_value"]
            for row in self._all("from issues order by row_number")
        }

    def keys(self, name: str) -> list[Any]:
        """One column of the good rows, in the order of the file."""
        return [row[name] for row in self.rows]

    def _all(self, query: str) -> list[dict[str, Any]]:
        found = self._con.execute(query)
        names = [field[0] for field in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
