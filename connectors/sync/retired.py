"""What syncs that are no longer published left at a destination: nobody keeps that up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.sync.errors import LedgerBusy, LedgerUnreadable
from connectors.sync.ledger import attach, ledger_path
from connectors.sync.lock import ledger_lock
from connectors.sync.spec import SyncSpec

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


def left_behind(
    con: duckdb.DuckDBPyConnection, settings: Settings, spec: SyncSpec
) -> dict[str, int]:
    """Rows that the same object of the destination holds by other syncs that are not published any
    more, by the names of these; renamed ones are among them."""
    names = con.execute("select name from published.activation.syncs").fetchall()
    known = {spec.name, *(str(row[0]) for row in names)}
    paths = (path for path in settings.ledger_dir.glob("*.duckdb") if path.stem not in known)
    found = {path.stem: _rows(con, settings, path.stem, spec) for path in sorted(paths)}
    return {name: rows for name, rows in found.items() if rows}


def _rows(con: duckdb.DuckDBPyConnection, settings: Settings, name: str, spec: SyncSpec) -> int:
    import duckdb

    try:
        with ledger_lock(settings, name, patience=0.0):
            attach(con, ledger_path(settings, name), "retired", read_only=True)
            try:
                row = con.execute(
                    "select count(*) from retired.live where (select count(*) from retired.meta "
                    "where (name, value) in (('destination', ?), ('object', ?))) = 2",
                    [spec.destination, spec.object],
                ).fetchone()
            finally:
                con.execute("detach retired")
    except (LedgerBusy, LedgerUnreadable, duckdb.Error):
        # In use, or some other file: a plan does not depend on it.
        return 0
    return int(row[0]) if row else 0
