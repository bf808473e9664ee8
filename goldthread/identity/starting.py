"""Splink settings as training starts from them, and as they are drawn back towards that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from goldthread.identity.comparisons import FIXED_U, LEVELS, MISSING, TERM_FREQUENCIES, Level
from goldthread.identity.model import is_missing
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


def drawn_to_start(
    settings: dict[str, Any], starting: dict[str, Any], m_from_start: float, u_from_start: float
) -> dict[str, Any]:
    """The settings with each probability drawn towards its starting value, changed in place.

    m_from_start, u_from_start: share of the starting value in m and in u.
    """
    for comparison, start in zip(settings["comparisons"], starting["comparisons"], strict=True):
        both = zip(comparison["comparison_levels"], start["comparison_levels"], strict=True)
        pairs = [(level, first) for level, first in both if not is_missing(level)]
        for key, share_of_start in (
            ("m_probability", m_from_start),
            ("u_probability", u_from_start),
        ):
            name = comparison["output_column_name"]
            mixed = [
                _drawn(level, first, key, 1.0 if _is_fixed(name, first, key) else share_of_start)
                for level, first in pairs
            ]
            for (level, _), value in zip(pairs, mixed, strict=True):
                level[key] = float(f"{value / sum(mixed):.4g}")
    return settings


def _is_fixed(comparison: str, level: dict[str, Any], key: str) -> bool:
    return key == "u_probability" and (comparison, level["label_for_charts"]) in FIXED_U


def _drawn(level: dict[str, Any], first: dict[str, Any], key: str, share_of_start: float) -> float:
    return float((1 - share_of_start) * level.get(key, first[key]) + share_of_start * first[key])
