"""One customer as published: who it is, where each value comes from, what may be sent, what was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from goldthread.warehouse.errors import PublishRefused
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from goldthread.settings import Settings

Row = dict[str, Any]

# A national number holds at least this many digits; fewer would match too many people.
SHORTEST_PHONE = 7


class NothingPublished(PublishRefused):
    """There are no published marts to read."""


@dataclass(frozen=True)
class Match:
    """A customer that a question means: ``how`` is id, former id, or the identifier's type."""

    customer_id: str
    how: str


@dataclass(frozen=True)
class CustomerView:
    """Everything published about one customer; each list holds rows as column → value."""

    match: Match
    golden_record: Row
    provenance: list[Row]
    identifiers: list[Row]
    source_records: list[Row]
    memberships: list[Row]
    consents: list[Row]
    verdicts: list[Row]
    sent: list[Row]


def find_customers(settings: Settings, question: str) -> list[Match]:
    """The customers an id, a former id, an e-mail address, a phone number or any identifier means.

    Several for a shared address or number, none when nobody has it.
    Raises NothingPublished before the first publish.
    """
    asked = question.strip()
    with _published(settings) as con:
        exact = _rows(con, "select customer_id from marts.customers where customer_id = ?", asked)
        if exact:
            return [Match(asked, "id")]
        former = _rows(
            con,
            "select customer_id from marts.customer_id_redirects where previous_customer_id = ?",
            asked,
        )
        if former:
            return [Match(former[0]["customer_id"], "former id")]
        held = _rows(
            con,
            "select distinct customer_id, identifier_type from marts.customer_identifiers "
            "where identifier_value in (?, lower(?)) or (identifier_type = 'phone' and "
            "? <> '' and ends_with(identifier_value, ?)) order by all",
            asked,
            asked,
            _phone_digits(asked),
            _phone_digits(asked),
        )
    return [Match(row["customer_id"], row["identifier_type"]) for row in held]


def customer_view(settings: Settings, match: Match) -> CustomerView:
    """What is published about the customer of a match.

    Raises NothingPublished before the first publish.
    """
    with _published(settings) as con:

        def of(table: str, order: str) -> list[Row]:
            query = f"from {table} where customer_id = ? order by {order}"
            return [
                {name: value for name, value in row.items() if name != "customer_id"}
                for row in _rows(con, query, match.customer_id)
            ]

        has_activation = _attach(con, settings.activation_path, "activation_file")
        has_syncs = _attach(con, settings.syncs_path, "syncs_file")
        golden = of("marts.customers", "all")
        return CustomerView(
            match=match,
            golden_record=golden[0] if golden else {},
            provenance=of("marts.customer_provenance", "attribute, source, source_record_id"),
            identifiers=of("marts.customer_identifiers", "identifier_type, identifier_value"),
            source_records=of("marts.customer_source_records", "source, source_record_id"),
            memberships=of("marts.audience_memberships", "audience, entered_at"),
            consents=of("marts.consents", "purpose"),
            verdicts=of("activation_file.activation.activation_verdicts", "purpose, audience")
            if has_activation
            else [],
            sent=of("syncs_file.marts.sync_rows", "all") if has_syncs else [],
        )


@contextmanager
def _published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose ``marts.…`` are the published ones, for the length of one question."""
    import duckdb

    with duckdb.connect() as con:
        if not _attach(con, settings.marts_path, "marts_file"):
            raise NothingPublished(
                f"Nothing is published in {settings.home} yet; run `goldthread run` first."
            )
        # Attached under another name: database `marts` with schema `marts` would be ambiguous.
        con.execute("use marts_file")
        yield con


def _attach(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> bool:
    if path.exists():
        con.execute(f"attach {literal(path)} as {name} (read_only)")
    return path.exists()


def _rows(con: duckdb.DuckDBPyConnection, query: str, *values: str) -> list[Row]:
    result = con.execute(query, list(values))
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _phone_digits(text: str) -> str:
    """The digits of what looks like a phone number, without trunk or international zeros."""
    if not re.fullmatch(r"\+?[\d\s().\-/]+", text):
        return ""
    digits = re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")
    return digits if len(digits) >= SHORTEST_PHONE else ""
