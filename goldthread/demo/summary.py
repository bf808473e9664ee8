"""What the demo shows of a home: rows, customers, audiences, and how right the identities are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldthread.warehouse import connect
from goldthread.warehouse.files import literal
from goldthread.warehouse.published import published_marts

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from goldthread.settings import Settings


@dataclass(frozen=True)
class Accuracy:
    """Pairs of source records put together, against the truth.

    precision: share of the pairs we joined that are one person; recall: share of one person's pairs
    that we joined. Records that identify nobody (shared devices and mailboxes) are left out.
    """

    precision: float
    recall: float


@dataclass(frozen=True)
class Audience:
    """Current members, and how many of them are held out of every sync."""

    name: str
    members: int
    held_out: int


@dataclass(frozen=True)
class Summary:
    """One home at one moment. raw_rows and quarantined are by source."""

    raw_rows: dict[str, int]
    quarantined: dict[str, int]
    source_records: int
    customers: int
    accuracy: Accuracy | None
    audiences: list[Audience]
    example_email: str | None


Assignment = dict[tuple[str, str], str]

_AUDIENCE_SIZES = (
    "select audience, count(*), count(*) filter (is_holdout) from marts.audience_memberships "
    "where exited_at is null group by audience"
)


def summarize(settings: Settings) -> Summary:
    """Read the warehouse's raw tables and the published marts.

    Raises WarehouseBusy when another process holds the warehouse, NothingPublished before the first
    publish.
    """
    with connect(settings, read_only=True) as con:
        raw_rows = _raw_rows(con)
        names = con.execute(
            "select table_name from duckdb_tables() where schema_name = 'audiences' order by all"
        ).fetchall()
    with published_marts(settings) as con:
        sizes = {row[0]: Audience(*row) for row in con.execute(_AUDIENCE_SIZES).fetchall()}
        return Summary(
            raw_rows=raw_rows,
            quarantined=dict(
                con.execute(
                    "select source, count(*) from marts.quarantined_rows group by all order by all"
                ).fetchall()
            ),
            source_records=_number(con, "select count(*) from marts.customer_source_records"),
            customers=_number(con, "select count(*) from marts.customers"),
            accuracy=_accuracy(con, settings.input_dir / "_truth" / "source_records.parquet"),
            audiences=[sizes.get(name, Audience(name, 0, 0)) for (name,) in names],
            example_email=_example_email(con),
        )


def assignment(settings: Settings) -> Assignment:
    """The published customer_id of every (source, source_record_id); empty before any publish."""
    if not settings.marts_path.exists():
        return {}
    with published_marts(settings) as con:
        rows = con.execute(
            "select source, source_record_id, customer_id from marts.customer_source_records"
        ).fetchall()
    return {(source, record): customer for source, record, customer in rows}


def changed_ids(before: Assignment, after: Assignment) -> int:
    """How many source records that are in both have another customer_id than before."""
    return sum(1 for record, customer in after.items() if before.get(record, customer) != customer)


def _raw_rows(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of each source's own tables, without the loader's bookkeeping."""
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where starts_with(schema_name, 'raw_') and schema_name <> 'raw_goldthread' "
        "and not starts_with(table_name, '_dlt') "
        "and table_name not in ('quarantined_rows', 'value_issues') order by all"
    ).fetchall()
    rows: dict[str, int] = {}
    for schema, table in tables:
        source = schema.removeprefix("raw_")
        rows[source] = rows.get(source, 0) + _number(
            con, f'select count(*) from "{schema}"."{table}"'
        )
    return rows


def _accuracy(con: duckdb.DuckDBPyConnection, truth: Path) -> Accuracy | None:
    """None for input whose truth is not known."""
    if not truth.exists():
        return None
    # A record of a person that the marts lack stands alone: it costs recall.
    row = con.execute(
        f"""
        with judged as (
            select
                truth.person_id,
                coalesce(ours.customer_id, truth.source || ':' || truth.source_record_id) as ours
            from read_parquet({literal(truth)}) as truth
            left join marts.customer_source_records as ours using (source, source_record_id)
            where truth.person_id is not null
        ),
        sizes as (
            select
                person_id, ours, count(*) as n,
                grouping(person_id) as without_person, grouping(ours) as without_ours
            from judged
            group by grouping sets ((person_id, ours), (person_id), (ours))
        )
        select
            sum(n * (n - 1)) filter (without_person = 0 and without_ours = 0) as right_pairs,
            sum(n * (n - 1)) filter (without_person = 1) as our_pairs,
            sum(n * (n - 1)) filter (without_ours = 1) as true_pairs
        from sizes
        """
    ).fetchone()
    right, ours, true = (int(value or 0) for value in row or (0, 0, 0))
    return Accuracy(right / ours if ours else 1.0, right / true if true else 1.0)


def _example_email(con: duckdb.DuckDBPyConnection) -> str | None:
    """Somebody worth looking at: the customer seen in most sources."""
    row = con.execute(
        "select customers.email from marts.customers "
        "inner join marts.customer_source_records using (customer_id) "
        "where customers.email is not null group by all "
        "order by count(distinct source) desc, count(*) desc, customers.email limit 1"
    ).fetchone()
    return str(row[0]) if row else None


def _number(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    assert row is not None
    return int(row[0])
