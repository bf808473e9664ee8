"""What a build leaves out because nothing it stands on changed, and when it leaves out nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from goldthread.settings import PROJECT_DIR, Settings
from goldthread.warehouse import begin_run, connect, dbt_process
from goldthread.warehouse.builds import Standing
from goldthread.warehouse.dbt_process import manifest_path, run_dbt
from goldthread.warehouse.transform import build, judge
from goldthread.warehouse.unchanged import (
    basis_of,
    code_fingerprint,
    read_manifest,
    unchanged_nodes,
)

from .conftest import AS_OF, PROJECT, write_project

pytestmark = pytest.mark.usefixtures("forked_dbt")

FILES = {
    **PROJECT,
    "dbt_project.yml": PROJECT["dbt_project.yml"] + "models: {small: {+materialized: table}}",
    "models/_models.yml": """
sources:
  - name: raw_a
    tables: [{name: people}]
  - name: raw_b
    tables: [{name: orders, config: {meta: {clock: [due_at]}}}]
  - name: raw_goldthread
    tables: [{name: runs}, {name: state_log}]
models:
  - {name: log, config: {meta: {clock: stamps}}}
""",
    "models/people.sql": "select * from {{ source('raw_a', 'people') }}",
    "models/names.sql": "select name from {{ ref('people') }}",
    "models/orders.sql": "select * from {{ source('raw_b', 'orders') }}",
    "models/current_run.sql": """
select max(run_number) as n from {{ source('raw_goldthread', 'runs') }}
""",
    "models/ages.sql": "select * from {{ ref('people') }} cross join {{ ref('current_run') }}",
    "models/log.sql": """
select people.*, (select n from {{ ref('current_run') }}) as n from {{ ref('people') }} as people
{% if false %} {{ source('raw_goldthread', 'state_log') }} {% endif %}
""",
    "tests/dbt/assert_people_have_names.sql": "select * from {{ ref('people') }} where name = ''",
    "tests/dbt/assert_ages_are_of_people.sql": """
select * from {{ ref('ages') }} where name not in (select name from {{ ref('names') }})
""",
}
ALWAYS = {"current_run", "ages", "assert_ages_are_of_people"}
PEOPLE = {"people", "names", "log", "assert_people_have_names"}


class Bench:
    """A project of five models, and what each build of it runs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        write_project(settings, FILES)
        with connect(settings) as con:
            for schema, table in (("raw_a", "people"), ("raw_b", "orders")):
                con.execute(f"create schema {schema}")
                con.execute(
                    f"create table {schema}.{table} as "
                    "select 'ada' as name, timestamp '2026-12-01' as due_at"
                )

    def execute(self, statement: str) -> None:
        with connect(self.settings) as con:
            con.execute(statement)

    def build(self, as_of: datetime = AS_OF, **options: bool) -> set[str]:
        """Begin a run, build, and tell what was run."""
        with connect(self.settings) as con:
            begin_run(con, self.settings, as_of, "test")
        ran: set[str] = set()
        report = build(self.settings, on_node=lambda node: ran.add(node.name), **options)
        assert report.failures == ()
        assert judge(self.settings).standing is Standing.PASSED
        assert report.counts.get("kept", 0) == len(ALWAYS | PEOPLE | {"orders"}) - len(ran)
        return ran

    def kept(self) -> set[str]:
        with connect(self.settings) as con:
            manifest = read_manifest(self.settings)
            now = basis_of(con, manifest, code_fingerprint(self.settings))
            nodes = unchanged_nodes(con, self.settings, manifest, now)
            return {node.name for node in nodes}


@pytest.fixture
def bench(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(settings.home))
    monkeypatch.setenv("DBT_PROFILES_DIR", str(settings.project_dir))
    return Bench(settings)


def test_only_what_new_rows_and_the_clock_reach_is_built(bench: Bench) -> None:
    assert bench.build() == ALWAYS | PEOPLE | {"orders"}
    assert bench.build() == ALWAYS
    bench.execute("insert into raw_b.orders values ('hat', null)")
    assert bench.build() == ALWAYS | {"orders"}
    bench.execute("update raw_a.people set name = 'eve'")
    assert bench.build() == ALWAYS | PEOPLE
    with connect(bench.settings) as con:
        assert con.execute("select name, n from ages").fetchall() == [("eve", 4)]


def test_a_deleted_manifest_costs_one_whole_build(bench: Bench) -> None:
    bench.build()
    manifest_path(bench.settings).unlink()
    assert bench.build() == ALWAYS | PEOPLE | {"orders"}
    assert bench.build() == ALWAYS


