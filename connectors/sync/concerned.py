"""What the next apply of each sync would do with the rows of certain customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from connectors.sync.errors import SyncError
from connectors.sync.keys import ledger_key
from connectors.sync.ledger import ledger_to_read
from connectors.sync.plan import make_plan
from connectors.sync.published import published, read_spec

if TYPE_CHECKING:
    from goldthread.settings import Settings


@dataclass(frozen=True)
class ConcernedRow:
    """One row of a destination. action: add, change, remove, unchanged, resend; left (it stays,
    since the sync never removes)."""

    sync: str
    action: str
    customer_id: str
    audience: str | None


def concerned_rows(
    settings: Settings, now: datetime, customer_ids: Sequence[str]
) -> tuple[list[ConcernedRow], dict[str, str]]:
    """The rows of these customers in the difference of every published sync, in order.

    now: UTC, naive; the published decisions' age counts from it. Writes and sends nothing.
    Returns the rows, and for each sync that cannot be planned the reason. Raises NotReady when
    nothing is published.
    """
    with published(settings) as con:
        names = [
            str(row[0])
            for row in con.execute("select name from published.activation.syncs order by 1")
            .fetchall()
        ]  # fmt: skip
    rows: list[ConcernedRow] = []
    unplanned: dict[str, str] = {}
    for name in names:
        try:
            rows += _rows_of(settings, name, now, customer_ids)
        except SyncError as error:
            unplanned[name] = str(error)
    return rows, unplanned


def _rows_of(
    settings: Settings, name: str, now: datetime, customer_ids: Sequence[str]
) -> list[ConcernedRow]:
    key = ledger_key(settings, create=False)
    with published(settings) as con:
        spec = read_spec(con, name)
        with ledger_to_read(con, settings, spec, key):
            make_plan(con, settings, spec, key, now)
            found = con.execute(
                "select kind, customer_id, audience from difference "
                "where list_contains($1::varchar[], customer_id) order by all",
                [list(customer_ids)],
            ).fetchall()
    return [ConcernedRow(name, *row) for row in found]
