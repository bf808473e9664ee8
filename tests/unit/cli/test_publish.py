"""goldthread publish: what it looks at besides the outcome of the last build."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.sources import find_source, source_names
from connectors.sources._engine.raw_tables import ensure_tables
from goldthread.cli import main
from goldthread.cli._exit import ExitCode
from goldthread.settings import Settings
from goldthread.warehouse import connect, start_run
from tests.unit.connectors.sources.samples import AS_OF


def test_rows_that_are_not_as_expected_are_not_published_step_by_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`load`, `build` and `publish` looked at no raw table; only `run` did."""
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    (tmp_path / "manifest.json").write_text("{}")
    settings = Settings.load()
    with connect(settings) as con:
        run = start_run(con, AS_OF, "test")
        for name in source_names():
            ensure_tables(con, find_source(name), settings.input_dir)
        con.execute(
            "insert into raw_email.events (sg_event_id, event, timestamp, _load_run, _row_hash) "
            f"values ('e1', 'opened', timestamp '{AS_OF}', '{run.run_id}', 'x')"
        )
    monkeypatch.setattr(
        "goldthread.warehouse.dbt_process.ensure_manifest", lambda _: tmp_path / "manifest.json"
    )
    monkeypatch.setattr("goldthread.warehouse.publish.require_passed", lambda _: run)
    monkeypatch.setattr("goldthread.warehouse.publish.publish", lambda *_: pytest.fail("published"))
    result = CliRunner().invoke(main, ["publish"])
    assert result.exit_code == ExitCode.CHECK_FAILED
    assert "raw_email.events: event_be_in_set (1 rows differ" in result.output
