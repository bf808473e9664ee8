"""``plan``: what an apply would send and what it would hold back. Sends and writes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from connectors.sync.difference import compare, keep_withdrawals, objections
from connectors.sync.former_keys import doubt_those_to_remove
from connectors.sync.forms import doubt_those_written_otherwise
from connectors.sync.gate import select_desired
from connectors.sync.keys import install_keyed_hash, ledger_key, masked
from connectors.sync.ledger import ledger_to_read
from connectors.sync.published import published, read_decisions, read_spec
from connectors.sync.results import Plan, Sample
from connectors.sync.retired import left_behind
from connectors.sync.settle import abandon, settle
from connectors.sync.snapshots import acknowledge_finished, is_snapshot
from connectors.sync.spec import SyncSpec

if TYPE_CHECKING:
    import duckdb
    from pydantic import SecretBytes

    from goldthread.settings import Settings

_SAMPLES_A_KIND = 3


def plan_sync(settings: Settings, name: str, now: datetime) -> Plan:
    """Compare what may be sent with what the ledger says the destination holds.

    name: of the sync, with or without ``sync_``. now: UTC, naive; the published decisions' age
    counts from it. Needs no credentials of the destination.
    Raises the errors of `connectors.sync.errors`; a broken guard is in the plan, not raised.
    """
    key = ledger_key(settings, create=False)
    with published(settings) as con:
        spec = read_spec(con, name)
        with ledger_to_read(con, settings, spec, key):
            return make_plan(con, settings, spec, key, now)


def make_plan(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    spec: SyncSpec,
    key: SecretBytes,
    now: datetime,
) -> Plan:
    """Bring the attached ledger up to date and fill ``desired`` and ``difference``."""
    decided_at = read_decisions(con, spec, now)
    install_keyed_hash(con, key)
    select_desired(con, spec)
    acknowledge_finished(con, settings, spec)
    settle(con)
    doubt_those_to_remove(con, spec)
    doubt_those_written_otherwise(con, spec)
    abandon(con, spec.mode, snapshots=is_snapshot(spec))
    compare(con, spec)
    return _describe(con, spec, decided_at, left_behind(con, settings, spec))


def withdrawals_only(con: duckdb.DuckDBPyConnection, spec: SyncSpec, plan: Plan) -> Plan:
    """What of a plan that a guard objects to is to be sent all the same: see `GuardTripped`.

    Of a snapshot nothing is: it holds all rows or none.
    """
    if is_snapshot(spec):
        return replace(plan, adds=0, changes=0, removes=0, resends=0)
    removes, resends = keep_withdrawals(con)
    return replace(plan, adds=0, changes=0, removes=removes, resends=resends)


def _describe(
    con: duckdb.DuckDBPyConnection,
    spec: SyncSpec,
    decided_at: datetime | None,
    retired: dict[str, int],
) -> Plan:
    counts = dict(con.execute("select kind, count(*) from difference group by 1").fetchall())
    refused, withdrawals = con.execute(
        "select count(*) filter (was_refused and kind in ('add', 'change')), "
        "count(*) filter (is_withdrawn and kind = 'remove') from difference"
    ).fetchall()[0]
    held_back = con.execute(
        "select reason, cast(sum(row_count) as bigint) from held_back group by 1 order by 1"
    ).fetchall()
    return Plan(
        sync=spec.name,
        destination=spec.destination,
        object=spec.object,
        mode=spec.mode,
        purpose=spec.purpose,
        decided_at=decided_at,
        adds=counts.get("add", 0),
        changes=counts.get("change", 0),
        removes=counts.get("remove", 0),
        withdrawals=withdrawals,
        unchanged=counts.get("unchanged", 0),
        left=counts.get("left", 0),
        resends=counts.get("resend", 0),
        refused_before=refused,
        held_back=dict(held_back),
        audiences=_audiences(con),
        guards=tuple(objections(con, spec.guards)),
        sample=_sample(con),
        left_behind=retired,
    )


def _audiences(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    rows = con.execute(
        """
        select audience, kind, count(*) from difference where audience is not null group by all
        union all
        select audience, 'held_back', cast(sum(row_count) as bigint) from held_back
        where audience is not null group by all
        order by 1, 2
        """
    ).fetchall()
    audiences: dict[str, dict[str, int]] = {}
    for audience, kind, count in rows:
        audiences.setdefault(audience, {})[kind] = count
    return audiences


def _sample(con: duckdb.DuckDBPyConnection) -> tuple[Sample, ...]:
    rows = con.execute(
        """
        select kind, customer_id, audience, destination_key from difference
        where kind in ('add', 'change', 'remove')
        qualify row_number() over (partition by kind order by key_hash) <= ?
        order by kind, key_hash
        """,
        [_SAMPLES_A_KIND],
    ).fetchall()
    return tuple(
        Sample(kind, customer_id, audience, _masked_key(destination_key, customer_id, audience))
        for kind, customer_id, audience, destination_key in rows
    )


def _masked_key(destination_key: str, customer_id: str, audience: str | None) -> str:
    shown = (customer_id, audience)
    key = orjson.loads(destination_key)
    return ", ".join(
        f"{name}={value if value in shown else masked(value)}" for name, value in key.items()
    )
