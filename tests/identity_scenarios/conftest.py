"""All scenarios run in one home: a first build and three increments, a full refresh of the same,
and everything at once in a new warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from goldthread.settings import Settings
from tests.dbt_commands import take_over
from tests.identity_scenarios.engine import compiled_models
from tests.identity_scenarios.scenario_home import ScenarioHome


class State(NamedTuple):
    """What stood there after a build: (source, record id) → customer_id, all changes, and the rows
    of the tables that an increment and a full run have to agree on."""

    customers: dict[tuple[str, str], str]
    changes: list[tuple[str, str, str | None, int]]
    tables: dict[str, list[tuple[Any, ...]]]


AGREED = (
    "intermediate.int_identity__scored_pairs",
    "intermediate.int_identity__edges",
    "intermediate.int_identity__clusters",
    "marts.customer_source_records",
    "marts.customer_identifiers",
    "marts.identity_review",
)


class Built(NamedTuple):
    """The home as it stands in the end, and what it was after each build."""

    home: ScenarioHome
    states: dict[str, State]


@pytest.fixture(scope="session")
def built(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    home = tmp_path_factory.mktemp("scenarios")
    take_over(parsed_project, home / "target", home)
    scenarios = ScenarioHome(Settings(home=home, input_dir=home / "input"), home / "target")
    found = {}
    for batch in (1, 2, 3, 4):
        scenarios.build(batch)
        found[f"after_{batch}"] = read(scenarios)
    scenarios.build(4, full_refresh=True)
    found["refreshed"] = read(scenarios)
    scenarios.forget_all_but_the_registry()
    scenarios.build(4, upside_down=True)
    found["in one go"] = read(scenarios)
    yield Built(scenarios, found)


@pytest.fixture(scope="session")
def states(built: Built) -> dict[str, State]:
    return built.states


@pytest.fixture(scope="session")
def models(parsed_project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The compiled SQL of the identity models, for ``Engine``."""
    return compiled_models(tmp_path_factory.mktemp("compiled"), parsed_project)


def read(home: ScenarioHome) -> State:
    customers = {
        (source, record_id): customer_id
        for source, record_id, customer_id in home.query(
            "select source, source_record_id, customer_id from marts.customer_source_records"
        )
    }
    changes = home.query(
        "select change_type, customer_id, previous_customer_id, runs.run_number "
        "from marts.identity_changes join raw_goldthread.runs using (run_id)"
    )
    tables = {table: home.query(f"from {table} order by all") for table in AGREED}
    return State(customers, changes, tables)


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(__file__).parent / "data"
