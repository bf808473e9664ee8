"""One table of person records from a file, checked and put where the models read contacts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.cli._birth_dates import read_birth_dates
from goldthread.cli._csv_table import open_csv
from goldthread.cli._exit import ExitCode, Stop
from goldthread.generate import PERSON_COLUMNS
from goldthread.warehouse.files import quoted

if TYPE_CHECKING:
    import duckdb

ID_COLUMNS = ("record_id", "source_record_id", "id")
SOURCE_COLUMN = "source"


@dataclass(frozen=True)
class PersonTable:
    """id_column, columns: names in the file. unread_dates: birth dates in no known spelling."""

    id_column: str
    has_source: bool
    columns: tuple[str, ...]
    record_count: int
    unread_dates: int


def read_person_table(
    con: duckdb.DuckDBPyConnection, path: Path, id_column: str | None, renamed: Mapping[str, str]
) -> PersonTable:
    """Write table ``input_records``: record_key, source, record_id and the person columns.

    path: Parquet, or CSV with a header. renamed: person column → its name in the file. Values are
    text, trimmed, empty ones null; birth_date is a date.
    Raises Stop when the file cannot be read, has no id, no person column, or an id twice.
    """
    import duckdb

    relation = _open(con, path)
    present = {name.lower(): name for name in relation.columns}
    chosen = _chosen(present, renamed)
    id_name = _id_name(present, id_column)
    con.register("input_file", relation)
    source = _text(present[SOURCE_COLUMN]) if SOURCE_COLUMN in present else "cast(null as varchar)"
    texts = ", ".join(
        f"{_text(chosen[name]) if name in chosen else 'cast(null as varchar)'} as {name}"
        for name in PERSON_COLUMNS
    )
    try:
        con.execute(
            f"create table input_texts as select {source} as source, {_text(id_name)} as record_id,"
            f" {texts} from input_file"
        )
    except duckdb.Error as error:
        raise _unreadable(path, error) from error
    con.unregister("input_file")
    record_count = _check_ids(con, id_name)
    unread = _write_records(con)
    return PersonTable(
        id_column=id_name,
        has_source=SOURCE_COLUMN in present,
        columns=tuple(name for name in PERSON_COLUMNS if name in chosen),
        record_count=record_count,
        unread_dates=unread,
    )


def fill_contacts(con: duckdb.DuckDBPyConnection, target: str) -> None:
    """Copy ``input_records`` into the raw table of contacts: they are staged as any others are."""
    con.execute(
        f"""
        insert into {target} by name
        select
            record_key as contact_id,
            {", ".join(PERSON_COLUMNS)},
            'input' as _source_file,
            row_number() over (order by record_key) as _row_number,
            0 as _file_version,
            record_key as _row_hash
        from input_records
        """
    )


def output_columns(table: PersonTable) -> str:
    """SQL of what is written about each row of table ``resolved``: the file's id, and the results.

    An id that has the name of a result is written as ``record_id``.
    """
    results = ["customer_id", "record_count", "evidence", "matched_record_id"]
    results += ["match_probability", "match_weight"]
    if table.has_source:
        results.insert(3, "matched_source")
    is_taken = table.id_column.lower() in (*results, SOURCE_COLUMN)
    own = f"record_id as {quoted('record_id' if is_taken else table.id_column)}"
    return ", ".join([SOURCE_COLUMN, own, *results] if table.has_source else [own, *results])


def _open(con: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    import duckdb

    try:
        if path.suffix == ".parquet":
            # A folder country=US says nothing of the people in the file.
            return con.read_parquet(str(path), hive_partitioning=False)
        if path.suffix == ".csv":
            return open_csv(con, path)
    except duckdb.Error as error:
        raise _unreadable(path, error) from error
    raise Stop(f"{path} is neither .parquet nor .csv; only these can be read.", ExitCode.USAGE)


def _unreadable(path: Path, error: Exception) -> Stop:
    """What is wrong with the file, without DuckDB's advice on its options."""
    told = re.split(r"\s*(?:Possible (?:fixes|Solution)|It was not possible)", str(error))[0]
    return Stop(f"{path} cannot be read: {told}")


