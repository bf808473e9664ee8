"""What the machine could do at best: plain DuckDB on the same files and events, plain Splink.

Each limit leaves out what Goldthread adds (lineage, quarantine, ids that stay, history), so no run
can reach it; the distance is what to look at.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

# Columns as the loader reads them; the documents stay text.
WEB = {
    **dict.fromkeys(("messageId", "type", "anonymousId", "userId", "event", "name"), "varchar"),
    **dict.fromkeys(("timestamp", "sentAt", "receivedAt"), "varchar"),
    **dict.fromkeys(("properties", "traits", "context"), "json"),
}


def limits(input_dir: Path, warehouse: Path) -> dict[str, float]:
    """Wall seconds of each limit by name, on the input and the warehouse a run has just left."""
    found = {}
    plain: dict[str, Callable[[duckdb.DuckDBPyConnection], None]] = {
        "DuckDB reads the web files": lambda con: _read_web(con, input_dir),
        "DuckDB reads the other text files": lambda con: _read_texts(con, input_dir),
        "DuckDB aggregates the events": lambda con: _aggregate(con, warehouse),
    }
    for name, work in plain.items():
        with duckdb.connect(config={"threads": 2}) as con:
            started = time.perf_counter()
            work(con)
            found[name] = time.perf_counter() - started
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        con.execute(
            "create table records as select source_record_key as unique_id, first_name, last_name, "
            "cast(birth_date as varchar) as birth_date, email, phone, postal_code, address_line "
            "from warehouse.intermediate.int_identity__linkage_records"
        )
        linker = _linker(con)
        found["Splink trains on the records"] = _timed(lambda: _train(linker))
        found["Splink scores and clusters them"] = _timed(lambda: _resolve(linker))
    return found


def _timed(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _read_web(con: duckdb.DuckDBPyConnection, input_dir: Path) -> None:
    con.execute(
        f"create table web as from read_json('{input_dir}/web/*', columns = {WEB}, "
        "format = 'newline_delimited', ignore_errors = true)"
    )


def _read_texts(con: duckdb.DuckDBPyConnection, input_dir: Path) -> None:
    for folder in ("signups", "crm"):
        con.execute(
            f"create table {folder} as from read_csv('{input_dir}/{folder}/*.csv', "
            "all_varchar = true, ignore_errors = true, strict_mode = false, union_by_name = true)"
        )
    for number, files in enumerate(("email/*", "consent/*", "stripe/cust*", "stripe/char*")):
        con.execute(
            f"create table lines_{number} as from read_json('{input_dir}/{files}', "
            "format = 'newline_delimited', ignore_errors = true)"
        )


def _aggregate(con: duckdb.DuckDBPyConnection, warehouse: Path) -> None:
    con.execute(f"attach '{warehouse}' as warehouse (read_only)")
    con.execute("""
        create table sessions as
        with paced as (
            select
                customer_id, anonymous_id, occurred_at, event_type,
                lag(occurred_at) over (partition by anonymous_id order by occurred_at) as previous
            from warehouse.marts.events
        )
        select
            anonymous_id, customer_id, count(*) as event_count, min(occurred_at) as first_at,
            max(occurred_at) as last_at,
            count(*) filter (previous is null or occurred_at > previous + interval 30 minute)
                as session_count
        from paced
        group by 1, 2
    """)


def _linker(con: duckdb.DuckDBPyConnection) -> Any:
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(con)
    return Linker(
        api.register("records"),
        SettingsCreator(
            link_type="dedupe_only",
            comparisons=[
                cl.JaroWinklerAtThresholds("first_name", [0.9, 0.7]),
                cl.JaroWinklerAtThresholds("last_name", [0.9, 0.7]),
                cl.ExactMatch("birth_date"),
                cl.ExactMatch("email"),
                cl.ExactMatch("phone"),
                cl.ExactMatch("postal_code"),
            ],
            blocking_rules_to_generate_predictions=[
                block_on("email"),
                block_on("phone"),
                block_on("last_name", "birth_date"),
                block_on("first_name", "last_name", "postal_code"),
            ],
        ),
        log_level=logging.ERROR,
    )


def _train(linker: Any) -> None:
    from splink import block_on

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker.training.estimate_probability_two_random_records_match(
            [block_on("email"), block_on("phone")], recall=0.7
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
        for rule in (block_on("email"), block_on("last_name", "birth_date")):
            linker.training.estimate_parameters_using_expectation_maximisation(rule)


def _resolve(linker: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scored = linker.inference.predict(threshold_match_probability=0.9)
        linker.clustering.cluster_pairwise_predictions_at_threshold(
            scored, threshold_match_probability=0.95
        )
