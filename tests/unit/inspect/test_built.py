"""A warehouse that cannot be asked yet says what is missing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from goldthread.cli import main
from goldthread.inspect.built import NEEDED, built_warehouse
from goldthread.inspect.rows import rows
from goldthread.settings import Settings
from goldthread.warehouse.errors import NothingLoaded


def test_no_warehouse(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, input_dir=tmp_path)
    with pytest.raises(NothingLoaded, match="goldthread run"), built_warehouse(settings):
        pass
    assert not settings.warehouse_path.exists()


@pytest.mark.parametrize("column", ["match_weight", "threshold"])
def test_a_warehouse_without_its_identity_models_or_of_an_earlier_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    settings = Settings(home=tmp_path, input_dir=tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        con.execute(f"create table int_identity__scored_pairs ({column} double)")
    with pytest.raises(NothingLoaded, match="goldthread build"), built_warehouse(settings):
        pass
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path))
    asked = CliRunner().invoke(main, ["identity", "explain", "app/1", "app/2"])
    assert asked.exit_code == 6


def test_a_row_without_a_column_that_is_asked_for_is_of_another_release(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, input_dir=tmp_path)
    with duckdb.connect(str(settings.warehouse_path)) as con:
        for table, column in NEEDED:
            con.execute(f"create table if not exists {table} (source_record_key text)")
            con.execute(f"alter table {table} add column {column} text")
        con.execute("insert into int_identity__edges (decision) values ('linked')")
    told = "left no column reason; run `goldthread build` first"
    with pytest.raises(NothingLoaded, match=told), built_warehouse(settings) as read:
        (edge,) = rows(read, "from int_identity__edges")
        assert edge["decision"] == "linked"
        assert edge["reason"]
