"""``goldthread load``: what people and machines are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from goldthread.cli import main
from tests.integration.loading import Home
from tests.unit.connectors.sources.samples import lines, message


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path)
    monkeypatch.setenv("GOLDTHREAD_HOME", str(home.settings.home))
    monkeypatch.setenv("GOLDTHREAD_INPUT_DIR", str(home.settings.input_dir))
    return home


def load(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["load", *arguments])


def test_a_load_tells_what_became_of_each_table(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1"), message("m2", userId={}), "{"))
    told = load("web", "--as-of", "2026-11-15T12:00:00Z")
    assert told.exit_code == 0, told.output
    row = next(line for line in told.output.splitlines() if "web.messages" in line)
    assert row.split() == ["web.messages", "1", "3", "2", "0", "1", "1"]
    assert "raw_goldthread.quarantined_rows" in told.output
    assert "Nothing new since the last load." in load("web").output


def test_json_for_machines(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1")))
    told = load("web", "fx", "--as-of", "2026-11-15T12:00:00+02:00", "--json")
    assert told.exit_code == 0, told.output
    said = json.loads(told.stdout)
    assert said["as_of"] == "2026-11-15T10:00:00Z"
    assert [source["source"] for source in said["sources"]] == ["fx", "web"]
    assert said["sources"][1]["tables"][0]["rows_loaded"] == 1


def test_a_source_that_does_not_exist_starts_no_run(home: Home) -> None:
    told = load("shop")
    assert told.exit_code == 4
    assert "There is no source 'shop'; there are app, consent" in told.output
    assert not home.settings.warehouse_path.exists()


def test_a_file_that_cannot_be_read_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.put("web/a.jsonl", lines(message("m1")))

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("connectors.sources._engine.streams.open_stream", refuse)
    told = load("web")
    assert told.exit_code == 1
    assert f"{path} cannot be read" in told.output
    assert "Traceback" not in told.output


def test_files_that_no_source_reads_are_told(home: Home) -> None:
    home.put("web/a.jsonl", lines(message("m1")))
    for companion in ("", "-wal", "-shm", "-journal"):
        home.put(f"app/app.sqlite{companion}", "")
    for path in (".DS_Store", "_truth/persons.csv", "crm/.contacts.csv.swp", "web/_readme.txt"):
        home.put(path, "left alone knowingly")
    assert "Left alone" not in load("web").output
    for path in ("crm/contacts.txt", "app/app.db", *(f"old/{day}.jsonl" for day in range(4))):
        home.put(path, "mistyped")
    told = load("web").output
    assert f"Left alone: 6 files in {home.settings.input_dir} fit no source" in told
    assert "app/app.db, crm/contacts.txt, old/0.jsonl, old/1.jsonl, old/2.jsonl and 1 more" in told
    assert json.loads(load("web", "--json").stdout)["unread_files"][-1] == "old/3.jsonl"