def test_a_row_that_takes_effect_with_time_counts_as_new(bench: Bench) -> None:
    bench.build()
    due = datetime(2026, 12, 1)
    assert bench.build(due - timedelta(days=1)) == ALWAYS
    assert bench.build(due) == ALWAYS | {"orders"}
    assert bench.build(due + timedelta(days=1)) == ALWAYS


def test_in_doubt_everything_is_built(bench: Bench) -> None:
    bench.build()
    unchanged = PEOPLE | {"orders"}
    assert bench.kept() == unchanged

    bench.execute("drop table main.orders")
    assert bench.kept() == PEOPLE
    bench.execute("create table main.orders as from raw_b.orders")

    model = bench.settings.project_dir / "models" / "names.sql"
    code = model.read_text()
    model.write_text(code + "-- changed")
    assert bench.kept() == set()
    model.write_text(code)
    assert bench.kept() == unchanged

    for name in ("packages.yml", "dbt_packages/more.sql", "snapshots/names.sql"):
        write_project(bench.settings, {name: "{# what dbt reads besides #}"})
        assert bench.kept() == set(), name
        (bench.settings.project_dir / name).unlink()
    assert bench.kept() == unchanged

    own = bench.settings.home / "identity" / "people.json"
    own.parent.mkdir()
    own.write_text("{}")
    assert bench.kept() == set()
    own.unlink()
    assert bench.kept() == unchanged

    # Somebody's own dbt run may have put anything into its tables.
    run_dbt(bench.settings, ["run", "--select", "people"])
    assert bench.kept() == set()


def test_a_failed_a_partial_or_a_whole_build_leaves_nothing_out(bench: Bench) -> None:
    bench.build()
    assert bench.build(full_refresh=True) == ALWAYS | PEOPLE | {"orders"}
    build(bench.settings, select=["names"])
    assert bench.kept() == set()
    bench.build()
    bench.execute("update raw_a.people set name = ''")
    with connect(bench.settings) as con:
        begin_run(con, bench.settings, AS_OF, "test")
    assert [failure.name for failure in build(bench.settings).failures] == [
        "assert_people_have_names"
    ]
    assert bench.kept() == set()


@pytest.mark.parametrize(("read", "is_new"), [("ages", True), ("people", False)])
def test_a_snapshot_is_taken_when_what_it_reads_is_new(
    bench: Bench, read: str, is_new: bool
) -> None:
    snapshot = f"""
{{% snapshot former %}}
{{{{ config(unique_key='name', strategy='check', check_cols='all', schema='kept') }}}}
select * from {{{{ ref('{read}') }}}}
{{% endsnapshot %}}
"""
    write_project(bench.settings, {"snapshots/former.sql": snapshot})

    def is_taken() -> bool:
        with connect(bench.settings) as con:
            begin_run(con, bench.settings, AS_OF, "test")
        ran: set[str] = set()
        assert not build(bench.settings, on_node=lambda node: ran.add(node.name)).failures
        return "former" in ran

    assert is_taken()
    assert is_taken() == is_new
    with connect(bench.settings) as con:
        rows = con.execute("select count(*) from main_kept.former").fetchone()
    assert rows == (2 if is_new else 1,)


def test_only_a_dbt_command_of_somebodys_own_that_makes_tables_notes_itself(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    macro = (PROJECT_DIR / "macros" / "project" / "note_command.sql").read_text()
    hook = 'on-run-start: ["{{ note_command() }}"]'
    project = f"{FILES['dbt_project.yml']}\n{hook}\n"
    write_project(bench.settings, {"macros/note_command.sql": macro, "dbt_project.yml": project})

    def noted() -> int:
        with connect(bench.settings) as con:
            return len(con.execute("from raw_goldthread.dbt_commands").fetchall())

    with connect(bench.settings) as con:
        begin_run(con, bench.settings, AS_OF, "test")
    assert sum(build(bench.settings).counts.values()) == len(ALWAYS | PEOPLE | {"orders"})
    assert noted() == 0
    whole = dbt_process.dbt_environment
    monkeypatch.setattr(
        dbt_process, "dbt_environment", lambda home: {**whole(home), "GOLDTHREAD_BUILDS": ""}
    )
    run_dbt(bench.settings, ["test", "--select", "people"])
    assert noted() == 0
    run_dbt(bench.settings, ["run", "--select", "people"])
    run_dbt(bench.settings, ["compile"])
    assert noted() == 1
