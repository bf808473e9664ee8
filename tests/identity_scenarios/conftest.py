"""All scenarios run in one home: four batches, then everything at once in a new warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from goldthread.settings import Settings
from tests.identity_scenarios.scenario_home import ScenarioHome


class State(NamedTuple):
    """What the marts said after a build: (source, record id) → customer_id, and all changes."""

    customers: dict[tuple[str, str], str]
    changes: list[tuple[str, str, str | None, int]]


@pytest.fixture(scope="session")
def states(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, State]]:
    home = tmp_path_factory.mktemp("scenarios")
    scenarios = ScenarioHome(Settings(home=home, input_dir=home / "input"), home / "target")
    found = {}
    for batch in (1, 2, 3, 4):
        scenarios.build(batch)
        found[f"after_{batch}"] = read(scenarios)
    scenarios.forget_all_but_the_registry()
    scenarios.build(4, upside_down=True)
    found["in one go"] = read(scenarios)
    yield found


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
    return State(customers, changes)


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(__file__).parent / "data"
