"""Splink settings as training starts from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goldthread.identity.comparisons import LEVELS, MISSING, TERM_FREQUENCIES, Level
from goldthread.identity.places import MISSING_PLACES


def starting_settings(levels: Mapping[str, list[Level]] = LEVELS) -> dict[str, Any]:
    """Splink settings with these levels of each comparison, untrained."""
    return {
        "link_type": "dedupe_only",
        "sql_dialect": "duckdb",
        "unique_id_column_name": "id",
        "probability_two_random_records_match": 1e-4,
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "em_convergence": 0.0001,
        "max_iterations": 50,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [_comparison(name, each) for name, each in levels.items()],
    }


def _comparison(name: str, compared: list[Level]) -> dict[str, Any]:
    missing = (MISSING | MISSING_PLACES)[name]
    levels: list[dict[str, Any]] = [
        {"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}
    ]
    for position, (label, condition, m, u) in enumerate(compared):
        level: dict[str, Any] = {
            "sql_condition": condition,
            "label_for_charts": label,
            "m_probability": m,
            "u_probability": u,
        }
        if position == 0 and name in TERM_FREQUENCIES:
            level["tf_adjustment_column"] = TERM_FREQUENCIES[name]
            level["tf_adjustment_weight"] = 1.0
        levels.append(level)
    return {"output_column_name": name, "comparison_levels": levels}
