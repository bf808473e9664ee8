"""How a relation takes the place of its former self, built by dbt in a project of its own."""

from __future__ import annotations

import pytest

from goldthread.settings import PROJECT_DIR, Settings
from goldthread.warehouse import begin_run, connect
from goldthread.warehouse.transform import build

from .conftest import AS_OF, PROJECT, write_project

pytestmark = pytest.mark.usefixtures("forked_dbt")

MACROS = {
    path.relative_to(PROJECT_DIR).as_posix(): path.read_text()
    for path in (PROJECT_DIR / "macros" / "materializations").glob("*.sql")
}
RUNS = "{{ source('raw_goldthread', 'runs') }}"
YAML = "sources: [{name: raw_goldthread, tables: [{name: runs}]}]"
HOOKS = "post_hook='create or replace table hooked as from {{ this }}'"
PYTHON = """
def model(dbt, session):
    dbt.config(materialized="table")
    return dbt.source("raw_goldthread", "runs").aggregate("3 as value, count(*) as runs")
"""


@pytest.fixture
def project(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DBT_PROFILES_DIR", str(settings.project_dir))
    monkeypatch.setenv("DBT_LOG_PATH", str(settings.home / "logs"))
    write_project(settings, {**PROJECT, **MACROS, "models/_models.yml": YAML})
    return settings


def sql(materialized: str, value: str) -> str:
    config = f"{{{{ config(materialized='{materialized}', {HOOKS}) }}}}"
    return f"{config} select {value} as value, count(*) as runs from {RUNS}"


def built(project: Settings, name: str, text: str) -> list[tuple[str, str, int]]:
    """Build the model; what stands in the warehouse then: name, type and value, in order."""
    for former in (project.project_dir / "models").glob("grown.*"):
        former.unlink()
    (project.project_dir / "models" / name).write_text(text)
    with connect(project) as con:
        begin_run(con, project, AS_OF, "load")
    build(project)
    with connect(project) as con:
        found = con.execute(
            "select table_name, table_type from information_schema.tables "
            "where table_schema = 'main' order by all"
        ).fetchall()
        value = con.execute("select value from grown").fetchall()[0][0]
    return [(table, kind, value) for table, kind in found if table != "hooked"]


def test_a_relation_replaces_its_former_self_whatever_type_that_was(project: Settings) -> None:
    assert built(project, "grown.sql", sql("table", "1")) == [("grown", "BASE TABLE", 1)]
    assert built(project, "grown.sql", sql("view", "2")) == [("grown", "VIEW", 2)]
    assert built(project, "grown.py", PYTHON) == [("grown", "BASE TABLE", 3)]
    assert built(project, "grown.py", PYTHON) == [("grown", "BASE TABLE", 3)]
    assert built(project, "grown.sql", sql("table", "4")) == [("grown", "BASE TABLE", 4)]
    with connect(project) as con:
        assert con.execute("select value from hooked").fetchall() == [(4,)]


def test_a_table_that_cannot_be_built_stays_what_it_was(project: Settings) -> None:
    built(project, "grown.sql", sql("table", "1"))
    for materialized in ("table", "view"):
        broken = sql(materialized, "cast('x' || count(*) as integer)")
        assert built(project, "grown.sql", broken) == [("grown", "BASE TABLE", 1)]
