"""Training the model off-line, without labels."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from goldthread.identity.comparisons import TERM_FREQUENCIES, starting_settings
from goldthread.identity.model import LinkageModel
from goldthread.identity.people import prepare_people
from goldthread.identity.workspace import adopt, quiet_splink, scratch

if TYPE_CHECKING:
    import duckdb

# A name must be borne by this many records before its frequency may leave the data.
LEAST_BEARERS = 5

# Fewer pairs than this teach nothing.
LEAST_PAIRS = 200

# Share of the starting value in each parameter.
TEMPER = 0.2

# What is held fixed while the rest is estimated: each session estimates all other comparisons.
SESSIONS = (
    "l.given_first = r.given_first and l.family_name = r.family_name",
    "l.birth_date = r.birth_date",
    "l.email = r.email",
    "l.phone = r.phone",
)


def train(records: Any, nicknames: Any, session: Any, seed: int = 1) -> LinkageModel:
    """Estimate the model's parameters from person records by expectation maximisation.

    records: int_identity__linkage_records. seed: of the random pairs u is estimated from.
    The same records and seed give the same model.
    """
    with scratch(session) as cursor:
        adopt(cursor, "records", records)
        adopt(cursor, "nicknames", nicknames)
        prepare_people(cursor, "records", "nicknames")
        settings = _estimate(cursor, seed)
        frequencies = {
            column: _frequencies(cursor, column) for column in TERM_FREQUENCIES.values()
        }
        row = cursor.execute("select count(*) from people").fetchone()
    assert row is not None
    return LinkageModel(settings, frequencies, {"people": row[0], "seed": seed})


def _estimate(cursor: duckdb.DuckDBPyConnection, seed: int) -> dict[str, Any]:
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(cursor)
    with quiet_splink():
        linker = Linker(api.register("people"), starting_settings(), log_level=logging.ERROR)
        linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=seed)
        for rule in SESSIONS:
            if _pair_count(cursor, rule) >= LEAST_PAIRS:
                linker.training.estimate_parameters_using_expectation_maximisation(rule)
        settings: dict[str, Any] = linker.misc.save_model_to_json()
    return _tempered(settings)


def _pair_count(cursor: duckdb.DuckDBPyConnection, rule: str) -> int:
    row = cursor.execute(
        f"select count(*) from people as l join people as r on {rule} and l.id < r.id"
    ).fetchone()
    assert row is not None
    return int(row[0])


def _tempered(settings: dict[str, Any]) -> dict[str, Any]:
    """Draw each estimate a little towards its starting value.

    No data shows every kind of mistake: a level that training never met would get an impossible
    weight, and a clean training set would make the model trust a difference too much.
    """
    starting = {c["output_column_name"]: c for c in starting_settings()["comparisons"]}
    for comparison in settings["comparisons"]:
        levels = comparison["comparison_levels"][1:]
        starts = starting[comparison["output_column_name"]]["comparison_levels"][1:]
        for key in ("m_probability", "u_probability"):
            mixed = [
                (1 - TEMPER) * level.get(key, start[key]) + TEMPER * start[key]
                for level, start in zip(levels, starts, strict=True)
            ]
            for level, value in zip(levels, mixed, strict=True):
                level[key] = float(f"{value / sum(mixed):.4g}")
    return settings


def _frequencies(cursor: duckdb.DuckDBPyConnection, column: str) -> dict[str, float]:
    """Share of people by value, for values that enough of them bear."""
    rows = cursor.execute(
        f"select {column}, count(*) / (select count({column}) from people) from people "
        f"where {column} is not null group by 1 having count(*) >= {LEAST_BEARERS} order by 1"
    ).fetchall()
    return {value: float(f"{share:.3g}") for value, share in rows}
