"""Plain Splink, as its documentation sets it up: comparisons of its library, blocking on pairs of
columns, trained on the table itself, clustered at whichever threshold turns out best."""

from __future__ import annotations

import logging
import warnings
from contextlib import suppress
from itertools import combinations
from typing import TYPE_CHECKING, Any

from goldthread.identity import Evaluation, evaluate

if TYPE_CHECKING:
    import duckdb

THRESHOLDS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999)

# Rules that find more pairs than this are left out: they cost more than they find.
LARGEST_RULE = 3_000_000


def best_clusters(con: duckdb.DuckDBPyConnection, table: str) -> tuple[Evaluation, float]:
    """Resolve ``table`` and measure it at the threshold of the best cluster F1, with hindsight.

    table: record_key, person_id and person columns as text. Returns the measure and the threshold.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = _trained(con, table)
        scored = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
        results = []
        for threshold in THRESHOLDS:
            clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
                scored, threshold_match_probability=threshold
            ).physical_name
            measured = evaluate(
                con,
                f"(select found.cluster_id, records.person_id from {table} as records "
                f"join {clusters} as found using (record_key))",
            )
            results.append((measured.f1, threshold, measured))
    best = max(results, key=lambda result: result[:2])
    return best[2], best[1]


def _trained(con: duckdb.DuckDBPyConnection, table: str) -> Any:
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.internals.exceptions import EMTrainingException

    present = _present(con, table)
    rules = _blocking(con, table, present)
    api = DuckDBAPI(con)
    linker = Linker(
        api.register(table),
        SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="record_key",
            comparisons=[_comparison(column) for column in present],
            blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        ),
        log_level=logging.ERROR,
    )
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in combinations(present[:4], min(3, len(present) - 1))],
        recall=0.8,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
    # What is held fixed teaches nothing: with few columns only one is.
    for rule in combinations(present[:4], 2 if len(present) > 4 else 1):
        # A rule whose pairs agree in everything, or that finds none, teaches nothing.
        with suppress(ValueError, EMTrainingException):
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    return linker


def _present(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The person columns that hold anything, the most telling first."""
    order = ("last_name", "birth_date", "first_name", "email", "phone", "postal_code")
    names = (*order, "address_line", "city")
    counts = con.execute(
        "select " + ", ".join(f"count(distinct {name})" for name in names) + f" from {table}"
    ).fetchone()
    assert counts is not None
    return [name for name, count in zip(names, counts, strict=True) if count > 1]


def _blocking(con: duckdb.DuckDBPyConnection, table: str, present: list[str]) -> list[list[str]]:
    """Every column by itself where that is cheap, every two of them where it is not."""
    rules = []
    for rule in [[name] for name in present] + [list(two) for two in combinations(present, 2)]:
        filled = " and ".join(f"{name} is not null" for name in rule)
        row = con.execute(
            f"select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) as n from {table} "
            f"where {filled} group by {', '.join(rule)})"
        ).fetchone()
        assert row is not None
        if row[0] <= LARGEST_RULE and not any(set(known) < set(rule) for known in rules):
            rules.append(rule)
    return rules


def _comparison(column: str) -> Any:
    import splink.comparison_library as library

    if column in ("first_name", "last_name"):
        return library.NameComparison(column)
    if column == "birth_date":
        return library.DateOfBirthComparison(column, input_is_string=True)
    if column == "email":
        return library.EmailComparison(column)
    if column in ("postal_code", "phone"):
        return library.LevenshteinAtThresholds(column, [1, 2])
    return library.JaroWinklerAtThresholds(column, [0.95, 0.88])
