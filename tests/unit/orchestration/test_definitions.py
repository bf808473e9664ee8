"""What Dagster is told matches what the repository holds; nothing is listed by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import dagster as dg
import pytest

from connectors.sources import find_source, source_names
from connectors.sources.checking import RowsRefused
from goldthread.settings import Settings
from orchestration.home import Home

Specs = dict[dg.AssetKey, dg.AssetSpec]


@pytest.fixture(scope="package")
def specs(definitions: dg.Definitions) -> Specs:
    return {spec.key: spec for spec in definitions.resolve_all_asset_specs()}


@pytest.fixture(scope="package")
def manifest(definitions: dg.Definitions) -> dict[str, dict[str, object]]:
    from orchestration.project import MANIFEST

    return MANIFEST


def upstream(specs: Specs, key: dg.AssetKey) -> set[dg.AssetKey]:
    """Everything a key depends on, near and far."""
    found: set[dg.AssetKey] = set()
    waiting = [key]
    while waiting:
        spec = specs.get(waiting.pop())
        new = {dep.asset_key for dep in spec.deps} - found if spec else set()
        found |= new
        waiting += new
    return found


def test_every_raw_table_is_loaded_by_a_step_of_its_source(specs: Specs) -> None:
    raw = {
        dg.AssetKey([f"raw_{name}", table.name])
        for name in source_names()
        for table in find_source(name).tables
    }
    assert raw
    assert raw <= specs.keys()
    runs = dg.AssetKey(["raw_goldthread", "runs"])
    assert all(runs in upstream(specs, key) for key in raw)


def test_every_dbt_source_is_an_asset_somebody_makes(
    specs: Specs, manifest: dict[str, dict[str, dict[str, str]]]
) -> None:
    declared = {
        dg.AssetKey([source["schema"], source["name"]]) for source in manifest["sources"].values()
    }
    assert declared - specs.keys() == set()


def test_publishing_waits_for_every_mart_and_every_raw_table(
    specs: Specs, manifest: dict[str, dict[str, dict[str, str]]]
) -> None:
    before = upstream(specs, dg.AssetKey(["published", "marts"]))
    models = {
        dg.AssetKey([node["schema"], node["name"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in ("marts", "activation")
    }
    assert models <= before
    assert dg.AssetKey(["raw_web", "messages"]) in before


def test_every_sync_is_an_asset_after_publishing(
    specs: Specs, manifest: dict[str, dict[str, dict[str, Any]]]
) -> None:
    exposures = {
        dg.AssetKey(["syncs", exposure["name"]])
        for exposure in manifest["exposures"].values()
        if "sync" in exposure["config"]["meta"]
    }
    synced = {key for key in specs if key.path[0] == "syncs"}
    assert synced == exposures
    for key in synced:
        assert dg.AssetKey(["published", "activation"]) in upstream(specs, key)


def test_the_daily_job_does_all_of_it_one_warehouse_run_at_a_time(
    definitions: dg.Definitions, specs: Specs
) -> None:
    job = definitions.resolve_job_def("daily")
    assert job.tags["warehouse"] == "duckdb"
    assert job.executor_def is dg.in_process_executor
    made = job.asset_layer.executable_asset_keys
    views = {dg.AssetKey(["raw_goldthread", name]) for name in ("quarantined_rows", "value_issues")}
    assert specs.keys() - made == views


def test_the_schedule_runs_the_daily_job_once_somebody_turns_it_on(
    definitions: dg.Definitions,
) -> None:
    schedule = definitions.resolve_schedule_def("daily_schedule")
    assert schedule.job_name == "daily"
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, ""),
        (RuntimeError("failed with exit code `2`. Check the stdout"), ""),
        (
            RuntimeError("exit code `2`.\n\nErrors parsed from dbt logs:\n\nNo node named 'x'."),
            "No node named 'x'.",
        ),
    ],
)
def test_why_dbt_could_not_run_is_told_in_its_own_words(
    definitions: dg.Definitions, error: Exception | None, words: str
) -> None:
    from orchestration.defs.transform import _dbts_words

    invocation = mock.Mock(get_error=lambda: error)
    assert _dbts_words(invocation) == words


def test_a_step_that_is_run_by_itself_publishes_no_rows_that_fail_a_check(
    definitions: dg.Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.defs import publish as step

    looked: list[str] = []

    def refuse(settings: Settings, names: list[str], run: Any) -> None:
        looked.extend(names)
        raise RowsRefused("not as expected")

    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    monkeypatch.setattr(step, "require_passed", lambda _: None)
    monkeypatch.setattr(step, "require_met", refuse)
    monkeypatch.setattr(step, "publish", lambda *_: pytest.fail("published"))
    done = dg.materialize([step.published], resources={"home": Home()}, raise_on_error=False)
    assert not done.success
    assert looked == list(source_names())


def test_a_file_that_no_source_reads_is_a_warning(
    definitions: dg.Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.defs import ingest

    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    monkeypatch.delenv("GOLDTHREAD_INPUT_DIR", raising=False)
    (tmp_path / "input").mkdir()

    def look() -> dg.AssetCheckEvaluation:
        done = dg.materialize([ingest.run], resources={"home": Home()})
        [found] = done.get_asset_check_evaluations()
        return found

    assert look().passed
    (tmp_path / "input" / "contacts.csv").touch()
    found = look()
    assert not found.passed
    assert found.severity is dg.AssetCheckSeverity.WARN
    assert "fits no source: contacts.csv." in str(found.description)
