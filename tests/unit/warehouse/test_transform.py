"""One real dbt build of a project of three files: what passes, what fails, and how it is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import psutil
import pytest

from goldthread.settings import Settings
from goldthread.warehouse import BuildFailed, Run, begin_run, connect, dbt_process
from goldthread.warehouse.builds import Standing
from goldthread.warehouse.dbt_events import NodeDone
from goldthread.warehouse.dbt_process import (
    dbt_ahead,
    ensure_manifest,
    manifest_path,
    run_dbt,
    target_dir,
)
from goldthread.warehouse.errors import NothingSelected, WarehouseBusy
from goldthread.warehouse.transform import build, judge

from .conftest import AS_OF, PROJECT, write_project

pytestmark = pytest.mark.usefixtures("forked_dbt")

FILES = {
    **PROJECT,
    "models/_models.yml": """
sources:
  - name: raw_goldthread
    tables: [{name: runs}, {name: state_assignment_log}]
models:
  - name: log
    config:
      materialized: incremental
      full_refresh: false
      meta: {state: {name: assignment_log, append_only: true}}
    columns:
      - {name: record, data_type: varchar}
      - {name: run_number, data_type: bigint}
""",
    "models/current_run.sql": "select 1 as one",
    "models/log.sql": """
{% if not is_incremental() %}
from {{ source('raw_goldthread', 'state_assignment_log') }} union all
{% endif %}
select
    'r' || i as record,
    (select max(run_number) from {{ source('raw_goldthread', 'runs') }}) as run_number
