"""Labelled tables of person records: generated customers, and what a shop does to them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.measure import measure
from goldthread.warehouse.connection import BLOCK_MEMORY, block_memory

GOLDTHREAD = str(Path(sys.executable).with_name("goldthread"))
DBT = str(Path(sys.executable).with_name("dbt"))
PROJECT = Path(__file__).resolve().parents[2]

BEFORE_LINKING = (
    *("+int_identity__exact_pairs", "+int_identity__active_overrides"),
    *("nicknames", "join_limits"),
)

# What a pair of records is scored, clustered and named by.
LINKING = (
    *("int_identity__scored_pairs", "int_identity__exact_edges", "int_identity__edges"),
    *("int_identity__clusters", "int_identity__assignment_log", "customer_source_records"),
)

# Values planted on many records, per thousand people.
SHARED_EMAIL, SHARED_PHONE = 3, 5


def environment(home: Path) -> dict[str, str]:
    """For commands that work on a home of the benchmark's own."""
    return {
        "GOLDTHREAD_HOME": str(home),
        "GOLDTHREAD_INPUT_DIR": str(home / "input"),
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
        "DBT_PROJECT_DIR": str(PROJECT),
        "DBT_PROFILES_DIR": str(PROJECT),
        BLOCK_MEMORY: block_memory(),
    }


def build(name: str, home: Path, models: Sequence[str]) -> tuple[float, float]:
    """Build models in a home; returns wall seconds and peak memory in MiB."""
    command = [DBT, "build", "--exclude-resource-type", "test", "unit_test", "--select", *models]
    done = measure(name, command, environment(home))
    return done.wall_seconds, done.peak_mebibytes


def generated_home(home: Path, people: int, seed: int) -> None:
    """A home with a generated pack loaded and all built that linking needs."""
    pack = [GOLDTHREAD, "demo-data", "--people", str(people), "--seed", str(seed)]
    measure("demo data", [*pack, "--out", str(home / "input")], environment(home))
    as_of = (home / "input" / "_truth" / "as_of.txt").read_text().strip()
    measure("load", [GOLDTHREAD, "load", "--as-of", as_of], environment(home))
    build("records", home, BEFORE_LINKING)


def generated_table(home: Path, table: Path) -> None:
    """Write the home's source records that hold anything to compare, labelled, as Parquet."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        con.execute(
            f"""
            copy (
                select
                    records.source_record_key as record_id,
                    records.first_name, records.last_name, records.birth_date, records.email,
                    records.phone, records.address_line, records.postal_code, records.city,
                    records.country, records.user_id, truth.person_id
                from intermediate.int_identity__source_records as records
                join '{home}/input/_truth/source_records.parquet' as truth
                    using (source, source_record_id)
                where coalesce(records.first_name, records.email, records.phone) is not null
                    and truth.person_id is not null
                order by record_id
            ) to '{table}' (format parquet)
            """
        )


def sparse_table(table: Path, sparse: Path) -> None:
    """30 % of the records keep one identifier only; one mailbox and one phone are everybody's."""
    with duckdb.connect() as con:
        con.execute(f"create table records as select *, hash(record_id) as chance from '{table}'")
        con.execute(
            """
            update records set first_name = null, last_name = null, birth_date = null,
                address_line = null, postal_code = null, city = null, user_id = null,
                phone = case when email is null then phone end
            where chance % 10 < 3 and coalesce(email, phone) is not null
            """
        )
        planted = "(chance // 10) % 1000"
        con.execute(
            "update records set email = 'info@shared.example' "
            f"where chance % 10 >= 3 and {planted} < {SHARED_EMAIL}"
        )
        con.execute(
            "update records set phone = '+12125550123' "
            f"where chance % 10 >= 3 and {planted} between 10 and {9 + SHARED_PHONE}"
        )
        con.execute(
            f"copy (select * exclude (chance) from records order by record_id) to '{sparse}' "
            "(format parquet)"
        )