def _chosen(present: Mapping[str, str], renamed: Mapping[str, str]) -> dict[str, str]:
    """Person column → its name in the file."""
    unknown = sorted(set(renamed) - set(PERSON_COLUMNS))
    if unknown:
        raise Stop(
            f"There is no person column {unknown[0]!r}; there are {', '.join(PERSON_COLUMNS)}.",
            ExitCode.USAGE,
        )
    for column, theirs in renamed.items():
        if theirs.lower() not in present:
            raise Stop(
                f"--column {column}={theirs}: the file has no column {theirs!r}; it has "
                f"{', '.join(present.values())}.",
                ExitCode.USAGE,
            )
    wanted = {name: renamed.get(name, name).lower() for name in PERSON_COLUMNS}
    chosen = {name: present[theirs] for name, theirs in wanted.items() if theirs in present}
    if not chosen:
        raise Stop(
            f"The file has none of the columns {', '.join(PERSON_COLUMNS)}; it has "
            f"{', '.join(present.values())}. Rename them, or say which is which with "
            "--column first_name=THEIRS.",
            ExitCode.USAGE,
        )
    return chosen


def _id_name(present: Mapping[str, str], id_column: str | None) -> str:
    for name in (id_column,) if id_column else ID_COLUMNS:
        if name.lower() in present:
            return present[name.lower()]
    what = f"no column {id_column!r}" if id_column else f"no column {', '.join(ID_COLUMNS)}"
    raise Stop(
        f"The file has {what}; it has {', '.join(present.values())}. "
        "Name the column that identifies a row with --id-column.",
        ExitCode.USAGE,
    )


def _text(column: str) -> str:
    """SQL of a column as trimmed text; numbers that only look like fractions lose the fraction."""
    text = f"regexp_replace(trim(cast({quoted(column)} as varchar)), '^([0-9]+)[.]0+$', '\\1')"
    # A date and midnight is what a timestamp column makes of a date.
    return f"nullif(regexp_replace({text}, '[ T]00:00:00([.]0+)?Z?$', ''), '')"


def _check_ids(con: duckdb.DuckDBPyConnection, id_name: str) -> int:
    row = con.execute("select count(*), count(record_id) from input_texts").fetchone()
    assert row is not None
    if not row[0]:
        raise Stop("The file holds no rows.")
    if row[0] != row[1]:
        raise Stop(
            f"{row[0] - row[1]:,} of {row[0]:,} rows have no {id_name!r}; give every row its id."
        )
    twice = con.execute(
        "select coalesce(source || ':', '') || record_id, count(*) from input_texts "
        "group by 1 having count(*) > 1 order by 1"
    ).fetchall()
    if twice:
        examples = ", ".join(f"{name} ({count} rows)" for name, count in twice[:3])
        raise Stop(
            f"{len(twice):,} ids occur in several rows: {examples}. An id names one row of one "
            f"source; where several sources are in the file, say which in column {SOURCE_COLUMN!r}."
        )
    return int(row[0])


def _write_records(con: duckdb.DuckDBPyConnection) -> int:
    """Write ``input_records`` with birth dates as dates; returns how many could not be read."""
    import pyarrow as pa

    dates = read_birth_dates(con, "input_texts")
    columns = {"text": pa.array(dates, "string"), "born": pa.array(dates.values(), "date32")}
    con.register("dates", pa.table(columns))
    con.execute(
        """
        create table input_records as
        select
            coalesce(source || ':', '') || record_id as record_key,
            input_texts.* replace (dates.born as birth_date)
        from input_texts
        left join dates on input_texts.birth_date = dates.text
        """
    )
    con.unregister("dates")
    row = con.execute(
        "select (select count(birth_date) from input_texts) - count(birth_date) from input_records"
    ).fetchone()
    assert row is not None
    return int(row[0])
