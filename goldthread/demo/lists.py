"""What the demo's e-mail tool keeps: members of lists, and the answers it has given."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SCHEMA = """
create table if not exists members (
    member_key text primary key, list_name text not null, email text, fields text not null
);
create table if not exists answers (
    idempotency_key text primary key, body_sha256 text not null, answer text not null,
    replay_count integer not null default 0
);
"""


class Lists:
    """One SQLite file; one request at a time, each all or nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._con = sqlite3.connect(
            folder / "receiver.sqlite", check_same_thread=False, isolation_level=None
        )
        self._con.execute("pragma journal_mode = wal")
        self._con.execute("pragma synchronous = normal")
        self._con.executescript(_SCHEMA)

    def once(
        self, idempotency_key: str, body_sha256: str, work: Callable[[], dict[str, Any]]
    ) -> tuple[dict[str, Any], bool] | None:
        """Do the work and keep its answer, or give the answer kept; the flag tells which.

        None when the key was used with another body.
        """
        with self._lock:
            known = self._con.execute(
                "select body_sha256, answer from answers where idempotency_key = ?",
                (idempotency_key,),
            ).fetchone()
            if known is not None:
                self._con.execute(
                    "update answers set replay_count = replay_count + 1 where idempotency_key = ?",
                    (idempotency_key,),
                )
                return (json.loads(known[1]), True) if known[0] == body_sha256 else None
            self._con.execute("begin immediate")
            try:
                answer = work()
                self._con.execute(
                    "insert into answers values (?, ?, ?, 0)",
                    (idempotency_key, body_sha256, json.dumps(answer)),
                )
                self._con.execute("commit")
            except BaseException:
                self._con.execute("rollback")
                raise
            return answer, False

    def put(self, key: str, list_name: str, fields: dict[str, Any]) -> None:
        """Add a member or replace it; to be called from within `once`."""
        self._con.execute(
            "insert or replace into members values (?, ?, ?, ?)",
            (key, list_name, fields.get("email"), json.dumps(fields)),
        )

    def remove(self, key: str) -> None:
        """Take a member off; nothing happens when it is not there."""
        self._con.execute("delete from members where member_key = ?", (key,))

    def members(self) -> dict[str, dict[str, Any]]:
        """All fields of every member, by key."""
        with self._lock:
            rows = self._con.execute("select member_key, fields from members").fetchall()
        return {key: json.loads(fields) for key, fields in rows}

    def summary(self) -> dict[str, Any]:
        """``{"lists": [{"name", "size"}], "requests", "replays"}``; replays changed nothing."""
        with self._lock:
            lists = self._con.execute(
                "select list_name, count(*) from members group by 1 order by 1"
            ).fetchall()
            requests, replays = self._con.execute(
                "select count(*), coalesce(sum(replay_count), 0) from answers"
            ).fetchone()
        return {
            "lists": [{"name": name, "size": size} for name, size in lists],
            "requests": requests,
            "replays": replays,
        }

    def close(self) -> None:
        with self._lock:
            self._con.close()
