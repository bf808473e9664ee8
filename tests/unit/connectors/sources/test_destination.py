"""dlt's DuckDB destination without looking up settings: as dlt's own in all that it is able to."""

from __future__ import annotations

import duckdb
import pytest
from dlt.common.normalizers.naming.snake_case import NamingConvention
from dlt.destinations import duckdb as dlts_own

from connectors.sources._engine.destination import Warehouse


def test_is_able_to_what_dlts_own_is_without_looking_anything_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with duckdb.connect() as con:
        own, ours = dlts_own(con), Warehouse(con)
        expected = dict(own.capabilities(naming=NamingConvention()))
        monkeypatch.setattr(Warehouse, "configuration", None)
        assert dict(ours.capabilities(naming=NamingConvention())) == expected
        assert ours.destination_type == own.destination_type
        assert ours.destination_name == own.destination_name
