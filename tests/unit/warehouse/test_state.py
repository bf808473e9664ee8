from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from goldthread.settings import Settings
from goldthread.warehouse import Run, StateRefused, connect
from goldthread.warehouse.publish import publish
from goldthread.warehouse.state import export_state, state_tables

from .conftest import LOG_YAML, stand_in_for_dbt, write_manifest


def log_rows(settings: Settings) -> int | None:
    """Rows of the model's table in the warehouse; None when it is not there."""
    with connect(settings) as con:
        known = con.execute(
            "select count(*) from information_schema.tables where table_name = 'log'"
        ).fetchone()
        if known == (0,):
            return None
        row = con.execute("select count(*) from intermediate.log").fetchone()
    return row[0] if row else None


def restored_rows(settings: Settings) -> list[tuple[object, ...]]:
    with connect(settings) as con:
        return con.execute(
            "from raw_goldthread.state_assignment_log order by run_number, record"
        ).fetchall()


def test_the_state_views_exist_and_are_typed_before_anything_was_built(
    settings: Settings, begin: Callable[[], Run]
) -> None:
    begin()
    with connect(settings) as con:
        columns = con.execute("describe raw_goldthread.state_assignment_log").fetchall()
    assert [row[:2] for row in columns] == [("record", "VARCHAR"), ("run_number", "BIGINT")]
    assert restored_rows(settings) == []


def test_state_and_run_numbers_survive_a_deleted_warehouse(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run]
) -> None:
    first = built()
    begin()  # checkpoints what was built
    settings.warehouse_path.unlink()
    run = begin()
    assert restored_rows(settings) == [(f"r{i}", first.run_number) for i in range(3)]
    # The second run had not been built when the warehouse went: its number is free again.
    assert run.run_number == first.run_number + 1


def test_a_failed_build_leaves_no_trace_in_the_registry(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run]
) -> None:
    built()
    built(status="fail")
    assert log_rows(settings) == 6
    begin()
    assert log_rows(settings) is None
    assert len(restored_rows(settings)) == 3


def test_a_killed_build_leaves_no_trace_in_the_registry(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run]
) -> None:
    built()
    built(finish=False)
    begin()
    assert log_rows(settings) is None
    assert len(restored_rows(settings)) == 3


def test_a_plain_dbt_build_is_checkpointed_by_the_next_load(
    settings: Settings, begin: Callable[[], Run], write_results: Callable[..., Path]
) -> None:
    run = begin()
    with connect(settings) as con:
        stand_in_for_dbt(con, run)
    ran = {"model.g.current_run": "success", "model.g.log": "success"}
    write_manifest(write_results(ran, "plain"), *ran)
    begin()
    settings.warehouse_path.unlink()
    begin()
    assert len(restored_rows(settings)) == 3


def test_an_older_backup_of_the_warehouse_takes_the_newer_state(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run], tmp_path: Path
) -> None:
    built()
    begin()
    shutil.copy(settings.warehouse_path, tmp_path / "backup.duckdb")
    newer = built()
    begin()
    shutil.copy(tmp_path / "backup.duckdb", settings.warehouse_path)
    run = begin()
    assert len(restored_rows(settings)) == 6
    assert log_rows(settings) is None
    assert run.run_number > newer.run_number


def test_an_append_only_state_may_not_shrink(settings: Settings, built: Callable[..., Run]) -> None:
    built()
    with connect(settings) as con:
        export_state(con, settings)
        before = (settings.state_dir / "assignment_log.parquet").read_bytes()
        con.execute("delete from intermediate.log where record = 'r0'")
        with pytest.raises(StateRefused, match="holds 3 rows and the warehouse only 2"):
            export_state(con, settings)
    assert (settings.state_dir / "assignment_log.parquet").read_bytes() == before


def test_state_that_is_exported_already_is_not_written_again(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built()
    log, runs = (settings.state_dir / f"{name}.parquet" for name in ("assignment_log", "runs"))
    with connect(settings) as con:
        export_state(con, settings)
        before = (log.stat().st_ino, runs.stat().st_ino)
        assert export_state(con, settings)["assignment_log"] == 3
        assert (log.stat().st_ino, runs.stat().st_ino) == before
        con.execute("update intermediate.log set record = 'other' where record = 'r0'")
        export_state(con, settings)
        held = con.execute(f"select record from read_parquet('{log}') order by all").fetchall()
    assert log.stat().st_ino != before[0]
    assert runs.stat().st_ino == before[1]
    assert ("other",) in held


@pytest.mark.parametrize("name", ["assignment_log", "runs"])
def test_a_damaged_state_file_is_told_and_written_again_from_a_sound_warehouse(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run], name: str
) -> None:
    built()
    publish(settings, [])
    path = settings.state_dir / f"{name}.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(StateRefused, match=rf"{name}.parquet cannot be read: .*move it away"):
        begin()
    assert log_rows(settings) == 3
    path.unlink()
    publish(settings, [])
    settings.warehouse_path.unlink()
    begin()
    assert len(restored_rows(settings)) == 3


def test_any_state_may_shrink_but_not_vanish(settings: Settings, built: Callable[..., Run]) -> None:
    yaml = settings.project_dir / "models" / "_models.yml"
    yaml.write_text(LOG_YAML.replace(", append_only: true", ""))
    built()
    with connect(settings) as con:
        export_state(con, settings)
        con.execute("delete from intermediate.log where record = 'r0'")
        assert export_state(con, settings)["assignment_log"] == 2
        con.execute("delete from intermediate.log")
        with pytest.raises(StateRefused):
            export_state(con, settings)


def test_a_column_added_later_is_null_in_older_state(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run]
) -> None:
    built()
    begin()
    yaml = settings.project_dir / "models" / "_models.yml"
    yaml.write_text(LOG_YAML + "      - {name: reason, data_type: varchar}\n")
    begin()
    assert [row[2] for row in restored_rows(settings)] == [None] * 3


def test_a_model_that_keeps_state_types_every_column(settings: Settings) -> None:
    yaml = settings.project_dir / "models" / "_models.yml"
    yaml.write_text(LOG_YAML + "      - {name: reason}\n")
    with pytest.raises(ValueError, match="missing: reason"):
        state_tables(settings.project_dir)
