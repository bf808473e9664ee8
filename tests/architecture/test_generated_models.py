"""Generated models are committed, so that dbt alone can run the project; here they are fresh."""

from __future__ import annotations

from goldthread import generate
from goldthread.settings import PROJECT_DIR


def test_generated_models_are_what_the_yaml_asks_for() -> None:
    assert generate.stale(PROJECT_DIR) == [], "renew them with: goldthread generate"
