"""``goldthread identity evaluate`` on the scenarios, at their threshold and at others."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from goldthread.cli import main
from tests.identity_scenarios.conftest import Built


def evaluated(built: Built, data: Path, picture: Path, *options: str) -> dict[str, object]:
    """The figures, with the scenarios' own expectation as the truth."""
    truth = picture.with_name("truth.parquet")
    with (data / "expected.csv").open(encoding="utf-8") as file, duckdb.connect() as con:
        rows = [
            (row["source"], row["record_id"], f"{row['scenario']} {row['after_4']}")
            for row in csv.DictReader(file)
            if row["after_4"]
        ]
        con.execute("create table truth (source text, source_record_id text, person_id text)")
        con.executemany("insert into truth values (?, ?, ?)", rows)
        con.execute(f"copy truth to '{truth}' (format parquet)")
    arguments = ["--truth", str(truth), "--picture", str(picture), "--json", *options]
    done = CliRunner().invoke(
        main,
        ["identity", "evaluate", *arguments],
        env={"GOLDTHREAD_HOME": str(built.home.settings.home)},
    )
    assert done.exit_code == 0, done.output
    document: dict[str, object] = json.loads(done.stdout)
    return document


def test_the_sweep_is_drawn_where_it_is_asked_for(built: Built, data: Path, tmp_path: Path) -> None:
    figures = evaluated(built, data, tmp_path / "thresholds.svg")
    assert (figures["f1"], figures["b_cubed_f1"], figures["largest_cluster"]) == (1, 1, 6)
    # The bridge is a link, though not followed.
    assert 0.9 < float(str(figures["pairwise_precision"])) < 1
    sweep = figures["sweep"]
    assert isinstance(sweep, list)
    # The strictest threshold loses what only details join, the laxest takes nothing away.
    assert sweep[-1]["recall"] < 1 <= sweep[0]["recall"]
    assert "f1" in (tmp_path / "thresholds.svg").read_text()


def test_without_a_sweep_nothing_is_drawn(built: Built, data: Path, tmp_path: Path) -> None:
    figures = evaluated(built, data, tmp_path / "none.svg", "--no-sweep")
    assert "sweep" not in figures
    assert not (tmp_path / "none.svg").exists()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("crm", "nobody", 1)], "names no source record"),
        ([], "names no source record"),
        ([("crm", "simple-2", 1), ("crm", "simple-2", 2)], "crm/simple-2 that it is 2 persons"),
        ([("crm", "simple-2", 1), ("crm", "simple-2", 1), ("crm", "nobody", None)], ""),
        ([("crm", 7, 1)], "names no source record"),
    ],
)
def test_a_truth_says_something_of_the_warehouse(
    built: Built, tmp_path: Path, rows: list[tuple[str, str | int, int | None]], says: str
) -> None:
    truth = tmp_path / "truth.parquet"
    kind = "integer" if any(isinstance(row[1], int) for row in rows) else "text"
    with duckdb.connect() as con:
        con.execute(f"create table t (source text, source_record_id {kind}, person_id integer)")
        for row in rows:
            con.execute("insert into t values (?, ?, ?)", row)
        con.execute(f"copy t to '{truth}' (format parquet)")
    done = CliRunner().invoke(
        main,
        ["identity", "evaluate", "--truth", str(truth), "--no-sweep", "--json"],
        env={"GOLDTHREAD_HOME": str(built.home.settings.home)},
    )
    assert says in done.output
    assert (done.exit_code == 0) == (not says)
    if not says:
        assert json.loads(done.stdout)["records"] == 1