from range(3) as t(i)
""",
    "tests/dbt/assert_runs_are_few.sql": "select * from {{ ref('log') }} where run_number > 1",
}


@pytest.fixture
def project(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DBT_PROFILES_DIR", str(settings.project_dir))
    monkeypatch.setenv("DBT_LOG_PATH", str(settings.home / "logs"))
    write_project(settings, FILES)
    return settings


def begin(settings: Settings) -> Run:
    with connect(settings) as con:
        return begin_run(con, settings, AS_OF, "load")


def waiting_dbts() -> list[psutil.Process]:
    children = psutil.Process().children()
    for child in children:
        # For an instant after its start a process has no command line.
        while not child.cmdline() and child.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
    return [child for child in children if "goldthread.warehouse.dbt_ahead" in child.cmdline()]


def test_a_build_exports_state_and_a_failed_check_is_told_with_rows(project: Settings) -> None:
    begin(project)
    seen: list[NodeDone] = []
    report = build(project, on_node=seen.append)
    assert report.counts == {"success": 2, "pass": 1}
    assert report.state_rows == {"runs": 1, "assignment_log": 3}
    assert [(node.position, node.total) for node in seen] == [(1, 3), (2, 3), (3, 3)]
    assert judge(project).standing is Standing.PASSED

    begin(project)
    ensure_manifest(project)
    with dbt_ahead(project):
        (waiting,) = waiting_dbts()
        failed = build(project)
        assert not waiting.is_running()
    assert failed.state_rows == {}
    (failure,) = failed.failures
    assert failure.name == "assert_runs_are_few"
    assert failure.failing_row_count == 3
    assert failure.columns == ("record", "run_number")
    assert sorted(failure.rows) == [("r0", 2), ("r1", 2), ("r2", 2)]
    assert judge(project).standing is Standing.FAILED


def test_whoever_told_dbt_which_warnings_are_errors_is_not_contradicted(
    project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_WARN_ERROR", "true")
    begin(project)
    with pytest.raises(NothingSelected):
        build(project, select=["log", "logs"])
    assert build(project, select=["log"]).counts == {"success": 1, "pass": 1}


@pytest.mark.parametrize(
    ("name", "value"),
    [("DBT_EMPTY", "1"), ("DBT_RESOURCE_TYPES", "model"), ("DBT_EXCLUDE_RESOURCE_TYPES", "test")],
)
def test_a_full_build_is_full_whatever_the_environment_tells_dbt(
    project: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    begin(project)
    assert build(project).counts == {"success": 2, "pass": 1}
    with connect(project) as con:
        assert con.execute("select count(*) from main.current_run").fetchone() == (1,)
        assert con.execute("select count(run_number) from main.log").fetchone() == (3,)


@pytest.mark.parametrize("select", [["logs"], ["log", "logs+"], ["log log,logs"]])
def test_a_selector_that_selects_nothing_is_named_before_anything_is_built(
    project: Settings, select: list[str]
) -> None:
    begin(project)
    build(project)
    results = target_dir(project) / "run_results.json"
    before = results.read_bytes()
    seen: list[NodeDone] = []
    wrong = re.escape(select[-1].split(" ")[-1])
    with pytest.raises(NothingSelected, match=f"^{wrong} selects nothing in the project"):
        build(project, select=select, on_node=seen.append)
    assert seen == []
    # It could be published before, and still can.
    assert judge(project).standing is Standing.PASSED
    assert results.read_bytes() == before
    assert build(project, select=["log", "current_run"]).counts == {"success": 2, "pass": 1}


def test_a_project_is_parsed_once_while_something_else_begins(
    project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = dbt_process._parse
    parsed: list[Settings] = []

    def count(settings: Settings) -> None:
        parsed.append(settings)
        parse(settings)

    monkeypatch.setattr(dbt_process, "_parse", count)
    begin(project)
    with dbt_ahead(project):
        assert ensure_manifest(project).exists()
        assert build(project).counts == {"success": 2, "pass": 1}
    assert len(parsed) == 1
    assert waiting_dbts() == []


def test_a_project_that_cannot_be_parsed_ahead_is_told_when_it_is_needed(project: Settings) -> None:
    (project.project_dir / "models" / "log.sql").write_text("from {{ ref('nothing') }}")
    with dbt_ahead(project), pytest.raises(BuildFailed, match="nothing"):
        ensure_manifest(project)
    assert waiting_dbts() == []


def test_a_dbt_started_ahead_is_no_obstacle(project: Settings) -> None:
    begin(project)
    ensure_manifest(project)
    with dbt_ahead(project):
        (unneeded,) = waiting_dbts()
    assert not unneeded.is_running()
    with dbt_ahead(project):
        (killed,) = waiting_dbts()
        killed.kill()
        killed.wait()
        assert build(project).counts == {"success": 2, "pass": 1}


def test_a_project_that_cannot_be_parsed_is_told_in_dbts_words(project: Settings) -> None:
    (project.project_dir / "models" / "log.sql").write_text("from {{ ref('nothing') }}")
    with pytest.raises(BuildFailed, match="nothing"):
        ensure_manifest(project)


@pytest.mark.parametrize("limit", ["", "half", "50%"])
def test_a_memory_limit_that_is_none_is_told_by_its_name(
    project: Settings, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setenv("GOLDTHREAD_MEMORY_LIMIT", limit)
    with pytest.raises(BuildFailed, match=f"GOLDTHREAD_MEMORY_LIMIT is '{limit}'; .* such as 6GiB"):
        build(project)


def test_a_build_under_the_target_that_reads_is_refused_before_anything_is_undone(
    project: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(project)
    build(project)
    with monkeypatch.context() as shell, pytest.raises(BuildFailed, match="unset DBT_TARGET"):
        shell.setenv("DBT_TARGET", "published")
        build(project)
    assert judge(project).standing is Standing.PASSED


def test_incremental_models_are_built_anew_after_a_change_to_the_project(
    project: Settings,
) -> None:
    (project.project_dir / "tests/dbt/assert_runs_are_few.sql").unlink()
    model = project.project_dir / "models" / "grown.sql"

    def rows_after_building(text: str) -> list[tuple[int]]:
        # Reads what is new in every run; else it would be left out.
        source = " from {{ source('raw_goldthread', 'runs') }} limit 1"
        model.write_text("{{ config(materialized='incremental') }}" + text + source)
        begin(project)
        assert not build(project).failures
        with connect(project) as con:
            return con.execute("select factor from grown").fetchall()

    assert rows_after_building("select 1 as factor") == [(1,)]
    assert rows_after_building("select 1 as factor") == [(1,), (1,)]
    assert rows_after_building("select 2 as factor") == [(2,)]


@pytest.mark.parametrize("select", [(), ("grown",)])
def test_code_that_is_put_back_after_a_failed_or_partial_build_builds_anew(
    project: Settings, select: tuple[str, ...]
) -> None:
    (project.project_dir / "tests/dbt/assert_runs_are_few.sql").unlink()
    check = project.project_dir / "tests/dbt/assert_factor_is_one.sql"
    check.write_text("select * from {{ ref('grown') }} where factor <> 1")
    model = project.project_dir / "models" / "grown.sql"

    def built(factor: int, *select: str) -> bool:
        source = " from {{ source('raw_goldthread', 'runs') }} limit 1"
        head = "{{ config(materialized='incremental') }} "
        model.write_text(f"{head}select {factor} as factor{source}")
        begin(project)
        return not build(project, select=select).failures

    assert built(1)
    assert not built(2, *select)
    # What stands there now is another code's, though the last one that passed is this one.
    assert built(1)
    with connect(project) as con:
        assert con.execute("select factor from grown").fetchall() == [(1,)]


@pytest.mark.parametrize(("command", "kept"), [("build", [(1,)]), ("compile", [(1,), (1,)])])
def test_code_that_is_put_back_after_somebodys_own_build_builds_anew(
    project: Settings, command: str, kept: list[tuple[int]]
) -> None:
    (project.project_dir / "tests/dbt/assert_runs_are_few.sql").unlink()
    model = project.project_dir / "models" / "grown.sql"

    def write(factor: int) -> None:
        source = " from {{ source('raw_goldthread', 'runs') }} limit 1"
        head = "{{ config(materialized='incremental') }} "
        model.write_text(f"{head}select {factor} as factor{source}")

    write(1)
    begin(project)
    assert not build(project).failures
    write(2)
    assert run_dbt(project, [command]) == 0
    write(1)
    begin(project)
    assert not build(project).failures
    # Only what may have made tables casts doubt on them.
    with connect(project) as con:
        assert con.execute("select factor from grown").fetchall() == kept


@pytest.fixture
def parsed(project: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Counts the dbt processes ``ensure_manifest`` starts, and stands in for them."""
    started: list[list[str]] = []

    def run(settings: Settings, arguments: list[str], **_: object) -> int:
        started.append(arguments)
        manifest_path(settings).write_text("{}")
        return 0

    monkeypatch.setattr("goldthread.warehouse.dbt_process.run_dbt", run)

    def count() -> int:
        ensure_manifest(project)
        return len(started)

    return count


