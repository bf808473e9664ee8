"""An input file is cut short while it is read; once it is whole again, so is what is loaded."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from connectors.sources import LoadError
from connectors.sources._engine import load
from connectors.sources._engine.batches import Reading
from tests.integration.loading import Home
from tests.unit.connectors.sources.samples import SIGNUP_HEADER, lines, message, signup

ROWS = 20_000


def content_of(name: str, folder: Path) -> bytes:
    if name.endswith(".csv"):
        rows = [signup(f"s{number}", phone="1") for number in range(ROWS)]
        return "\n".join([SIGNUP_HEADER, *rows, ""]).encode()
    if name.endswith(".sqlite"):
        path = folder / "whole.sqlite"
        with sqlite3.connect(path) as con:
            con.execute("create table users (user_id text, email text, updated_at text)")
            con.execute("create table purchases (purchase_id text)")
            con.executemany(
                "insert into users values (?, ?, '2026-01-01T00:00:00Z')",
                [(f"u{number}", f"u{number}@example.com") for number in range(ROWS)],
            )
        con.close()
        return path.read_bytes()
    text = lines(*(message(f"m{number}") for number in range(ROWS))).encode()
    return gzip.compress(text) if name.endswith(".gz") else text


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("web", "web/a.jsonl"),
        ("web", "web/a.jsonl.gz"),
        ("signups", "signups/a.csv"),
        ("app", "app/app.sqlite"),
    ],
)
def test_a_file_cut_short_while_it_is_read_is_mended_by_the_next_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, name: str
) -> None:
    whole = content_of(name, tmp_path)
    undisturbed, cut = Home(tmp_path / "undisturbed"), Home(tmp_path / "cut")
    undisturbed.put(name, whole)
    undisturbed.load(source)
    path = cut.put(name, whole)
    opened = load.open_file

    def open_and_cut(*arguments: Any) -> Reading:
        reading = opened(*arguments)
        with path.open("r+b") as file:
            file.truncate(len(whole) // 2)
        return reading

    with monkeypatch.context() as patch:
        patch.setattr(load, "open_file", open_and_cut)
        try:
            cut.load(source)
        except LoadError as error:
            # To stop is right, to load the half is right; anything but these words is not.
            assert name in str(error)
    path.write_bytes(whole)
    cut.load(source)
    assert cut.content() == undisturbed.content()
    assert list((cut.settings.dlt_dir / "parts").glob("*")) == []


def test_a_file_that_goes_between_listing_and_reading_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    path = home.put("web/a.jsonl", lines(message("m1")))
    opened = load.open_file

    def remove_and_open(*arguments: Any) -> Reading:
        path.unlink()
        return opened(*arguments)

    monkeypatch.setattr(load, "open_file", remove_and_open)
    with pytest.raises(LoadError, match=r"web/a\.jsonl cannot be read"):
        home.load("web")
