"""Columns whose values a request writes otherwise than the ledger's hash does.

A hash is of DuckDB's JSON: a moment is the same text there as the column cast to text, and another
in a request. So a change of such a column's type changes no hash, and yet what is sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import orjson

from connectors.sync.columns import mapped_types
from connectors.sync.doubt import doubt
from connectors.sync.published import column_types
from connectors.sync.spec import SyncSpec

if TYPE_CHECKING:
    import duckdb

# Times have zones and fractions of their own, bytes are hex, JSON is text, maps are lists of pairs.
_WRITTEN_OTHERWISE = re.compile("TIME|BLOB|JSON|MAP")


def doubt_those_written_otherwise(con: duckdb.DuckDBPyConnection, spec: SyncSpec) -> None:
    """Make everything held uncertain when such a column has another type than at the last apply.

    Then all rows are sent once more. A ledger that does not know the types yet, of a version
    before, takes them as they are.
    """
    kinds = mapped_types(spec, column_types(con, spec.model))
    forms = {
        field: kinds[column]
        for field, column in spec.fields.items()
        if _WRITTEN_OTHERWISE.search(kinds[column])
    }
    now = orjson.dumps(forms, option=orjson.OPT_SORT_KEYS).decode()
    before = con.execute("select value from ledger.meta where name = 'forms'").fetchone()
    if before == (now,):
        return
    con.execute("begin")
    if before is not None:
        doubt(con, held="true", pending="operation <> 'remove'")
        con.execute("delete from ledger.meta where name = 'forms'")
    con.execute("insert into ledger.meta values ('forms', ?)", [now])
    con.execute("commit")
