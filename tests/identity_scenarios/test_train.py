"""``goldthread identity train`` in a warehouse that has been built."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from goldthread.cli import main
from tests.identity_scenarios.conftest import Built


def test_a_built_warehouse_teaches_a_model_and_shows_it(built: Built, tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    done = CliRunner().invoke(
        main,
        ["identity", "train", "--out", str(model), "--json"],
        env={"GOLDTHREAD_HOME": str(built.home.settings.home)},
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {level["comparison"] for level in told["levels"]} > {"first_name", "birth_date", "email"}
    assert (tmp_path / "charts" / "match_weights.svg").exists()
    assert json.loads(model.read_text())["notes"] == told["notes"]
