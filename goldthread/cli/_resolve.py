"""Resolving one table by itself: the warehouse's own models, in a scratch home."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldthread.cli._options import apart, output_folder
from goldthread.cli._person_table import (
    PersonTable,
    fill_contacts,
    output_columns,
    read_person_table,
)
from goldthread.cli._table_file import table_format

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from goldthread.identity import LinkageModel
    from goldthread.settings import Settings
    from goldthread.warehouse.dbt_events import NodeDone

RECORDS = "int_identity__linkage_records"
CUSTOMERS = "customer_source_records"
LOCAL_PHONES = "GOLDTHREAD_LOCAL_PHONES"

# A model that judges only the records it was trained on needs little of its starting values.
OWN_TEMPER = 0.05

OnNode = Callable[[str, "NodeDone"], None]


@dataclass(frozen=True)
class Resolution:
    """What a resolution came to. evidence: how many records are held by which kind of it."""

    table: PersonTable
    customer_count: int
    largest_customer: int
    evidence: dict[str, int]


def resolve_table(
    path: Path,
    out: Path,
    *,
    as_of: datetime,
    id_column: str | None,
    renamed: Mapping[str, str],
    train: bool,
    seed: int,
    expected_precision: float | None,
    on_node: OnNode,
) -> Resolution:
    """Give every record of the file at ``path`` a customer_id and write that to ``out``.

    expected_precision: of the links; None weighs wrong and missed links alike.

    One engine, not two: the records pass through the models every build runs. The same file gives
    the same output. The scratch home is gone afterwards.
    Raises Stop when the file or the name of the output will not do, BuildFailed when dbt fails.
    """
    from goldthread.identity import current_model, own_model_path
    from goldthread.identity import train as train_model
    from goldthread.warehouse import connect

    table_format(out, "name one of them")
    apart(out, path)
    model = None if train else current_model()
    with _scratch_home() as settings:
        with connect(settings) as con:
            table = read_person_table(con, path, id_column, renamed)
            output_folder(out.parent)
            _prepare(con, settings, as_of)
        if train:
            _build(settings, [f"+{RECORDS}", "nicknames"], "Preparing", on_node)
            with connect(settings) as con:
                records = con.sql(f"select * from intermediate.{RECORDS}")
                nicknames = con.sql("select * from seeds.nicknames")
                model = train_model(records, nicknames, con, seed, OWN_TEMPER, is_thorough=True)
        assert model is not None
        model = replace(model, expected_precision=expected_precision)
        own_model_path(settings).parent.mkdir(parents=True)
        model.save(own_model_path(settings))
        _build(settings, [f"+{CUSTOMERS}"], "Resolving", on_node)
        with connect(settings) as con:
            return _write(con, table, model, out)


@contextmanager
def _scratch_home() -> Iterator[Settings]:
    """A home whose models also compare phone numbers that nobody can dial (macro local_phone)."""
    from goldthread.settings import Settings

    before = os.environ.get(LOCAL_PHONES)
    os.environ[LOCAL_PHONES] = "compare"
    try:
        with tempfile.TemporaryDirectory(prefix="goldthread-resolve-") as folder:
            home = Path(folder)
            yield Settings(home=home, input_dir=home / "input")
    finally:
        if before is None:
            del os.environ[LOCAL_PHONES]
        else:
            os.environ[LOCAL_PHONES] = before


def _prepare(con: duckdb.DuckDBPyConnection, settings: Settings, as_of: datetime) -> None:
    """A run, every source's raw tables, and the records as contacts."""
    from connectors.sources import find_source, source_names
    from connectors.sources._engine.raw_tables import ensure_tables, refresh_views
    from goldthread.warehouse import begin_run

    begin_run(con, settings, as_of, "goldthread identity resolve")
    for name in source_names():
        ensure_tables(con, find_source(name), settings.input_dir)
    refresh_views(con)
    fill_contacts(con, "raw_crm.contacts")


