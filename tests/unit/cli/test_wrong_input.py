"""What people get wrong ends with a message and an exit code, never with a traceback."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from goldthread.cli import main
from goldthread.cli._exit import ExitCode
from goldthread.identity import own_model_path
from goldthread.settings import Settings
from goldthread.warehouse import connect
from goldthread.warehouse.errors import NothingSelected
from goldthread.warehouse.transform import BuildReport


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path / "home"))
    return Settings.load()


def run(*arguments: str, code: ExitCode) -> str:
    """What the command tells, which has to end with that code."""
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, type(done.exception)) == (code, SystemExit), done.output
    return done.output


def parquet(path: Path, query: str) -> str:
    with duckdb.connect() as con:
        con.execute(f"copy ({query}) to '{path}' (format parquet)")
    return str(path)


def test_an_offset_that_leads_out_of_the_calendar_is_wrong_usage(settings: Settings) -> None:
    for text in ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"):
        assert "is no ISO 8601 timestamp" in run("load", "--as-of", text, code=ExitCode.USAGE)


def test_a_moment_that_leaves_no_room_for_times_after_it_is_wrong_usage(settings: Settings) -> None:
    told = run("load", "--as-of", "9999-12-31", code=ExitCode.USAGE)
    assert "'9999-12-31' lies too far ahead; name a moment before the year 9000" in told


def test_a_moment_of_made_up_data_is_asked_for_in_the_same_words(settings: Settings) -> None:
    told = run("demo-data", "--as-of", "yesterday", code=ExitCode.USAGE)
    assert "'yesterday' is no ISO 8601 timestamp" in told


@pytest.mark.parametrize("name", ["load", "build", "run", "publish", "demo"])
def test_a_file_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path / "file" / "home"))
    assert "Not a directory" in run(name, code=ExitCode.FAILED)


def test_a_name_too_long_is_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path / ("a" * 300)))
    assert "File name too long" in run("load", code=ExitCode.FAILED)


def test_a_home_on_a_read_only_disk_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, *_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(os, "open", refused)
    told = run("identity", "train", code=ExitCode.FAILED)
    assert f"{settings.home / '.run.lock'}: Read-only file system" in told


@pytest.mark.parametrize("name", ["load", "run"])
def test_a_named_input_folder_that_is_missing_is_no_day_without_news(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("GOLDTHREAD_HOME", str(tmp_path / "home"))
    # Nobody has made the home's own yet.
    assert CliRunner().invoke(main, ["load"]).exit_code == ExitCode.DONE
    monkeypatch.setenv("GOLDTHREAD_INPUT_DIR", str(tmp_path / "unmounted"))
    assert "GOLDTHREAD_INPUT_DIR" in run(name, code=ExitCode.FAILED)


def test_evaluate_before_the_first_run_says_so(settings: Settings, tmp_path: Path) -> None:
    truth = parquet(tmp_path / "truth.parquet", "select 1 as person_id")
    told = run("identity", "evaluate", "--truth", truth, code=ExitCode.NOT_READY)
    assert "goldthread run" in told


def test_a_selection_of_nothing_is_no_build(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "goldthread.warehouse.transform.build", lambda *_, **__: BuildReport({}, {}, ())
    )
    told = run("build", "--select", "customrs", code=ExitCode.NOT_FOUND)
    assert "customrs" in told


def test_one_of_several_selectors_that_selects_nothing_stops_the_build(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NothingSelected("customrs selects nothing; nothing was built.")

    monkeypatch.setattr("goldthread.warehouse.transform.build", refuse)
    told = run("build", "-s", "customers", "-s", "customrs", code=ExitCode.NOT_FOUND)
    assert told == "customrs selects nothing; nothing was built.\n"


def test_a_truth_that_is_none_is_named(settings: Settings, tmp_path: Path) -> None:
    with connect(settings) as con:
        con.execute("create schema marts; create table marts.customer_source_records (a int)")
    text = tmp_path / "truth.csv"
    text.write_text("source,source_record_id,person_id\n")
    other = parquet(tmp_path / "other.parquet", "select 1 as source, 2 as person")
    told = run("identity", "evaluate", "--truth", str(text), code=ExitCode.USAGE)
    assert "truth.csv cannot be read as Parquet" in told
    told = run("identity", "evaluate", "--truth", other, code=ExitCode.USAGE)
    assert "has no column source_record_id, person_id; it has source, person" in told


def test_a_result_that_has_nowhere_to_go_is_told_before_the_work(
    settings: Settings, tmp_path: Path
) -> None:
    table = tmp_path / "people.csv"
    table.write_text("id,email\n1,ana@example.com\n")
    with connect(settings) as con:
        con.execute("create schema intermediate")
        con.execute("create table intermediate.int_identity__linkage_records (a int)")
    for arguments in (
        ("identity", "resolve", str(table), "--out", f"{table}/customers.csv"),
        ("identity", "train", "--out", f"{table}/model.json"),
        ("identity", "train", "--charts", f"{table}/charts"),
        ("demo-data", "--people", "1", "--out", f"{table}/pack"),
    ):
        assert "cannot be written to" in run(*arguments, code=ExitCode.FAILED)


@pytest.mark.parametrize("kind", ["same", "spelled", "symbolic", "hard"])
def test_a_result_does_not_replace_the_table_it_is_made_of(
    settings: Settings, tmp_path: Path, kind: str
) -> None:
    table, out = tmp_path / "people.csv", tmp_path / "customers.csv"
    table.write_text("id,email\n1,ana@example.com\n")
    if kind == "symbolic":
        out.symlink_to(table)
    elif kind == "hard":
        out.hardlink_to(table)
    else:
        out = table if kind == "same" else tmp_path / ".." / tmp_path.name / "people.csv"
    told = run("identity", "resolve", str(table), "--out", str(out), code=ExitCode.USAGE)
    assert "is the input itself" in told
    assert table.read_text() == "id,email\n1,ana@example.com\n"


def test_a_damaged_model_is_named_with_the_remedy(settings: Settings, tmp_path: Path) -> None:
    table = tmp_path / "people.csv"
    table.write_text("id,email\n1,ana@example.com\n")
    model = own_model_path(settings)
    model.parent.mkdir(parents=True)
    model.write_text("{")
    out = str(tmp_path / "customers.csv")
    told = run("identity", "resolve", str(table), "--out", out, code=ExitCode.FAILED)
    assert f"{model} is damaged" in told
    assert "goldthread identity train" in told


def test_training_where_nothing_was_loaded_makes_no_warehouse(settings: Settings) -> None:
    told = run("identity", "train", code=ExitCode.NOT_READY)
    assert f"There is no warehouse in {settings.home} yet" in told
    assert not settings.warehouse_path.exists()


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_warehouse_that_an_older_release_built_is_told_as_such(
    settings: Settings, tmp_path: Path, command: str
) -> None:
    with connect(settings) as con:
        con.execute("create schema marts; create schema intermediate; create schema seeds")
        con.execute(
            "create table marts.customer_source_records as select 'crm' as source, "
            "'1' as source_record_id, 'crm:1' as source_record_key, 'c1' as customer_id"
        )
        con.execute(
            "create table intermediate.int_identity__linkage_records as "
            "select 'crm:1' as source_record_key"
        )
        con.execute("create table intermediate.int_identity__edges as select 'linked' as decision")
        con.execute("create table seeds.nicknames as select 'a' as nickname, 'b' as name")
    truth = parquet(
        tmp_path / "truth.parquet",
        "select 'crm' as source, '1' as source_record_id, 'p' as person_id",
    )
    options = ["--truth", truth] if command == "evaluate" else []
    told = run("identity", command, *options, code=ExitCode.NOT_READY)
    assert "The warehouse was built by another release, which left no column " in told
    assert "run `goldthread build` first" in told
