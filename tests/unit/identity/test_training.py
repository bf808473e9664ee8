"""What training makes of data that could mislead it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from goldthread.identity import score_pairs, train
from goldthread.identity.mixture import without_matches
from goldthread.identity.starting import starting_settings
from tests.unit.identity.conftest import linkage_records, pairs_table

NAMES = ("Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gina", "Hugo", "Ida", "Jan")


def duplicated(people: int, copies: int) -> dict[str, dict[str, Any]]:
    """Each person several times, every other record with another letter in the surname."""
    return {
        f"{n:03}-{copy}": {
            "first_name": NAMES[n % 10],
            "last_name": f"{NAMES[n // 10 % 10]}{n}ton" + ("e" if copy % 2 else ""),
            "birth_date": f"{1940 + n % 60}-{1 + n % 12:02}-{1 + n % 28:02}",
        }
        for n in range(people)
        for copy in range(copies)
    }


def test_matches_do_not_pass_for_chance() -> None:
    observed = np.array([0.999, 0.001])
    left = without_matches(observed, person=np.array([0.1, 0.9]), share=0.001, pairs=1e6)
    assert left[1] == pytest.approx(0.0001, rel=0.01)
    assert left.sum() == pytest.approx(1.0)


def test_no_chance_falls_below_its_sampling_error() -> None:
    observed = np.array([0.9999, 0.0001])
    left = without_matches(observed, person=np.array([0.0, 1.0]), share=0.001, pairs=1e6)
    assert left[1] == pytest.approx(10 / 1e6, rel=0.01)


def test_a_birth_date_stays_strong_evidence_where_everybody_is_there_twice(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    model = train(linkage_records(duplicated(400, 3)), nicknames, con)
    same = next(level for level in model.levels["birth_date"] if level.label == "same")
    # One pair in 1,200 random ones is a match, and one in 22,000 strangers shares a birth date.
    assert same.bits > 12


def test_a_seed_gives_one_model_and_its_charts(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, tmp_path: Path
) -> None:
    records = linkage_records(duplicated(40, 2))
    folders = tmp_path / "first", tmp_path / "second"
    models = [train(records, nicknames, con, charts=folder) for folder in folders]
    assert models[0] == models[1]
    charts = {path.name: path.read_bytes() for path in folders[0].iterdir()}
    assert charts.keys() == {
        *("match_weights.svg", "m_u_parameters.svg"),
        *("parameter_estimates.svg", "unlinkables.svg"),
    }
    assert charts == {path.name: path.read_bytes() for path in folders[1].iterdir()}
    assert b"birth_date" in charts["match_weights.svg"]
    assert all(chart.startswith(b"<svg") for chart in charts.values())


def test_a_table_of_people_elsewhere_changes_nothing(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, tmp_path: Path
) -> None:
    records = linkage_records(duplicated(40, 2))
    alone = train(records, nicknames, con)
    # Scoring keeps one of this name, and a project may have its own.
    con.execute("create schema kept; create table kept.people (id bigint, shoe_size double)")
    assert train(records, nicknames, con, charts=tmp_path) == alone


def test_a_handful_of_records_leaves_the_starting_values(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    model = train(linkage_records(duplicated(3, 2)), nicknames, con, temper=0.0)
    start = starting_settings()["comparisons"]
    for trained, first in zip(model.settings["comparisons"], start, strict=True):
        for level, begun in zip(
            trained["comparison_levels"], first["comparison_levels"], strict=True
        ):
            if not level.get("is_null_level"):
                assert level["u_probability"] == pytest.approx(begun["u_probability"], abs=0.02)


@pytest.mark.parametrize("is_thorough", [True, False])
def test_a_table_in_which_no_pair_is_worth_comparing_has_a_model(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table, is_thorough: bool
) -> None:
    """More records of one name than every pair of them is looked at for."""
    records = linkage_records(
        {f"{n:03}": {"first_name": "Ada", "last_name": "Moss"} for n in range(900)}
    )
    model = train(records, nicknames, con, is_thorough=is_thorough)
    assert score_pairs(records, pairs_table([]), nicknames, con, model).fetchall() == []


def test_a_rare_name_is_weighed_as_such_only_where_it_does_not_leave_the_data(
    con: duckdb.DuckDBPyConnection, nicknames: pa.Table
) -> None:
    records = linkage_records(duplicated(40, 2) | {"rare": {"last_name": "Zorn"}})
    surnames = [
        train(records, nicknames, con, is_thorough=thorough).term_frequencies["family_name"]
        for thorough in (False, True)
    ]
    assert ["zorn" in each for each in surnames] == [False, True]
