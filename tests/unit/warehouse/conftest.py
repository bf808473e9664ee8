"""A home, and a small dbt project with one model that keeps state."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from goldthread.settings import Settings
from goldthread.warehouse import Run, begin_run, connect
from goldthread.warehouse.builds import close_build, open_build
from goldthread.warehouse.dbt_process import target_dir

LOG_YAML = """
models:
  - name: log
    config: {meta: {state: {name: assignment_log, append_only: true}}}
    columns:
      - {name: record, data_type: varchar}
      - {name: run_number, data_type: bigint}
"""

AS_OF = datetime(2026, 11, 1, 6)

# A dbt project named `small` on the home's warehouse, but for its models.
PROJECT = {
    "dbt_project.yml": """
name: small
profile: small
model-paths: [models]
test-paths: [tests/dbt]
flags: {send_anonymous_usage_stats: false}
""",
    "profiles.yml": """
small:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('GOLDTHREAD_HOME') }}/warehouse.duckdb"}
""",
}


def write_project(settings: Settings, files: dict[str, str]) -> None:
    """Write files by their path under the project's folder."""
    for name, text in files.items():
        path = settings.project_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "models" / "_models.yml").write_text(LOG_YAML)
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    (tmp_path / "target").mkdir()
    return Settings(home=tmp_path / "home", input_dir=tmp_path / "input", project_dir=project)


@pytest.fixture
def begin(settings: Settings) -> Callable[[], Run]:
    """Start a run, as ``goldthread load`` does."""

    def start() -> Run:
        with connect(settings) as con:
            return begin_run(con, settings, AS_OF, "load")

    return start


@pytest.fixture
def write_results(tmp_path: Path) -> Callable[..., Path]:
    """Leave a ``run_results.json`` as dbt does; results as {unique id: status}."""

    def write(results: dict[str, str], invocation: str = "one", **args: Any) -> Path:
        path = tmp_path / "target" / "run_results.json"
        content = {
            "metadata": {"invocation_id": invocation},
            "args": {"which": "build", **args},
            "results": [
                {
                    "unique_id": name,
                    "status": status,
                    "message": None if status in ("success", "pass") else "Got 2 results",
                    "failures": 2 if status == "fail" else None,
                    "compiled_code": "select record from intermediate.log where run_number = 1",
                }
                for name, status in results.items()
            ],
        }
        path.write_text(json.dumps(content))
        return path

    return write


@pytest.fixture
def built(
    settings: Settings, begin: Callable[[], Run], write_results: Callable[..., Path]
) -> Callable[..., Run]:
    """Start a run and stand in for its full dbt build: append to the log, make the marts."""

    def build(status: str = "pass", finish: bool = True, kept: Sequence[str] = ()) -> Run:
        run = begin()
        models = {f"model.g.{name}" for name in ("log", "current_run", "customers")} - {*kept}
        # As begin_build does: what stands there afterwards is this build's.
        (target_dir(settings) / "run_results.json").unlink(missing_ok=True)
        with connect(settings) as con:
            number = open_build(con, run, is_full=True, kept=kept)
            stand_in_for_dbt(con, run)
            if finish:
                results = write_results(
                    {**dict.fromkeys(models, "success"), "test.g.log_is_fine.1a": status},
                    f"b{run.run_id}",
                )
                close_build(con, number, results)
        return run

    return build


def stand_in_for_dbt(con: Any, run: Run) -> None:
    for schema in ("intermediate", "marts", "activation"):
        con.execute(f"create schema if not exists {schema}")
    exists = con.execute(
        "select count(*) from information_schema.tables where table_name = 'log'"
    ).fetchone()
    if exists == (0,):
        con.execute("create table intermediate.log as from raw_goldthread.state_assignment_log")
    con.execute(
        "insert into intermediate.log select 'r' || i, ? from range(3) as t(i)", [run.run_number]
    )
    con.execute(
        "create or replace table marts.current_run as select ? as run_id, ? as run_number, "
        "?::timestamp as as_of",
        [run.run_id, run.run_number, run.as_of],
    )
    con.execute("create or replace table marts.customers as select 'c1' as customer_id")
    con.execute("create or replace table activation.members as select 'c1' as customer_id")


def write_manifest(results: Path, *nodes: str) -> None:
    """Leave beside the results what dbt read of a project of these nodes."""
    content = {name: {"resource_type": name.split(".")[0], "config": {}} for name in nodes}
    unit_test = {"unit_test.g.log.works": {"resource_type": "unit_test", "config": {}}}
    results.with_name("manifest.json").write_text(json.dumps({"nodes": content | unit_test}))
