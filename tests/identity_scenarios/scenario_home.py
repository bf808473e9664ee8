"""A Goldthread home whose raw tables are filled from the scenario files, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from connectors.sources import find_source, source_names
from connectors.sources._engine.raw_tables import ensure_tables, refresh_views
from goldthread.settings import Settings
from goldthread.warehouse import start_run
from goldthread.warehouse.dbt_process import dbt_environment
from tests.dbt_commands import ForkedDbt

DATA = Path(__file__).parent / "data"
FIRST_DAY = datetime(2026, 1, 1, 12)

LOG = "intermediate.int_identity__assignment_log"
LOG_COLUMNS = (
    "source_record_key varchar, customer_id varchar, previous_customer_id varchar, run_id varchar, "
    "run_number bigint, revision bigint, reason varchar, assigned_at timestamp"
)

LINEAGE = {
    "_source_file": "'scenario'",
    "_row_number": "row_number",
    "_file_version": "0",
    "_load_run": "'scenario'",
    "_loaded_at": "timestamp '2026-01-01'",
    "_row_hash": "md5(cast(rows as varchar))",
}

# raw table → file, condition, raw column → expression over the file's columns.
TABLES: dict[str, tuple[str, str, dict[str, str]]] = {
    "raw_signups.signups": (
        "records",
        "source = 'signups'",
        {"signup_id": "record_id", "signed_up_at": "seen_at"},
    ),
    "raw_crm.contacts": (
        "records",
        "source = 'crm'",
        {"contact_id": "record_id", "updated_at": "seen_at"},
    ),
    "raw_app.users": (
        "records",
        "source = 'app'",
        {"user_id": "record_id", "created_at": "timestamp '2025-01-01'", "updated_at": "seen_at"},
    ),
    "raw_stripe.customers": (
        "records",
        "source = 'stripe'",
        {
            "id": "record_id",
            "name": "first_name || ' ' || last_name",
            "created": "seen_at",
            "metadata": "to_json({'user_id': user_id})",
        },
    ),
    "raw_web.messages": (
        "messages",
        "true",
        {
            "timestamp": "happened_at",
            "traits": "to_json({'email': email, 'phone': phone})",
            "context": "'{}'",
            "properties": "'{}'",
        },
    ),
    "raw_stewardship.identity_overrides": ("overrides", "true", {}),
}


@dataclass(frozen=True)
class ScenarioHome:
    """settings: of the home. target: where dbt keeps its parsed project, shared by all homes. data:
    the folder of records.csv, messages.csv and overrides.csv."""

    settings: Settings
    target: Path
    data: Path = DATA

    def build(self, batch: int, *, upside_down: bool = False, full_refresh: bool = False) -> None:
        """Make the raw tables hold all rows up to ``batch`` and build the identity marts."""
        con = duckdb.connect(str(self.settings.warehouse_path))
        start_run(con, FIRST_DAY + timedelta(days=batch - 1), "scenario")
        con.execute(
            "create table if not exists raw_goldthread.state_identity_assignment_log "
            f"({LOG_COLUMNS})"
        )
        for name in source_names():
            ensure_tables(con, find_source(name), self.settings.input_dir)
        refresh_views(con)
        for table, (file, condition, columns) in TABLES.items():
            _fill(
                con,
                table,
                self.data / file,
                f"{condition} and batch <= {batch}",
                columns,
                upside_down,
            )
        con.close()
        self._dbt(*(["--full-refresh"] if full_refresh else []))

    def _dbt(self, *options: str) -> None:
        command = [
            # Nobody reads its artifacts, and to write them takes a second.
            *("dbt", "--no-write-json", "--log-level", "error"),
            *("build", "--select", "+models/marts/identity", "--exclude-resource-type"),
            *("test", "unit_test", *options, "--target-path", str(self.target)),
            *("--log-path", str(self.target / "logs")),
        ]
        environment = dbt_environment(self.settings)
        with ForkedDbt(command, cwd=self.settings.project_dir, env=environment) as process:
            said = process.stdout.read().decode()
        assert process.returncode == 0, said[-3000:]

    def query(self, sql: str) -> list[tuple[str, ...]]:
        with duckdb.connect(str(self.settings.warehouse_path), read_only=True) as con:
            return con.execute(sql).fetchall()

    def forget_all_but_the_registry(self) -> None:
        """Delete the warehouse, and start a new one that holds the registry's log as state."""
        kept = self.settings.home / "log.parquet"
        with duckdb.connect(str(self.settings.warehouse_path)) as con:
            con.execute(f"copy (from {LOG}) to '{kept}' (format parquet)")
        self.settings.warehouse_path.unlink()
        with duckdb.connect(str(self.settings.warehouse_path)) as con:
            con.execute("create schema raw_goldthread")
            con.execute(
                "create table raw_goldthread.state_identity_assignment_log as "
                f"from read_parquet('{kept}')"
            )


def _fill(
    con: duckdb.DuckDBPyConnection,
    table: str,
    file: Path,
    condition: str,
    columns: dict[str, str],
    upside_down: bool,
) -> None:
    wanted = [(row[0], row[1]) for row in con.execute(f"describe {table}").fetchall()]
    source = (
        "(select *, row_number() over () as row_number, "
        "timestamp '2025-12-31' + interval (batch) day as seen_at "
        f"from read_csv('{file}.csv', all_varchar = true, header = true, "
        "types = {'batch': 'integer'}))"
    )
    known = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()}
    expressions = [
        f"cast({(columns | LINEAGE).get(name, name if name in known else 'null')} as {kind})"
        for name, kind in wanted
    ]
    order = "desc" if upside_down else "asc"
    con.execute(f"delete from {table}")
    con.execute(
        f"insert into {table} select {', '.join(expressions)} from {source} as rows "
        f"where {condition} order by row_number {order}"
    )
