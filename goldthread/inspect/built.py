"""The warehouse as last built, for questions about its inner tables; and whom a question means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldthread.inspect.phones import phone_digits
from goldthread.warehouse.built import built_tables
from goldthread.warehouse.errors import NothingLoaded

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

EDGES = "intermediate.int_identity__edges"
SCORED = "intermediate.int_identity__scored_pairs"
# (table, column) that only a finished build by this version leaves.
NEEDED = {
    ("int_identity__edges", "decision"),
    ("int_identity__scored_pairs", "threshold"),
    ("int_identity__clusters", "held_back_from"),
    ("customer_id_redirects", "customer_id"),
}


@dataclass(frozen=True)
class Side:
    """Whom one question means. how: record, customer id, former id, or the identifier's type.
    records: the source_record_keys meant. customers: whose they are, ascending."""

    asked: str
    how: str
    records: tuple[str, ...]
    customers: tuple[str, ...]


@contextmanager
def built_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to a warehouse whose identity models are built.

    Raises NothingLoaded when there is none, WarehouseBusy while another process holds it.
    """
    with built_tables(settings) as con:
        built = con.execute("select table_name, column_name from duckdb_columns()").fetchall()
        if missing := sorted(NEEDED - set(built)):
            raise NothingLoaded(
                f"The warehouse holds no {'.'.join(missing[0])} yet, or was built by an earlier "
                "version; run `goldthread build` first."
            )
        yield con


def find_side(con: duckdb.DuckDBPyConnection, asked: str) -> Side | None:
    """The records that a question means; None when nobody is meant.

    asked: source/source_record_id (or source:source_record_id), a customer_id that was ever issued,
    or the value of an identifier, such as an e-mail address or a phone number as people write it.
    """
    text = asked.strip()
    key = re.sub(r"^([A-Za-z]\w*)[/:]", lambda source: f"{source[1].lower()}:", text)
    for how, query, value in (
        ("record", "where source_record_key = ?", key),
        ("customer id", "where customer_id = ?", text),
        (
            "former id",
            "where customer_id in (select customer_id from marts.customer_id_redirects "
            "where previous_customer_id = ?)",
            text,
        ),
    ):
        if side := _side(con, asked, how, query, value):
            return side
    named = "identifier_value in ($1, lower($1))"
    if digits := phone_digits(text):
        named += f" or (identifier_type = 'phone' and ends_with(identifier_value, '{digits}'))"
    identifiers = f"from intermediate.int_identity__identifiers where {named}"
    held = con.execute(
        f"select identifier_type {identifiers} order by 1 limit 1", [text]
    ).fetchone()
    if held is None:
        return None
    holders = f"where source_record_key in (select source_record_key {identifiers})"
    return _side(con, asked, held[0], holders, text)


def _side(
    con: duckdb.DuckDBPyConnection, asked: str, how: str, condition: str, value: str
) -> Side | None:
    found = con.execute(
        "select source_record_key, customer_id from marts.customer_source_records "
        f"{condition.replace('?', '$1')} order by 1",
        [value],
    ).fetchall()
    if not found:
        return None
    customers = tuple(sorted({customer for _, customer in found}))
    return Side(asked, how, tuple(record for record, _ in found), customers)
