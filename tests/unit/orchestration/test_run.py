"""How the outcome of a run is told, on jobs of two assets; the real job is an integration test."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from goldthread.settings import Settings
from goldthread.warehouse import WarehouseBusy
from orchestration.home import Home, RunHome
from orchestration.instance import headless_instance, prepare_dagster_home
from orchestration.progress import Progress, listening, report
from orchestration.run import Failed, RunOutcome, outcome_of


def execute(*assets: dg.AssetsDefinition) -> RunOutcome:
    definitions = dg.Definitions(
        assets=assets, jobs=[dg.define_asset_job("daily", selection=dg.AssetSelection.all())]
    )
    job = definitions.resolve_job_def("daily")
    return outcome_of(job.execute_in_process(raise_on_error=False))


@dg.asset(key=["raw_crm", "contacts"])
def contacts() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows_loaded": 3, "reasons": {"late": 1}})


def test_what_was_made_is_told_with_its_numbers() -> None:
    outcome = execute(contacts)
    assert outcome.is_success
    assert outcome.with_prefix("raw_crm/") == {
        "contacts": {"rows_loaded": 3, "reasons": {"late": 1}}
    }


def test_a_failed_step_gives_the_innermost_reason_and_stops_what_follows() -> None:
    @dg.asset(deps=[contacts])
    def marts() -> None:
        raise WarehouseBusy("held by somebody")

    @dg.asset(deps=[marts])
    def published() -> None:
        pytest.fail("ran after a failure")

    outcome = execute(contacts, marts, published)
    assert not outcome.is_success
    assert outcome.failures == (Failed("marts", "held by somebody", "WarehouseBusy"),)
    assert outcome.with_prefix("published") == {}


def test_an_error_of_ours_is_told_in_its_own_words_whatever_it_came_from() -> None:
    @dg.asset
    def load() -> None:
        try:
            raise OSError("Could not set lock on file")
        except OSError as error:
            raise WarehouseBusy("held by somebody") from error

    assert execute(load).failures == (Failed("load", "held by somebody", "WarehouseBusy"),)


def test_a_failure_raised_for_people_keeps_its_words() -> None:
    @dg.asset
    def transform() -> None:
        raise dg.Failure("Nothing is published: unique_customers failed", allow_retries=False)

    assert execute(transform).failures == (
        Failed("transform", "Nothing is published: unique_customers failed"),
    )


def test_a_failed_blocking_check_is_told_by_name_and_stops_what_follows() -> None:
    @dg.multi_asset_check(
        specs=[dg.AssetCheckSpec("expectations", asset=["raw_crm", "contacts"], blocking=True)]
    )
    def checks() -> Iterator[dg.AssetCheckResult]:
        yield dg.AssetCheckResult(
            passed=False,
            asset_key=["raw_crm", "contacts"],
            check_name="expectations",
            description="contact_id must be unique",
        )

    @dg.asset(deps=[contacts])
    def transform() -> None:
        pytest.fail("ran after a failed check")

    outcome = execute(contacts, checks, transform)
    assert not outcome.is_success
    failed = Failed("raw_crm/contacts: expectations", "contact_id must be unique", is_check=True)
    assert failed in outcome.failures


def test_what_a_check_warns_of_is_told_and_stops_nothing() -> None:
    told: dict[str, dict[str, Any]] = {
        "readable": {"metadata": {"dagster_dbt/failed_row_count": 2}},
        "fresh": {"description": "newest row: 3 days"},
        "met": {},
    }
    asset = dg.AssetKey(["raw_crm", "contacts"])

    @dg.multi_asset_check(specs=[dg.AssetCheckSpec(name, asset=asset) for name in told])
    def checks() -> Iterator[dg.AssetCheckResult]:
        for name, more in told.items():
            yield dg.AssetCheckResult(
                passed=name == "met",
                asset_key=asset,
                check_name=name,
                severity=dg.AssetCheckSeverity.WARN,
                **more,
            )

    outcome = execute(contacts, checks)
    assert (outcome.is_success, outcome.failures) == (True, ())
    assert outcome.warnings == {
        "raw_crm/contacts: readable": "2 rows",
        "raw_crm/contacts: fresh": "newest row: 3 days",
    }


def test_a_sync_that_is_not_set_up_is_told_and_is_no_failure() -> None:
    key = dg.AssetKey(["syncs", "sync_a"])

    @dg.multi_asset(specs=[dg.AssetSpec(key, skippable=True)])
    def sync_a(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
        context.log_event(dg.AssetObservation(key, metadata={"not_set_up": "URL is not set"}))
        yield from ()

    outcome = execute(sync_a)
    assert outcome.is_success
    assert outcome.not_set_up == {"sync_a": "URL is not set"}


def test_progress_reaches_the_listener_and_nobody_else() -> None:
    heard: list[Progress] = []
    report("load", "crm")
    with listening(heard.append):
        report("build", "dbt", 3, 10)
    report("load", "app")
    assert heard == [Progress("build", "dbt", 3, 10)]


def test_dagster_lives_in_the_home_without_telemetry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    settings = Settings(home=tmp_path, input_dir=tmp_path)
    prepare_dagster_home(settings)
    config = yaml.safe_load((settings.dagster_home / "dagster.yaml").read_text())
    assert config["telemetry"] == {"enabled": False}
    with dg.DagsterInstance.get() as instance:
        assert not instance.telemetry_enabled
        assert instance.root_directory == str(settings.dagster_home)


def test_runs_of_the_ui_wait_for_each_other_whichever_way_they_were_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    prepare_dagster_home(Settings(home=tmp_path, input_dir=tmp_path))
    with dg.DagsterInstance.get() as instance:
        queue = instance.get_concurrency_config().run_queue_config
    # A run from the assets' page has no tags of a job's, by which it could be told apart.
    assert queue is not None
    assert queue.max_concurrent_runs == 1


def test_a_headless_run_keeps_nothing_of_dagster_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMPDIR", "DAGSTER_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setattr("tempfile.tempdir", None)
    settings = Settings(home=tmp_path / "home", input_dir=tmp_path)
    definitions = dg.Definitions(
        assets=[contacts], jobs=[dg.define_asset_job("daily", selection=dg.AssetSelection.all())]
    )
    with headless_instance(settings) as instance:
        job = definitions.resolve_job_def("daily")
        assert outcome_of(job.execute_in_process(instance=instance)).is_success
        assert not instance.telemetry_enabled
    assert list(tmp_path.rglob("*")) == []


def test_all_assets_of_a_run_share_one_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    seen: list[datetime] = []

    @dg.asset
    def first(home: dg.ResourceParam[RunHome]) -> None:
        seen.append(home.as_of)

    @dg.asset(deps=[first])
    def second(home: dg.ResourceParam[RunHome]) -> None:
        seen.append(home.as_of)

    assert dg.materialize([first, second], resources={"home": Home()}).success
    assert seen[0] == seen[1]
    home = Home(as_of="2026-11-01T06:00:00+02:00")
    assert dg.materialize([first], resources={"home": home}).success
    assert seen[2] == datetime(2026, 11, 1, 4)
