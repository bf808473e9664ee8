"""`mf` answers from the published file what plain SQL answers.

The marts are made here: the columns their contracts promise, filled with rows whose answers differ
between the metrics' rules (orders not counted, sessions of nobody, held-out members).
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from goldthread.settings import PROJECT_DIR
from tests.dbt_commands import take_over

COPIED = ("models", "macros", "seeds", "tests/dbt")

ROWS = """
insert into marts.customers (customer_id, country, first_seen_at)
    select 'c' || i, ['US', 'DE', null][i % 3 + 1], timestamp '2026-01-01' + interval (i) hour
    from range(200) as t(i);
insert into marts.customer_traits (customer_id, lifecycle_stage)
    select 'c' || i, ['active', 'lapsed'][i % 2 + 1] from range(200) as t(i);
insert into marts.orders (order_id, customer_id, is_counted, base_amount, ordered_at)
    select
        'o' || i, case when i % 11 > 0 then 'c' || (i * 7 % 200) end, i % 5 > 0,
        case when i % 13 > 0 then (i * 37 % 1000) / 10 end,
        timestamp '2026-02-01' + interval (i * 5) hour
    from range(500) as t(i);
insert into marts.sessions (session_id, customer_id, started_at)
    select
        's' || i, case when i % 4 > 0 then 'c' || (i * 3 % 200) end,
        timestamp '2026-02-01' + interval (i * 4) hour
    from range(600) as t(i);
insert into marts.audience_memberships
    (membership_id, audience, customer_id, is_holdout, entered_at, exited_at)
    select
        'm' || i, ['buyers', 'readers'][i % 2 + 1], 'c' || (i // 2), i % 10 > 7,
        timestamp '2026-03-01', case when i % 7 = 0 then timestamp '2026-03-02' end
    from range(300) as t(i);
insert into marts.audience_memberships
    (membership_id, audience, customer_id, is_holdout, entered_at)
    values ('m300', 'unreachable', 'c0', false, timestamp '2026-03-01');
insert into marts.customer_permissions (customer_id, purpose, reason, is_permitted)
    select 'c' || i, purpose, if(allowed, 'allowed', 'consent_denied'), allowed
    from (
        select i, purpose, i % 3 > 0 or purpose = 'sms_marketing' as allowed
        from range(190) as t(i), (values ('email_marketing'), ('sms_marketing')) as p(purpose)
    );
"""

TOTALS = """
with counted as (from orders where is_counted),

converted as (
    select count(*) as order_count from counted where exists (
        from sessions where sessions.customer_id = counted.customer_id
        and started_at::date between ordered_at::date - 6 and ordered_at::date
    )
)

select
    (select count(*) from customers) as customers,
    (select count(*) from counted) as orders,
    (select sum(base_amount) from counted) as revenue,
    (select sum(base_amount) / count(*) from counted) as average_order,
    (select count(*) from sessions) as sessions,
    (select order_count from converted)
        / (select count(customer_id) from sessions) as conversion_rate
"""

AUDIENCES = """
select
    audience as membership__audience, count(*) as audience_size,
    count(*) filter (is_permitted and not is_holdout) as deliverable_members,
    count(*) filter (is_permitted and not is_holdout) / count(*) as deliverable_share
from audience_memberships left join customer_permissions
    on customer_permissions.customer_id = audience_memberships.customer_id
    and purpose = 'email_marketing'
where exited_at is null group by audience order by audience
"""


class Layer:
    """A copy of the project, since mf reads ``target/`` of the project alone; and a small home."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.home = folder / "home"
        self.published = self.home / "published" / "goldthread.duckdb"
        for name in COPIED:
            shutil.copytree(PROJECT_DIR / name, self.project / name)
        for name in ("dbt_project.yml", "profiles.yml"):
            shutil.copy(PROJECT_DIR / name, self.project)
        self.published.parent.mkdir(parents=True)

    def type(self, *command: str, **target: str) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
        result = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=self.project,
            env=kept | {"GOLDTHREAD_HOME": str(self.home)} | target,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
        return result.stdout

    def metrics(self, *arguments: str) -> list[dict[str, str]]:
        answer = self.project / "answer.csv"
        self.type("mf", "query", *arguments, "--csv", str(answer), DBT_TARGET="published")
        with answer.open(newline="") as file:
            return list(csv.DictReader(file))

    def sql(self, query: str) -> list[dict[str, object]]:
        # Opened by itself and used as a BI tool does.
        with duckdb.connect(str(self.published), read_only=True) as con:
            result = con.execute("use marts").execute(query)
            names = [column[0] for column in result.description or ()]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def layer(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Layer:
    layer = Layer(tmp_path_factory.mktemp("semantic"))
    take_over(parsed_project, layer.project / "target", layer.home)
    layer.type("dbt", "build", "--select", "days")
    manifest = json.loads((layer.project / "target" / "manifest.json").read_text())
    warehouse = layer.home / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as con:
        for model in manifest["nodes"].values():
            if model["resource_type"] == "model" and model["schema"] == "marts":
                columns = ", ".join(
                    f"{name} {column['data_type']}" for name, column in model["columns"].items()
                )
                con.execute(f"create table if not exists marts.{model['name']} ({columns})")
        con.execute(ROWS)
    shutil.copyfile(warehouse, layer.published)
    layer.published.chmod(0o444)
    # What mf answers can come only from the published file.
    warehouse.unlink()
    return layer


def same(answered: Sequence[dict[str, str]], expected: Sequence[dict[str, object]]) -> bool:
    for row in expected:
        assert all(value is not None for value in row.values())
    return [set(row) for row in answered] == [set(row) for row in expected] and all(
        answer[name] == value
        if isinstance(value, str)
        else float(answer[name]) == pytest.approx(float(str(value)), rel=1e-6)
        for answer, row in zip(answered, expected, strict=True)
        for name, value in row.items()
    )


def test_every_metric_and_dimension_finds_its_columns(layer: Layer) -> None:
    said = layer.type("mf", "validate-configs", DBT_TARGET="published")
    assert said.count("ERRORS: 0, FUTURE_ERRORS: 0") == 6, said


def test_totals_equal_plain_sql(layer: Layer) -> None:
    names = "customers,orders,revenue,average_order,sessions,conversion_rate"
    assert same(layer.metrics("--metrics", names), layer.sql(TOTALS))


def test_audiences_equal_plain_sql(layer: Layer) -> None:
    answered = layer.metrics(
        *("--metrics", "audience_size,deliverable_members,deliverable_share"),
        *("--group-by", "membership__audience", "--order", "membership__audience"),
    )
    assert same(answered, layer.sql(AUDIENCES))
