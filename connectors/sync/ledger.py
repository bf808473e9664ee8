"""The ledger of one sync, ``ledger/<sync>.duckdb``: what was sent, and what the destination holds.

Crash safety. Every batch is committed here, with its idempotency key, before it is sent, and every
row to add is entered in ``live`` as uncertain (no payload hash). So ``live`` always holds at least
what the destination may hold, whenever the process dies. A batch without a clear answer (a crash, a
time-out, a server error to the end) stays ``pending``. The next apply computes the rows anew; the
ledger keeps no payload. Then

* a pending batch of which every row is still wanted in just that form is sent again, in the same
  order and under the same key, so that the destination can tell;
* any other pending batch becomes ``unknown``: its rows turn uncertain in ``live`` and enter the
  next difference under a new key. If they are wanted they are sent (as a change), if not they are
  removed.

Tables: ``batches`` and ``rows`` are written before sending and say what was meant; ``row_outcomes``
holds the rows of a batch that ended otherwise than the batch; `settle` carries them into ``live``.
``rows`` never change. Personal data: the destination's key, in ``live`` only; all else is hashed.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sync.errors import LedgerBusy, LedgerMismatch, LedgerUnreadable
from connectors.sync.keys import fingerprint
from connectors.sync.lock import ledger_lock
from connectors.sync.spec import SyncSpec
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb
    from pydantic import SecretBytes

    from goldthread.settings import Settings

# Counts up with every change of the tables.
FORMAT = "1"

TABLES = {
    "meta": "name varchar, value varchar",
    "runs": """
        run_number bigint, run_id varchar, run_name varchar, destination varchar,
        object_name varchar, mode varchar, purpose varchar, decided_at timestamp,
        applied_at timestamp, state varchar, added_count bigint, changed_count bigint,
        removed_count bigint, unchanged_count bigint, left_count bigint, resent_count bigint,
        held_back_count bigint, held_back varchar, sent_count bigint, acknowledged_count bigint,
        rejected_count bigint, undelivered_count bigint, request_count bigint, stopped varchar""",
    # batch_id: counts the batches of this ledger. state: pending, done, unknown. status, reason: of
    # its rows, unless row_outcomes says otherwise. is_doubtful: some attempt had no clear answer,
    # so a later refusal may not be the whole truth.
    "batches": """
        batch_id bigint, idempotency_key varchar, run_number bigint, last_run_number bigint,
        operation varchar, field_names varchar, row_count bigint, state varchar, status varchar,
        reason varchar, response_status integer, attempt_count bigint, is_doubtful boolean,
        is_settled boolean""",
    # kind: add, change, remove.
    "rows": """
        batch_id bigint, position bigint, kind varchar, key_hash uuid, payload_hash uuid,
        customer_id varchar, audience varchar""",
    # sent_key: the idempotency key the row travelled under in the end, after its batch was split.
    "row_outcomes": """
        batch_id bigint, position bigint, status varchar, reason varchar, response_status integer,
        sent_key varchar""",
    # payload_hash is null while it is uncertain what the destination holds.
    "live": """
        key_hash uuid, destination_key varchar, customer_id varchar, audience varchar,
        payload_hash uuid, run_number bigint""",
    "refusals": "key_hash uuid, payload_hash uuid",
}


@contextmanager
def ledger_to_write(
    con: duckdb.DuckDBPyConnection, settings: Settings, spec: SyncSpec, key: SecretBytes
) -> Iterator[None]:
    """Attach the ledger as ``ledger``, creating it when new. The caller holds its `ledger_lock`.

    Raises LedgerBusy when another process has it open all the same; LedgerUnreadable when its file
    is damaged, incomplete or no ledger; LedgerMismatch when it belongs to another destination or
    another key.
    """
    import duckdb

    path = ledger_path(settings, spec.name)
    _refuse_stray_log(path)
    with damage_told(path):
        attach(con, path, "ledger", read_only=False)
        try:
            if not _is_empty(con, "ledger", path):
                _check_identity(con, spec, key)
            _create_tables(con, spec, key)
            yield
        finally:
            # An error may have left a transaction open, which keeps the file.
            with suppress(duckdb.Error):
                con.execute("rollback")
            con.execute("detach ledger")


@contextmanager
def ledger_to_read(
    con: duckdb.DuckDBPyConnection, settings: Settings, spec: SyncSpec, key: SecretBytes
) -> Iterator[None]:
    """A copy of the ledger in memory, as ``ledger``, for planning; the file stays untouched.

    Raises as `ledger_to_write` does, and LedgerBusy when another process holds the lock.
    """
    con.execute("attach ':memory:' as ledger")
    _create_tables(con, spec, key)
    path = ledger_path(settings, spec.name)
    _refuse_stray_log(path)
    if path.exists():
        with ledger_lock(settings, spec.name), damage_told(path):
            attach(con, path, "kept", read_only=True)
            try:
                # Without a table: an apply died before it wrote anything.
                for table in () if _is_empty(con, "kept", path) else TABLES:
                    con.execute(f"delete from ledger.{table}")
                    con.execute(f"insert into ledger.{table} select * from kept.{table}")
                    # With the first of them, whose ledger it is: others may have other columns.
                    _check_identity(con, spec, key)
            finally:
                con.execute("detach kept")
    yield


def ledger_path(settings: Settings, sync: str) -> Path:
    """The file of one sync's ledger."""
    return settings.ledger_dir / f"{sync}.duckdb"


