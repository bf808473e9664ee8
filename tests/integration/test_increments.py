"""Input that comes bit by bit, in any order, makes the marts that all of it at once makes."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from connectors.sources import load_all
from goldthread.demo_data.generate import PackOptions, generate_pack
from goldthread.settings import Settings
from goldthread.warehouse import begin_run, connect, start_run
from goldthread.warehouse.dbt_process import run_dbt
from tests.integration.arrivals import Arrivals
from tests.published_tables import differences

AS_OF = datetime(2026, 11, 15, 12)

# Ten deliveries take as long as all the other tests of this folder; `make test-long` has them.
LONG = pytest.mark.skipif(not os.environ.get("GOLDTHREAD_LONG_TESTS"), reason="make test-long")

# What is about the way and not about the people: which ids were issued and lost, and when members
# came and went (audience_members has who is in).
HISTORY = {"identity_changes", "customer_id_redirects", "audience_memberships", "current_run"}
# Where a row came from, and surrogate keys that hold a customer_id.
LINEAGE = {"source_file", "row_number", "run_id", "run_number", "membership_id", "review_id"}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack") / "input"
    generate_pack(PackOptions(people=120, seed=11, as_of=AS_OF.isoformat()), folder, processes=1)
    return folder


@pytest.fixture(scope="module")
def at_once(pack: Path, forked_dbt: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _built(pack, tmp_path_factory.mktemp("once"), count=1)


@pytest.mark.parametrize("count", [3, pytest.param(10, marks=LONG)])
def test_increments_make_the_marts_of_one_full_run(
    pack: Path, at_once: Path, tmp_path: Path, count: int
) -> None:
    bit_by_bit = _built(pack, tmp_path, count)
    found = differences(
        at_once, bit_by_bit, ignored_columns=LINEAGE, ignored_tables=HISTORY, by_people=True
    )
    assert not found


def test_one_more_run_without_news_changes_nothing(at_once: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.duckdb"
    before.write_bytes(at_once.read_bytes())
    settings = Settings(home=at_once.parent, input_dir=at_once.parent / "input")
    _step(settings)
    assert not differences(before, at_once, ignored_tables={"current_run"})


def _built(pack: Path, folder: Path, count: int) -> Path:
    """The warehouse after ``count`` deliveries, each loaded and built."""
    settings = Settings(home=folder, input_dir=folder / "input")
    arrivals = Arrivals(pack, settings.input_dir, count, seed=count)
    for number in range(count):
        arrivals.deliver(number)
        _step(settings)
    return settings.warehouse_path


def _step(settings: Settings) -> None:
    is_new = not settings.warehouse_path.exists()
    with connect(settings) as con:
        # Later runs go on without the checks of a whole build, so the state is left as it is.
        run = begin_run(con, settings, AS_OF, "test") if is_new else start_run(con, AS_OF, "test")
    load_all(settings, run)
    # Seeds stay as they are.
    left_out = ("test", "unit_test") if is_new else ("test", "unit_test", "seed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(settings.home / "target"))
        assert run_dbt(settings, ["build", "--exclude-resource-type", *left_out]) == 0
