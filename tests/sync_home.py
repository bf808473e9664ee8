"""A home with a published ``activation.duckdb`` made by hand: syncs are tested without dbt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from connectors.sync import Plan, SyncResult, SyncSpec, apply_sync, plan_sync
from connectors.sync.retry import RetryPolicy
from goldthread.settings import Settings

NOW = datetime(2026, 11, 1, 6)
PURPOSE = "email_marketing"
COLUMNS = (
    "customer_id",
    "audience",
    "email",
    "first_name",
    "spent_amount",
    "seen_at",
    "birth_date",
)
IMPATIENT = RetryPolicy(attempts=3, base=0.001, cap=0.002)

Row = dict[str, Any]


def members(count: int, audience: str = "lapsed_buyers") -> list[Row]:
    """Rows of the activation model, all alike but for the number in them."""
    return [
        {
            "customer_id": f"cus_{number:04d}",
            "audience": audience,
            "email": f"person{number}@example.com",
            "first_name": f"Firstname{number}",
            "spent_amount": f"{number}.50",
            "seen_at": "2026-10-01 12:00:00",
            "birth_date": "1990-02-03",
        }
        for number in range(count)
    ]


class SyncHome:
    """One home and what is published in it."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder, input_dir=folder / "input")

    def spec(self, **changes: Any) -> SyncSpec:
        """A webhook sync of audience members; changes replace parts of it."""
        known: dict[str, Any] = {
            "name": "sync_webhook__audience_members",
            "destination": "webhook",
            "object": "list_members",
            "model": "webhook__audience_members",
            "columns": COLUMNS,
            "purpose": PURPOSE,
            "mode": "mirror",
            "key": ("audience", "customer_id"),
            "fields": {
                "list": "audience",
                "customer_id": "customer_id",
                "email": "email",
                "first_name": "first_name",
                "spent": "spent_amount",
            },
            "audience_column": "audience",
            "settings": {"url_env": "TEST_URL", "secret_env": "TEST_SECRET"},
            "guards": {"max_remove_share": 1.0},
        }
        return SyncSpec.model_validate(known | changes)

    def files_spec(self, **changes: Any) -> SyncSpec:
        """A sync of the same model to files."""
        return self.spec(
            **{
                "name": "sync_files__members",
                "destination": "files",
                "object": "members",
                "settings": {},
                **changes,
            }
        )

    def publish(
        self,
        rows: Iterable[Row],
        *specs: SyncSpec,
        denied: dict[str, str | None] | None = None,
        unjudged: Iterable[str] = (),
        decided_at: datetime = NOW - timedelta(hours=1),
    ) -> None:
        """Publish these rows, each allowed, except customers who are denied (with a reason) or
        have no verdict at all."""
        rows = list(rows)
        denied = denied or {}
        skipped = set(unjudged)
        verdicts = [
            (row["customer_id"], PURPOSE, row["audience"], row["customer_id"] not in denied,
             denied.get(row["customer_id"], "allowed"), decided_at)
            for row in rows
            if row["customer_id"] not in skipped
        ]  # fmt: skip
        self.publish_exactly(rows, verdicts, specs or (self.spec(), self.files_spec()))

    def publish_exactly(
        self, rows: Iterable[Row], verdicts: Iterable[tuple[Any, ...]], specs: Iterable[SyncSpec]
    ) -> None:
        """Swap in a new ``activation.duckdb`` with exactly these tables."""
        path = self.settings.activation_path
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name("fresh.duckdb")
        with duckdb.connect() as con:
            con.execute(f"attach '{fresh}' as fresh; use fresh; create schema activation")
            con.execute(
                "create table fresh.activation.webhook__audience_members (customer_id varchar, "
                "audience varchar, email varchar, first_name varchar, spent_amount decimal(18, 2), "
                "seen_at timestamp, birth_date date)"
            )
            con.execute(
                "create table fresh.activation.activation_verdicts (customer_id varchar, "
                "purpose varchar, audience varchar, is_allowed boolean, reason varchar, "
                "decided_at timestamp)"
            )
            con.execute("create table fresh.activation.syncs (name varchar, spec_json varchar)")
            _insert(
                con, "webhook__audience_members", [tuple(row[c] for c in COLUMNS) for row in rows]
            )
            _insert(con, "activation_verdicts", list(verdicts))
            _insert(con, "syncs", [(spec.name, spec.model_dump_json()) for spec in specs])
        fresh.replace(path)

    def plan(self, name: str = "webhook__audience_members", now: datetime = NOW) -> Plan:
        return plan_sync(self.settings, name, now)

    def apply(
        self, name: str = "webhook__audience_members", now: datetime = NOW, **options: Any
    ) -> SyncResult:
        return apply_sync(self.settings, name, now, **{"policy": IMPATIENT, **options})

    def history(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the published history: ``from sync_rows``, ``from sync_runs``."""
        with duckdb.connect(str(self.settings.syncs_path), read_only=True) as con:
            con.execute("use syncs.marts")
            return con.execute(query).fetchall()


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        places = ", ".join("?" for _ in rows[0])
        con.executemany(f"insert into fresh.activation.{table} values ({places})", rows)
