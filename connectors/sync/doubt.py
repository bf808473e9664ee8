"""Making uncertain what a destination holds, so that it is sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def doubt(con: duckdb.DuckDBPyConnection, *, held: str, pending: str) -> None:
    """Forget what those rows were sent, and give up those pending batches for new ones.

    The rows of such a batch travel again under a new idempotency key: under the old one a receiver
    would change nothing. held: SQL, true of the rows of ``ledger.live``. pending: of the batches.
    """
    con.execute(f"update ledger.live set payload_hash = null where {held}")
    con.execute(
        "update ledger.batches set state = 'unknown', status = 'retryable', "
        "reason = coalesce(reason || ', ', '') || 'superseded' "
        f"where state = 'pending' and {pending}"
    )
