"""Sources are found by being there, and declare what they mean."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import connectors.sources
from connectors.sources import Column, Source, SourceWrong, Table, find_source, source_names
from connectors.sources.raw_columns import PROBLEM_TABLES, table_columns


@pytest.mark.parametrize("name", source_names())
def test_every_source_is_declared_soundly(name: str) -> None:
    source = find_source(name)
    assert source.name == name
    assert source.description
    tables = [table.name for table in source.tables]
    assert len(set(tables)) == len(tables)
    assert not set(tables) & set(PROBLEM_TABLES)
    for table in source.tables:
        names = [column for column, _ in table_columns(table)]
        assert len(set(names)) == len(names)
        assert all(column.islower() for column in names)


def test_a_source_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(LookupError, match=r"no source 'shop'; there are app, consent, crm"):
        find_source("shop")


def test_a_table_may_only_use_its_own_columns() -> None:
    with pytest.raises(ValueError, match=r"members uses columns it does not declare: \['mail'\]"):
        Table(
            "members",
            columns=(Column("id"),),
            files=("m.csv",),
            format="csv",
            key=("id",),
            identifying=("mail",),
        )


def test_an_sqlite_table_must_be_named() -> None:
    with pytest.raises(ValueError, match="names no sqlite_table"):
        Table("members", columns=(Column("id"),), files=("m",), format="sqlite", key=("id",))


def test_the_schema_follows_from_the_name() -> None:
    assert Source("loyalty", ()).schema == "raw_loyalty"


def table(**changes: Any) -> Table:
    known = {"columns": (Column("id"),), "files": ("m.csv",), "format": "csv", "key": ("id",)}
    return Table("members", **{**known, **changes})


@pytest.mark.parametrize(
    ("declare", "reason"),
    [
        (lambda: Column("id", "timestmp"), "column id: kind is 'timestmp'; there are text, email"),
        (lambda: Column("id", need="sometimes"), "need is 'sometimes'; there are optional"),
        (lambda: table(format="tsv"), "format is 'tsv'; there are csv, jsonl, sqlite"),
        (lambda: table(key="id"), r"key is no tuple; mind the comma in \(one,\)"),
        (lambda: table(files="m.csv"), "files is no tuple"),
        (lambda: table(columns=(Column("id"), Column("id"))), "declares a column twice"),
        (lambda: Column("firstName"), "firstName: a name is lower-case words .*; source_name may"),
        (lambda: Column("First name"), "a name is lower-case words joined by _"),
        (lambda: Column("_row_hash"), "a name is lower-case words joined by _"),
        (lambda: Column("row_number"), "column row_number: the engine uses that name itself"),
        (lambda: Column("tc", derives=(("Tc", str),)), "column Tc: a name is lower-case words"),
        (lambda: Column("tier", pattern="[a-"), r"column tier: pattern '\[a-': unterminated"),
        (lambda: Column("paid", "number", pattern="[0-9]+"), "a pattern is for texts, not for a n"),
        (lambda: Column("tier", at_least=0), "above, at_least and at_most are for number, rate"),
        (lambda: table(files=("/loyalty/*.csv",)), "is relative to the input folder"),
        (lambda: table(files=("../loyalty/*.csv",)), "is relative to the input folder"),
        (lambda: replace(table(), name="Members"), "table Members: a name is lower-case words"),
        (lambda: replace(table(), name="value_issues"), "the engine uses that name itself"),
        (lambda: Source("goldthread", ()), "source goldthread: the engine uses that name itself"),
    ],
)
def test_a_slip_in_a_declaration_is_told(declare: Callable[[], object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        declare()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SOURCE = Source((", "source.py line 1: SyntaxError"),
        ("from connectors.sources import Column\nColumn('id', ned='x')", "line 2: TypeError"),
        ("SORCE = 1", "AttributeError"),
        ("SOURCE = 1", "SOURCE is no Source"),
        (
            "from connectors.sources import Source\nSOURCE = Source('other', ())",
            "declares 'other': its name must be that of its folder",
        ),
    ],
)
def test_a_file_that_declares_no_source_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, reason: str
) -> None:
    (tmp_path / "connectors" / "sources" / "slip").mkdir(parents=True)
    (tmp_path / "connectors" / "sources" / "slip" / "source.py").write_text(text)
    path = [*connectors.sources.__path__, str(tmp_path / "connectors" / "sources")]
    monkeypatch.setattr(connectors.sources, "__path__", path)
    importlib.invalidate_caches()
    with pytest.raises(SourceWrong, match=reason):
        find_source("slip")
    sys.modules.pop("connectors.sources.slip.source", None)
    sys.modules.pop("connectors.sources.slip", None)
