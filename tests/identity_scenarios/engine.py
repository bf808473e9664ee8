"""The identity models without dbt: their compiled SQL and the Python engine, in memory.

A dbt build takes seconds, a run of this a fraction of one: fit for properties that many small
inputs have to hold. Input are the models' own inputs, source records and identifiers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from goldthread.identity import LinkageModel, cluster_records, committed_model, score_pairs
from goldthread.settings import PROJECT_DIR
from tests.dbt_commands import ForkedDbt, take_over

FIRST_DAY = datetime(2026, 1, 1, 12)
PERSON = (
    *("first_name", "last_name", "birth_date", "email", "phone"),
    *("address_line", "postal_code", "city", "country", "user_id"),
)
IDENTIFIERS = ("email", "phone", "user_id")
SCHEMAS = ("staging", "intermediate", "marts", "seeds", "raw_goldthread")
OVERRIDES = (
    "override_id varchar, override_type varchar, left_source varchar, "
    "left_source_record_id varchar, right_source varchar, right_source_record_id varchar, "
    "decided_by varchar, reason varchar, decided_at timestamp, expires_at timestamp"
)
LOG = (
    "source_record_key varchar, customer_id varchar, previous_customer_id varchar, run_id varchar, "
    "run_number bigint, revision bigint, reason varchar, assigned_at timestamp"
)
BEFORE_SCORING = ("identifier_values", "joining_identifiers", "linkage_records", "exact_pairs")
BEFORE_CLUSTERS = ("active_overrides", "exact_edges", "edges")

Record = Mapping[str, str | None]
Records = dict[str, Record]
Partition = set[frozenset[str]]


def compiled_models(folder: Path, parsed: Path) -> dict[str, str]:
    """The SQL of each identity model as dbt compiles it for a new warehouse, by model name.

    parsed: the parsed project.
    """
    take_over(parsed, folder / "target", folder)
    command = [
        *("dbt", "--quiet", "compile", "--select"),
        *("models/intermediate/identity", "models/marts/identity"),
        *("--target-path", str(folder / "target"), "--log-path", str(folder)),
    ]
    home = {"GOLDTHREAD_HOME": str(folder), "DBT_PROFILES_DIR": str(PROJECT_DIR)}
    with ForkedDbt(command, cwd=PROJECT_DIR, env=os.environ | home) as process:
        said = process.stdout.read().decode()
    assert process.returncode == 0, said
    manifest = json.loads((folder / "target" / "manifest.json").read_bytes())
    return {
        node["name"]: node["compiled_code"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node.get("compiled_code")
    }


@dataclass
class Engine:
    """models: of ``compiled_models``. Each ``run`` sees all records and keeps the registry; the
    linkage model may change between them."""

    models: Mapping[str, str]
    keeps_scores: bool = True
    run_number: int = 0
    linkage: LinkageModel = field(default_factory=committed_model)
    con: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("attach ':memory:' as warehouse; use warehouse")
        for schema in SCHEMAS:
            self.con.execute(f"create schema {schema}")
        for seed in ("identity_rules", "identifier_blocklist", "join_limits", "nicknames"):
            path = PROJECT_DIR / "seeds" / "identity" / f"{seed}.csv"
            self.con.execute(f"create table seeds.{seed} as from read_csv('{path}')")
        self.con.execute(f"create table raw_goldthread.state_identity_assignment_log ({LOG})")
        self.con.execute(f"create table staging.stg_stewardship__identity_overrides ({OVERRIDES})")
        self.con.execute(
            "create table marts.current_run (run_id varchar, run_number bigint, as_of timestamp)"
        )

    def run(
        self, records: Mapping[str, Record], decided: Iterable[tuple[str, str, str]] = ()
    ) -> dict[str, str]:
        """Resolve the records; returns source_record_key → customer_id.

        records: source_record_key (``source:id``) → values. decided: (must_link or cannot_link, the
        one record, the other).
        """
        self.run_number += 1
        now = FIRST_DAY + timedelta(days=self.run_number - 1)
        self.con.execute("delete from marts.current_run")
        self.con.execute(
            "insert into marts.current_run values (?, ?, ?)",
            [f"run-{self.run_number}", self.run_number, now],
        )
        self._write_records(records)
        self._write_overrides(decided)
        for name in BEFORE_SCORING:
            self._build(f"int_identity__{name}")
        self._score()
        for name in BEFORE_CLUSTERS:
            self._build(f"int_identity__{name}")
        self._cluster()
        self._build("int_identity__assignment_log")
        # The next run takes the registry over, as one in a new warehouse does.
        self.con.execute(
            "create or replace table raw_goldthread.state_identity_assignment_log as "
            "from intermediate.int_identity__assignment_log"
        )
        self._build("customer_source_records", "marts")
        return dict(
            self.con.execute(
                "select source_record_key, customer_id from marts.customer_source_records"
            ).fetchall()
        )

    def cluster_after(self, records: Mapping[str, Record], *rebuilt: str) -> None:
        """Build only these models of other records, then the clusters: as one may by hand."""
        self._write_records(records)
        for name in rebuilt:
            self._build(f"int_identity__{name}")
        self._cluster()

    def redirects(self) -> dict[str, str]:
        """Every ended customer_id → the customer it leads to now."""
        self._build("customer_id_redirects", "marts")
        return dict(self.con.execute("from marts.customer_id_redirects").fetchall())

    def review(self) -> list[dict[str, Any]]:
        """The entries of the review queue, as column → value."""
        self._build("identity_review", "marts")
        rows: list[dict[str, Any]] = (
            self.con.sql("from marts.identity_review order by review_id")
            .to_arrow_table()
            .to_pylist()
        )
        return rows

    def ids_ever_issued(self) -> set[str]:
        log = "intermediate.int_identity__assignment_log"
        query = f"select distinct customer_id from {log} where customer_id is not null"
        return {row[0] for row in self.con.execute(query).fetchall()}

    def _build(self, name: str, schema: str = "intermediate") -> None:
        self.con.execute(f"create or replace table {schema}.{name} as {self.models[name]}")

    def _write_records(self, records: Mapping[str, Record]) -> None:
        columns = "".join(
            f", {name} {'date' if name == 'birth_date' else 'varchar'}" for name in PERSON
        )
        table = "intermediate.int_identity__source_records"
        self.con.execute(
            f"create or replace table {table} (source_record_key varchar, source varchar, "
            f"source_record_id varchar{columns}, first_seen_at timestamp, last_seen_at timestamp)"
        )
        for key, values in records.items():
            self.con.execute(
                f"insert into {table} values (?, ?, ?{', ?' * len(PERSON)}, ?, ?)",
                [key, *key.split(":", 1), *(values.get(n) for n in PERSON), FIRST_DAY, FIRST_DAY],
            )
        parts = " union all ".join(
            f"select source_record_key, '{name}' as identifier_type, {name} as identifier_value, "
            f"false as is_ambiguous from {table} where {name} is not null"
            for name in IDENTIFIERS
        )
        self.con.execute(
            f"create or replace table intermediate.int_identity__identifiers as {parts}"
        )

    def _write_overrides(self, decided: Iterable[tuple[str, str, str]]) -> None:
        table = "staging.stg_stewardship__identity_overrides"
        self.con.execute(f"delete from {table}")
        for number, (kind, left, right) in enumerate(decided):
            self.con.execute(
                f"insert into {table} values (?, ?, ?, ?, ?, ?, 'dana', 'said so', ?, null)",
                [f"o{number}", kind, *left.split(":", 1), *right.split(":", 1), FIRST_DAY],
            )

    def _table(self, name: str, schema: str = "intermediate") -> duckdb.DuckDBPyRelation:
        return self.con.sql(f"select * from warehouse.{schema}.{name}")

    def _score(self) -> None:
        scored = score_pairs(
            self._table("int_identity__linkage_records"),
            self._table("int_identity__exact_pairs"),
            self._table("nicknames", "seeds"),
            self.con,
            self.linkage,
            "warehouse.identity_kept" if self.keeps_scores else None,
        )
        self._replace("int_identity__scored_pairs", scored)

    def _cluster(self) -> None:
        clusters = cluster_records(
            self._table("int_identity__linkage_records"),
            self._table("int_identity__edges"),
            self._table("int_identity__scored_pairs"),
            self._table("int_identity__joining_identifiers"),
            self._table("join_limits", "seeds"),
            self.con,
            self.linkage,
            "warehouse.identity_kept" if self.keeps_scores else None,
        )
        self._replace("int_identity__clusters", clusters)

    def _replace(self, name: str, content: object) -> None:
        self.con.register("content", content)
        self.con.execute(f"create or replace table intermediate.{name} as from content")
        self.con.unregister("content")


def partition(customers: Mapping[str, str]) -> Partition:
    """The sets of records that are one person."""
    members: dict[str, set[str]] = {}
    for record, customer in customers.items():
        members.setdefault(customer, set()).add(record)
    return {frozenset(records) for records in members.values()}
