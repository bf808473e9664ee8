"""``published/syncs.duckdb``: the run and row history of all syncs, for people and BI tools."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from connectors.sync.errors import LedgerBusy, LedgerUnreadable
from connectors.sync.ledger import attach, damage_told, ledger_path
from connectors.sync.lock import ledger_lock
from goldthread.warehouse.files import flush, literal, remove_database

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

_PATIENCE_SECONDS = 60.0

# name: (type, expression over the ledger, description)
Columns = dict[str, tuple[str, str, str]]

RUN_COLUMNS: Columns = {
    "sync_name": ("varchar", "$sync", "Name of the sync (its exposure)."),
    "run_id": ("varchar", "runs.run_id", "One apply of this sync; unique."),
    "run_number": ("bigint", "runs.run_number", "Counts the applies of this sync."),
    "destination": ("varchar", "runs.destination", "Where it sends."),
    "object_name": ("varchar", "runs.object_name", "What the destination calls the rows."),
    "mode": ("varchar", "runs.mode", "upsert, or mirror: rows that left are removed."),
    "purpose": ("varchar", "runs.purpose", "Purpose people must have allowed."),
    "decided_at": ("timestamp", "runs.decided_at", "Moment of the consent decisions (UTC)."),
    "applied_at": ("timestamp", "runs.applied_at", "Moment the run stands for (UTC)."),
    "state": (
        "varchar",
        "runs.state",
        "succeeded; incomplete (some rows rejected or undelivered); interrupted; running.",
    ),
    "added_count": ("bigint", "runs.added_count", "Rows to send for the first time."),
    "changed_count": ("bigint", "runs.changed_count", "Rows to send again, changed."),
    "removed_count": ("bigint", "runs.removed_count", "Rows to take away."),
    "unchanged_count": ("bigint", "runs.unchanged_count", "Rows already there as they are."),
    "left_count": ("bigint", "runs.left_count", "Rows that are gone but stay, by mode upsert."),
    "resent_count": ("bigint", "runs.resent_count", "Rows sent again under an earlier key."),
    "held_back_count": ("bigint", "runs.held_back_count", "Rows the consent gate kept."),
    "held_back": ("varchar", "runs.held_back", "Their number by reason, as JSON."),
    "sent_count": ("bigint", "runs.sent_count", "Rows that left in at least one request."),
    "acknowledged_count": ("bigint", "runs.acknowledged_count", "Rows the destination took."),
    "rejected_count": ("bigint", "runs.rejected_count", "Rows the destination refused."),
    "undelivered_count": ("bigint", "runs.undelivered_count", "Rows without a clear answer."),
    "request_count": ("bigint", "runs.request_count", "Requests made, retries included."),
    "stopped": ("varchar", "runs.stopped", "Why sending ended early; null when it did not."),
}

ROW_COLUMNS: Columns = {
    "sync_name": ("varchar", "$sync", "Name of the sync (its exposure)."),
    "run_id": ("varchar", "runs.run_id", "The apply that first sent, or meant to send, the row."),
    "run_number": ("bigint", "runs.run_number", "Its number."),
    "applied_at": ("timestamp", "runs.applied_at", "Moment that run stands for (UTC)."),
    "customer_id": ("varchar", "rows.customer_id", "Whom the row is about."),
    "audience": ("varchar", "rows.audience", "The audience it is about, where it is about one."),
    "operation": ("varchar", "rows.kind", "add, change or remove."),
    "field_names": ("varchar", "batches.field_names", "Fields sent, as a JSON list; no values."),
    "status": (
        "varchar",
        "coalesce(row_outcomes.status, batches.status)",
        "ok, rejected (by the destination), or retryable (to be sent again).",
    ),
    "reason": (
        "varchar",
        "case when row_outcomes.status is null then batches.reason else row_outcomes.reason end",
        "Why it is not ok; values of the row are cut out of the destination's words.",
    ),
    "response_status": (
        "integer",
        "coalesce(row_outcomes.response_status, batches.response_status)",
        "HTTP status of the last answer about the row; 201 for a written file.",
    ),
    "idempotency_key": (
        "varchar",
        "coalesce(row_outcomes.sent_key, batches.idempotency_key)",
        "The key its request carried, the same at every attempt.",
    ),
    "key_hash": (
        "uuid",
        "rows.key_hash",
        "Keyed hash of the destination's key (128 bits of HMAC-SHA256).",
    ),
    "payload_hash": ("uuid", "rows.payload_hash", "Keyed hash of all fields; null: a removal."),
}

TABLES: dict[str, tuple[str, Columns, str]] = {
    "sync_runs": ("ledger.runs", RUN_COLUMNS, "One row an apply of a sync."),
    "sync_rows": (
        """
        ledger.rows
        inner join ledger.batches on rows.batch_id = batches.batch_id
        inner join ledger.runs on batches.run_number = runs.run_number
        left join ledger.row_outcomes
            on rows.batch_id = row_outcomes.batch_id
            and rows.position = row_outcomes.position""",
        ROW_COLUMNS,
        "One row for each row ever sent, or meant to be sent, by a sync. No personal data but "
        "customer_id: values are hashed with the ledger's key.",
    ),
}


def publish_history(settings: Settings) -> None:
    """Put the history of all ledgers into a new ``syncs.duckdb`` and swap it in, read-only.

    A sync that is being applied right now keeps what was published of it last: its own apply
    publishes again when it ends. So does one whose ledger is damaged: its own plan says so.
    """
    import duckdb

    settings.published_dir.mkdir(parents=True, exist_ok=True)
    # One name that no sync can have, so that publishers take turns.
    with ledger_lock(settings, "_history", patience=_PATIENCE_SECONDS):
        fresh = settings.published_dir / ".syncs.duckdb.new"
        remove_database(fresh)
        with duckdb.connect() as con:
            con.execute(f"attach {literal(fresh)} as fresh")
            _create(con)
            for path in sorted(settings.ledger_dir.glob("*.duckdb")):
                _copy(con, settings, path.stem)
            con.execute("checkpoint fresh")
            con.execute("detach fresh")
        flush(fresh)
        fresh.chmod(0o444)
        os.replace(fresh, settings.syncs_path)
        flush(settings.published_dir)
        remove_database(fresh)


def _create(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("create schema fresh.marts")
    for table, (_, columns, description) in TABLES.items():
        types = ", ".join(f"{name} {kind}" for name, (kind, _, _) in columns.items())
        con.execute(f"create table fresh.marts.{table} ({types})")
        con.execute(f"comment on table fresh.marts.{table} is {literal(description)}")
        for name, (_, _, meaning) in columns.items():
            con.execute(f"comment on column fresh.marts.{table}.{name} is {literal(meaning)}")


def _copy(con: duckdb.DuckDBPyConnection, settings: Settings, sync: str) -> None:
    path = ledger_path(settings, sync)
    queries = {
        table: f"select {', '.join(value for _, value, _ in columns.values())} from {source}"
        for table, (source, columns, _) in TABLES.items()
    }
    try:
        with ledger_lock(settings, sync, patience=0.0), damage_told(path):
            attach(con, path, "ledger", read_only=True)
            _fill(con, "ledger", queries, sync)
    except (LedgerBusy, LedgerUnreadable):
        _copy_former(con, settings, sync)


def _copy_former(con: duckdb.DuckDBPyConnection, settings: Settings, sync: str) -> None:
    """What was published of a sync last, as far as that can be read."""
    import duckdb

    if settings.syncs_path.exists():
        queries = {
            table: f"by name select * from old.marts.{table} where sync_name = $sync"
            for table in TABLES
        }
        with suppress(duckdb.Error):
            con.execute(f"attach {literal(settings.syncs_path)} as old (read_only)")
            _fill(con, "old", queries, sync)


def _fill(con: duckdb.DuckDBPyConnection, source: str, queries: dict[str, str], sync: str) -> None:
    """Fill all tables from an attached file, or none; and let go of it."""
    import duckdb

    try:
        con.execute("begin")
        for table, query in queries.items():
            con.execute(f"insert into fresh.marts.{table} {query}", {"sync": sync})
        con.execute("commit")
    except duckdb.Error:
        # A commit that failed has rolled back by itself.
        with suppress(duckdb.Error):
            con.execute("rollback")
        raise
    finally:
        con.execute(f"detach {source}")