def ledger_id(con: duckdb.DuckDBPyConnection) -> str:
    """Random, made with the ledger: idempotency keys of a ledger that was lost never come back."""
    return _meta(con)["ledger_id"]


def attach(con: duckdb.DuckDBPyConnection, path: Path, name: str, *, read_only: bool) -> None:
    """Attach one ledger's file. Raises LedgerBusy or LedgerUnreadable when that cannot be."""
    import duckdb

    try:
        con.execute(f"attach {literal(path)} as {name}{' (read_only)' if read_only else ''}")
    except duckdb.Error as error:
        if "Could not set lock" in str(error) or "already attached" in str(error):
            raise LedgerBusy(f"The ledger {path} is in use by another process: {error}") from error
        raise _unreadable(path, error) from error


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Raises LedgerUnreadable for an error of DuckDB that comes from damage in this ledger's file,
    which it finds only when it reads the damaged place."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        with duckdb.connect() as fresh, suppress(LedgerBusy):
            attach(fresh, path, "ledger", read_only=True)
            try:
                for table in TABLES:
                    fresh.execute(f"select count(hash(whole)) from ledger.{table} as whole")
            except duckdb.Error as damage:
                raise _unreadable(path, damage) from error
        raise


def _unreadable(path: Path, why: object) -> LedgerUnreadable:
    return LedgerUnreadable(
        f"The ledger {path} cannot be read: {why}\nPut back a copy of it, or move it away to "
        "start over: then every row is sent again, and rows that left are not removed."
    )


def _is_empty(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> bool:
    """Whether an attached file holds no table yet. Raises LedgerUnreadable when they are others."""
    found = con.execute(
        "select table_name from duckdb_tables() where database_name = ?", [name]
    ).fetchall()
    if found and ("meta",) not in found:
        raise _unreadable(path, "it is the database of something else")
    return not found


def _refuse_stray_log(path: Path) -> None:
    """DuckDB would delete it, and with it the last entries of a ledger that stands elsewhere."""
    log = path.with_name(f"{path.name}.wal")
    if log.exists() and not path.exists():
        raise LedgerUnreadable(
            f"{log} stands there without {path.name}: it holds the last entries of a ledger that "
            "was moved, renamed or deleted after a crash. Move it to where that ledger is now, "
            "under the same name with .wal after it; delete it if that ledger is gone for good."
        )


def _create_tables(con: duckdb.DuckDBPyConnection, spec: SyncSpec, key: SecretBytes) -> None:
    con.execute("begin")
    for table, columns in TABLES.items():
        con.execute(f"create table if not exists ledger.{table} ({columns})")
    if not _meta(con):
        con.execute(
            "insert into ledger.meta values ('format', ?), ('ledger_id', ?), ('key', ?), "
            "('destination', ?), ('object', ?)",
            [FORMAT, uuid.uuid4().hex, fingerprint(key), spec.destination, spec.object],
        )
    con.execute("commit")


def _check_identity(con: duckdb.DuckDBPyConnection, spec: SyncSpec, key: SecretBytes) -> None:
    meta = _meta(con)
    if (written := meta.get("format")) != FORMAT:
        raise LedgerMismatch(
            f"The ledger of {spec.name} has format {written}, this version writes {FORMAT}."
        )
    if meta["key"] != fingerprint(key):
        raise LedgerMismatch(
            f"The ledger of {spec.name} was written with another key. Give it back "
            "(GOLDTHREAD_LEDGER_KEY, or ledger/.key under GOLDTHREAD_HOME), or move the ledger "
            "away to start over: then every row is sent again, and rows that left are not removed."
        )
    if (meta["destination"], meta["object"]) != (spec.destination, spec.object):
        raise LedgerMismatch(
            f"The ledger of {spec.name} is about {meta['destination']}/{meta['object']}, the sync "
            f"now about {spec.destination}/{spec.object}. Give the new sync a name of its own."
        )


def _meta(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    return dict(con.execute("select name, value from ledger.meta").fetchall())