def _build(settings: Settings, select: Sequence[str], stage: str, on_node: OnNode) -> None:
    """Build models and seeds. The tests judge a whole warehouse; here is only one table."""
    from goldthread.warehouse.dbt_process import run_dbt
    from goldthread.warehouse.errors import BuildFailed

    target = settings.home / "target"
    target.mkdir(exist_ok=True)
    failed: list[str] = []

    def note(node: NodeDone) -> None:
        if node.status == "error":
            failed.append(node.name)
        on_node(stage, node)

    code = run_dbt(
        settings,
        [
            *("build", "--exclude-resource-type", "test", "unit_test", "--select", *select),
            *("--target-path", str(target), "--log-path", str(settings.home / "logs")),
            # Nobody reads them, and writing them takes a second.
            "--no-write-json",
        ],
        note,
    )
    if code:
        raise BuildFailed(f"These models could not be built: {', '.join(failed) or 'see dbt'}.")


def _write(
    con: duckdb.DuckDBPyConnection, table: PersonTable, model: LinkageModel, out: Path
) -> Resolution:
    from goldthread.warehouse.files import literal

    con.execute(_result_sql(model))
    form = "format parquet" if table_format(out, "") == "parquet" else "format csv, header"
    con.execute(
        f"copy (select {output_columns(table)} from resolved order by record_key) "
        f"to {literal(out)} ({form})"
    )
    row = con.execute(
        "select count(distinct customer_id), max(record_count) from resolved"
    ).fetchone()
    assert row is not None
    kinds = con.execute("select kind, count(*) from resolved group by 1 order by 2 desc, 1")
    return Resolution(table, row[0], row[1], dict(kinds.fetchall()))


def _result_sql(model: LinkageModel) -> str:
    """One row a record: its customer and the strongest link that holds it there."""
    arms = []
    for name, levels in model.levels.items():
        labels = " ".join(
            f"when {level.number} then '{name.replace('_', ' ')} {level.label}'" for level in levels
        )
        arms.append(f"case scored_pairs.{name}_level {labels} end")
    return f"""
        create temporary table resolved as
        with customers as (
            select source_record_id as record_key, customer_id, record_number,
                count(*) over (partition by customer_id) as record_count
            from marts.{CUSTOMERS} join intermediate.{RECORDS} using (source_record_key)
        ),
        edges as materialized (
            from intermediate.int_identity__edges where decision in ('linked', 'deferred')
        ),
        directed as (
            select left_number as own_number, right_number as other_number, * from edges
            union all select right_number, left_number, * from edges
        ),
        strongest as (
            select
                own.record_key, other.record_key as matched_key, directed.*
            from directed
            join customers as own on own_number = own.record_number
            join customers as other on other_number = other.record_number
            where own.customer_id = other.customer_id
            qualify row_number() over (
                partition by own_number
                order by priority, match_probability desc, other_number, identifier_type, reason
            ) = 1
        ),
        links as (
            select
                record_key, matched_key, reason as kind,
                strongest.match_probability, strongest.match_weight,
                concat_ws('; ', reason, {", ".join(arms)}) as evidence
            from strongest
            left join intermediate.int_identity__scored_pairs as scored_pairs
                on scored_pairs.left_number = least(own_number, other_number)
                and scored_pairs.right_number = greatest(own_number, other_number)
        )
        select
            input_records.record_key,
            input_records.source,
            input_records.record_id,
            customers.customer_id,
            customers.record_count,
            coalesce(links.kind, 'alone') as kind,
            coalesce(links.evidence, 'alone') as evidence,
            matched.source as matched_source,
            matched.record_id as matched_record_id,
            links.match_probability,
            links.match_weight
        from input_records
        join customers using (record_key)
        left join links using (record_key)
        left join input_records as matched on links.matched_key = matched.record_key
    """


def summary(result: Resolution, out: Path) -> dict[str, Any]:
    """The figures of a resolution, by name, for a table or JSON."""
    figures: dict[str, Any] = {
        "records": result.table.record_count,
        "customers": result.customer_count,
        "largest customer, records": result.largest_customer,
        "columns compared": ", ".join(result.table.columns),
        "birth dates not understood": result.table.unread_dates,
    }
    for kind, count in result.evidence.items():
        figures[f"records: {kind}"] = count
    return figures | {"written to": str(out)}
