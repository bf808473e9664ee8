"""One customer as published: who it is, where each value comes from, what may be sent, what was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldthread.inspect.phones import phone_digits
from goldthread.inspect.rows import Row, rows
from goldthread.warehouse.files import literal
from goldthread.warehouse.published import published_marts

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from goldthread.settings import Settings


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
    with published_marts(settings) as con:
        if rows(con, "select 1 from marts.customers where customer_id = $asked", asked=asked):
            return [Match(asked, "id")]
        former = rows(
            con,
            "select customer_id from marts.customer_id_redirects "
            "where previous_customer_id = $asked",
            asked=asked,
        )
        if former:
            return [Match(former[0]["customer_id"], "former id")]
        held = rows(
            con,
            "select distinct customer_id, identifier_type from marts.customer_identifiers "
            "where identifier_value in ($asked, lower($asked)) or (identifier_type = 'phone' and "
            "$digits <> '' and ends_with(identifier_value, $digits)) order by all",
            asked=asked,
            digits=phone_digits(asked),
        )
    return [Match(row["customer_id"], row["identifier_type"]) for row in held]


def customer_view(settings: Settings, match: Match) -> CustomerView:
    """What is published about the customer of a match.

    Raises NothingPublished before the first publish.
    """
    with published_marts(settings) as con:

        def of(table: str, order: str) -> list[Row]:
            query = f"from {table} where customer_id = $customer_id order by {order}"
            return [
                {name: value for name, value in row.items() if name != "customer_id"}
                for row in rows(con, query, customer_id=match.customer_id)
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


def _attach(con: duckdb.DuckDBPyConnection, path: Path, name: str) -> bool:
    if path.exists():
        con.execute(f"attach {literal(path)} as {name} (read_only)")
    return path.exists()
