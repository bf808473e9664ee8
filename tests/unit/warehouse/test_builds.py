from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from goldthread.settings import Settings
from goldthread.warehouse import BuildFailed, NothingLoaded, Run, connect
from goldthread.warehouse.builds import Audit, Standing, audit, close_build, open_build
from goldthread.warehouse.others import adopt_build

from .conftest import stand_in_for_dbt, write_manifest

Write = Callable[..., Path]


def standing(settings: Settings) -> Audit:
    with connect(settings) as con:
        return audit(con)


def run_part(settings: Settings, run: Run, results: Path, is_full: bool = False) -> None:
    with connect(settings) as con:
        close_build(con, open_build(con, run, is_full=is_full), results)


def test_nothing_is_judged_before_the_first_load(settings: Settings) -> None:
    with pytest.raises(NothingLoaded, match="goldthread load"):
        standing(settings)


def test_a_run_that_was_only_loaded_is_not_built(
    settings: Settings, begin: Callable[[], Run]
) -> None:
    begin()
    assert standing(settings).standing is Standing.NOT_BUILT


def test_a_build_that_was_killed_is_unfinished(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built(finish=False)
    assert standing(settings).standing is Standing.UNFINISHED


def test_a_new_load_makes_the_last_build_old(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run]
) -> None:
    built()
    assert standing(settings).standing is Standing.PASSED
    begin()
    assert standing(settings).standing is Standing.NOT_BUILT


def test_a_failed_check_is_named_and_what_was_skipped_for_it_is_not(
    settings: Settings, begin: Callable[[], Run], write_results: Write
) -> None:
    run = begin()
    results = {"test.g.unique_log.1a": "fail", "model.g.customers": "skipped"}
    run_part(settings, run, write_results(results), is_full=True)
    verdict = standing(settings)
    assert verdict.standing is Standing.FAILED
    assert [node.name for node in verdict.failed] == ["unique_log"]
    assert verdict.failed[0].compiled_sql is not None


def test_building_only_what_failed_again_mends_the_run(
    settings: Settings, begin: Callable[[], Run], write_results: Write
) -> None:
    run = begin()
    first = {"model.g.a": "success", "test.g.a_fine.1": "fail", "model.g.b": "skipped"}
    run_part(settings, run, write_results(first, "one"), is_full=True)
    second = {"model.g.a": "success", "test.g.a_fine.1": "pass", "model.g.b": "success"}
    run_part(settings, run, write_results(second, "two"))
    assert standing(settings).standing is Standing.PASSED


def test_parts_alone_are_no_build(
    settings: Settings, begin: Callable[[], Run], write_results: Write
) -> None:
    run = begin()
    run_part(settings, run, write_results({"model.g.a": "success"}))
    assert standing(settings).standing is Standing.UNFINISHED


def test_a_plain_dbt_build_counts_once_it_built_the_current_run(
    settings: Settings, begin: Callable[[], Run], write_results: Write
) -> None:
    run = begin()
    results = write_results({"model.g.current_run": "success", "model.g.log": "success"}, "plain")
    write_manifest(results, "model.g.current_run", "model.g.log")
    with connect(settings) as con:
        assert not adopt_build(con, results)
        stand_in_for_dbt(con, run)
        assert adopt_build(con, results)
        assert not adopt_build(con, results)
    assert standing(settings).standing is Standing.PASSED


def test_a_plain_dbt_build_of_a_selection_is_no_full_build(
    settings: Settings, begin: Callable[[], Run], write_results: Write
) -> None:
    run = begin()
    with connect(settings) as con:
        stand_in_for_dbt(con, run)
        adopt_build(con, write_results({"model.g.current_run": "success"}, select=["current_run"]))
    assert standing(settings).standing is Standing.UNFINISHED


@pytest.mark.parametrize("left_out", ["test.g.log_is_fine.1a", "model.g.customers", "seed.g.rules"])
def test_a_plain_dbt_build_without_its_tests_is_no_full_build(
    settings: Settings, begin: Callable[[], Run], write_results: Write, left_out: str
) -> None:
    """``dbt build --exclude-resource-type test`` was published, and nothing had been checked."""
    run = begin()
    results = write_results({"model.g.current_run": "success"}, exclude_resource_types=["test"])
    write_manifest(results, "model.g.current_run", left_out)
    with connect(settings) as con:
        stand_in_for_dbt(con, run)
        assert adopt_build(con, results)
    assert standing(settings).standing is Standing.UNFINISHED


def test_results_that_dbt_was_killed_over_are_no_results(
    settings: Settings, begin: Callable[[], Run], write_results: Callable[..., Path]
) -> None:
    run = begin()
    path = write_results({"model.g.current_run": "success"})
    path.write_text(path.read_text()[:100])
    with connect(settings) as con:
        stand_in_for_dbt(con, run)
        assert not adopt_build(con, path)
        with pytest.raises(BuildFailed, match="without results"):
            close_build(con, open_build(con, run, is_full=True), path)
        assert audit(con).standing is Standing.UNFINISHED
