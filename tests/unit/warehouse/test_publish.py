from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from goldthread.settings import Settings
from goldthread.warehouse import PublishRefused, Run, connect
from goldthread.warehouse.dbt_process import manifest_path
from goldthread.warehouse.publish import ChecksFailed, SyncRow, publish
from goldthread.warehouse.transform import begin_build


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
    for name in (".marts.duckdb.tmp", ".goldthread.duckdb.tmp"):
        (settings.published_dir / name).write_text("what a killed publish left")
    publish(settings, [])
    assert sorted(path.name for path in settings.published_dir.iterdir()) == [
        "activation.duckdb",
        "goldthread.duckdb",
        "marts.duckdb",
    ]
    schemas = read(
        settings,
        "select distinct table_schema from information_schema.tables "
        "where table_catalog = 'published'",
    )
    assert sorted(schemas) == [("marts",), ("publishing",)]


def test_a_table_that_no_build_made_since_is_taken_over(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built()
    publish(settings, [])
    # Nobody may do this: it shows which of the two is copied.
    touch = "update marts.customers set customer_id = 'c2'"
    run = built(kept=["model.g.customers"])
    with connect(settings) as con:
        con.execute(touch)
    publish(settings, [])
    assert read(settings, "from marts.customers") == [("c1",)]
    assert read(settings, "select run_id from marts.current_run") == [(run.run_id,)]

    built()
    with connect(settings) as con:
        con.execute(touch)
        con.execute("create table marts.orders as select 1 as order_id")
    publish(settings, [])
    assert read(settings, "from marts.customers") == [("c2",)]
    assert read(settings, "from marts.orders") == [(1,)]

    built(kept=["model.g.customers"])
    with connect(settings) as con:
        con.execute("drop table marts.orders")
    _, (marts, _) = publish(settings, [])
    assert marts.rows == {"current_run": 1, "customers": 1}


def test_a_table_whose_model_is_gone_is_published_no_more(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built()
    with connect(settings) as con:
        con.execute("create table marts.orders as select 1 as order_id")
        con.execute("create table activation.former as select 'c1' as customer_id")
    publish(settings, [])
    model = {"resource_type": "model", "description": "", "columns": {}}
    nodes = {
        name: {**model, "schema": schema, "name": f"{name}_v1", "alias": name}
        for schema, name in (
            *(("marts", "current_run"), ("marts", "customers")),
            *(("activation", "members"), ("intermediate", "orders")),
        )
    }
    manifest_path(settings).write_text(json.dumps({"nodes": nodes}))
    _, (marts, activation) = publish(settings, [])
    assert marts.rows == {"current_run": 1, "customers": 1}
    assert activation.rows == {"members": 1}
    assert read(settings, "select count(*) from marts.customers") == [(1,)]


def test_rows_that_no_build_changed_are_taken_over(
    settings: Settings, built: Callable[..., Run]
) -> None:
    def build(name: str) -> None:
        built()
        with connect(settings) as con:
            con.execute(
                "create or replace table marts.orders as "
                f"select i as order_id, if(i = 3, '{name}', null) as name from range(50) r(i)"
            )

    build("former")
    publish(settings, [])
    build("present")
    publish(settings, [])
    rows = read(settings, "select order_id, rowid, name from marts.orders order by order_id")
    assert rows == [(i, 50, "present") if i == 3 else (i, i, None) for i in range(50)]


@pytest.mark.parametrize("place", [0, 12_288 + 4_096])
def test_a_published_file_that_was_damaged_is_made_anew(
    settings: Settings, built: Callable[..., Run], place: int
) -> None:
    for name in ("former", "present"):
        built()
        with connect(settings) as con:
            con.execute(
                "create or replace table marts.orders as "
                f"select i as order_id, hash(i) as value, '{name}' as name from range(100000) r(i)"
            )
        if name == "former":
            publish(settings, [])
            damaged = bytearray(settings.marts_path.read_bytes())
            for start in range(place, len(damaged), 262_144):
                damaged[start : start + 4_096] = b"x" * 4_096
            settings.marts_path.unlink()
            settings.marts_path.write_bytes(damaged)
    publish(settings, [])
    rows = read(settings, "select sum(order_id), any_value(name) from marts.orders")
    assert rows == [(4_999_950_000, "present")]


def test_a_file_of_which_little_stays_is_begun_anew(
    settings: Settings, built: Callable[..., Run]
) -> None:
    sizes = []
    for name in ("former", "present", "later"):
        built()
        with connect(settings) as con:
            con.execute(
                "create or replace table marts.orders as "
                f"select i as order_id, '{name}' || random() as name from range(100000) r(i)"
            )
        _, (marts, _) = publish(settings, [])
        sizes.append(marts.size)
        assert marts.rows["orders"] == 100_000
    assert max(sizes) < 1.1 * min(sizes)
    assert not list(settings.published_dir.glob(".*"))


def test_the_same_build_is_published_again(settings: Settings, built: Callable[..., Run]) -> None:
    run = built()
    first = publish(settings, [SyncRow("sync_a", "{}")])[1]
    second = publish(settings, [SyncRow("sync_b", "{}")])[1]
    assert [file.rows for file in second] == [file.rows for file in first]
    described = "select run_id, name from activation.current_run, activation.syncs"
    assert read(settings, described, "activation.duckdb") == [(run.run_id, "sync_b")]


def test_published_files_refuse_writers(settings: Settings, built: Callable[..., Run]) -> None:
    built()
    publish(settings, [])
    assert settings.marts_path.stat().st_mode & 0o777 == 0o444


def test_the_second_name_lets_a_table_be_named_by_its_schema(
    settings: Settings, built: Callable[..., Run]
) -> None:
    for _ in range(2):
        run = built()
        publish(settings, [])
    assert settings.bi_path.samefile(settings.marts_path)
    # Opened by itself, as a BI tool does.
    with duckdb.connect(str(settings.bi_path), read_only=True) as con:
        assert con.execute("select run_id from marts.current_run").fetchall() == [(run.run_id,)]
    with duckdb.connect(str(settings.marts_path), read_only=True) as con:
        assert con.execute("select run_id from marts.marts.current_run").fetchall() == [
            (run.run_id,)
        ]
        with pytest.raises(duckdb.BinderException, match="Ambiguous"):
            con.execute("select run_id from marts.current_run")


def test_without_hard_links_the_second_name_is_a_sealed_copy(
    settings: Settings, built: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    for _ in range(2):
        built()
        publish(settings, [])
    assert not settings.bi_path.samefile(settings.marts_path)
    assert settings.bi_path.stat().st_mode & 0o777 == 0o444
    assert settings.bi_path.read_bytes() == settings.marts_path.read_bytes()
    assert len(list(settings.published_dir.iterdir())) == 3


def test_a_full_disk_leaves_the_old_files_and_nothing_unfinished(
    settings: Settings, built: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built()
    publish(settings, [])
    before = sorted(settings.published_dir.iterdir())

    def write_half(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:5000])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", write_half)
    built()
    with pytest.raises(OSError, match="No space left"):
        publish(settings, [])
    assert read(settings, "select run_id from marts.current_run") == [(first.run_id,)]
    assert sorted(settings.published_dir.iterdir()) == before


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


@pytest.mark.parametrize(("command", "is_published"), [("run", False), ("test", True)])
def test_tables_that_nobody_checked_are_not_published(
    settings: Settings,
    built: Callable[..., Run],
    write_results: Callable[..., Path],
    command: str,
    is_published: bool,
) -> None:
    built()
    write_results({"model.g.customers": "success"}, "own", which=command, select=["customers"])
    if is_published:
        publish(settings, [])
        return
    with pytest.raises(PublishRefused, match="nobody has checked; run `goldthread build` first"):
        publish(settings, [])


def test_tables_that_nobody_checked_are_not_published_whatever_was_looked_at_since(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built()
    publish(settings, [])
    # `dbt run` notes itself; the `dbt compile` after it, or `dbt clean`, leaves no other trace.
    with connect(settings) as con:
        con.execute("insert into raw_goldthread.dbt_commands values ('somebody')")
    with pytest.raises(PublishRefused, match="nobody has checked"):
        publish(settings, [])
    begun = begin_build(settings, is_full=False)
    with pytest.raises(PublishRefused):
        publish(settings, [])
    assert "--full-refresh" in begun.arguments
    assert "--full-refresh" in begin_build(settings, is_full=True).arguments
    built()
    publish(settings, [])


def test_publishing_holds_no_more_than_its_share_of_memory(
    settings: Settings, built: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    built()
    monkeypatch.setenv("GOLDTHREAD_MEMORY_LIMIT", "1KiB")
    with pytest.raises(duckdb.OutOfMemoryException):
        publish(settings, [])


def test_state_is_safe_before_its_ids_are_seen(
    settings: Settings, built: Callable[..., Run]
) -> None:
    built()
    publish(settings, [])
    assert (settings.state_dir / "assignment_log.parquet").exists()
