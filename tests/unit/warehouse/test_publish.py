from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from goldthread.settings import Settings
from goldthread.warehouse import PublishRefused, Run
from goldthread.warehouse.publish import ChecksFailed, SyncRow, publish


def read(settings: Settings, query: str, file: str = "marts.duckdb") -> list[tuple[object, ...]]:
    with duckdb.connect() as con:
        # Not opened by itself: schema `marts` in a database `marts` makes `marts.x` ambiguous.
        con.execute(f"attach '{settings.published_dir / file}' as published (read_only)")
        con.execute("use published")
        return con.execute(query).fetchall()


def test_marts_activation_and_sync_specs_are_published(
    settings: Settings, built: Callable[..., Run]
) -> None:
    run = built()
    published_run, files = publish(settings, [SyncRow("sync_a", '{"key": "customer_id"}')])
    assert published_run == run
    assert files[0].rows == {"current_run": 1, "customers": 1}
    assert read(settings, "from marts.customers") == [("c1",)]
    assert read(settings, "from activation.members", "activation.duckdb") == [("c1",)]
    assert read(settings, "from activation.syncs", "activation.duckdb") == [
        ("sync_a", '{"key": "customer_id"}')
    ]
    assert read(settings, "select run_id from activation.current_run", "activation.duckdb") == [
        (run.run_id,)
    ]


def test_only_marts_leave_and_nothing_temporary_stays(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built()
    settings.published_dir.mkdir(parents=True)
    (settings.published_dir / ".marts.duckdb.tmp").write_text("what a killed publish left")
    publish(settings, [])
    assert sorted(path.name for path in settings.published_dir.iterdir()) == [
        "activation.duckdb",
        "marts.duckdb",
    ]
    schemas = read(
        settings,
        "select distinct table_schema from information_schema.tables "
        "where table_catalog = 'published'",
    )
    assert schemas == [("marts",)]


def test_published_files_refuse_writers(settings: Settings, built: Callable[..., Run]) -> None:
    built()
    publish(settings, [])
    assert settings.marts_path.stat().st_mode & 0o777 == 0o444


def test_a_reader_keeps_its_snapshot_while_a_new_one_is_swapped_in(
    settings: Settings, built: Callable[..., Run]
) -> None:
    first = built()
    publish(settings, [])
    with duckdb.connect(str(settings.marts_path), read_only=True) as reader:
        second = built()
        publish(settings, [])
        held = reader.execute("select run_id from marts.marts.current_run").fetchone()
    assert held == (first.run_id,)
    assert read(settings, "select run_id from marts.current_run") == [(second.run_id,)]


def test_a_failed_check_leaves_the_old_files_and_is_named_with_rows(
    settings: Settings, built: Callable[..., Run]
) -> None:
    first = built()
    publish(settings, [])
    built(status="fail")
    with pytest.raises(ChecksFailed, match="log_is_fine failed") as refused:
        publish(settings, [])
    failure = refused.value.failures[0]
    assert (failure.name, failure.columns, len(failure.rows)) == ("log_is_fine", ("record",), 3)
    assert read(settings, "select run_id from marts.current_run") == [(first.run_id,)]


@pytest.mark.parametrize("how", ["loaded only", "killed"])
def test_what_was_not_built_to_the_end_is_not_published(
    settings: Settings, built: Callable[..., Run], begin: Callable[[], Run], how: str
) -> None:
    if how == "loaded only":
        begin()
    else:
        built(finish=False)
    with pytest.raises(PublishRefused, match="goldthread build"):
        publish(settings, [])


def test_state_is_safe_before_its_ids_are_seen(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built()
    publish(settings, [])
    assert (settings.state_dir / "assignment_log.parquet").exists()