def test_the_manifest_is_parsed_once_and_again_when_a_model_changed(
    project: Settings, parsed: Callable[[], int]
) -> None:
    assert parsed() == 1
    assert parsed() == 1
    model = project.project_dir / "models" / "log.sql"
    os.utime(model)
    assert parsed() == 1
    model.write_text(model.read_text() + "\n")
    # Older than the manifest, as a file from an archive may be.
    os.utime(model, (1, 1))
    assert parsed() == 2
    assert parsed() == 2
    model.unlink()
    assert parsed() == 3


def test_a_dbt_that_found_the_warehouse_held_is_told_as_such(settings: Settings) -> None:
    said = "Runtime Error\\n  IO Error: Could not set lock on file: held in python (PID 7)"

    def start(_: Settings, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        code = f"print('{said}'); raise SystemExit(2)"
        return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)

    with pytest.raises(WarehouseBusy, match=r"in use by another process: .*PID 7"):
        run_dbt(settings, ["build"], start=start)


@pytest.mark.parametrize("files", [("a.yml", "b.yaml"), ("a.yml", "a.yml")])
def test_two_exposures_of_one_name_are_told_with_both_places(
    project: Settings, parsed: Callable[[], int], files: tuple[str, str]
) -> None:
    texts = dict.fromkeys(files, "exposures:")
    for number, name in enumerate(files):
        texts[name] += f"\n  - type: application\n    name: sync_crm\n    label: {number}"
    for name, text in texts.items():
        (project.project_dir / "models" / name).write_text(text)
    places = re.findall(r"models/(.)\.ya?ml, line (\d)", str(_refused(parsed)))
    assert places == ([("a", "3"), ("b", "3")] if len(texts) == 2 else [("a", "3"), ("a", "6")])
    # Nor is it forgotten when the project is looked at again.
    assert "the name sync_crm, and dbt keeps one" in str(_refused(parsed))
    (project.project_dir / "models" / files[1]).unlink()
    assert parsed() > 0


def _refused(parsed: Callable[[], int]) -> BuildFailed:
    with pytest.raises(BuildFailed) as caught:
        parsed()
    return caught.value
