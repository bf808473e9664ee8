"""Sources are found by being there, and declare what they mean."""

from __future__ import annotations

import pytest

from connectors.sources import Column, Source, Table, find_source, source_names
from connectors.sources._engine.raw_tables import PROBLEM_TABLES, table_columns


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
