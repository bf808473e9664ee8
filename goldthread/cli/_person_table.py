"""One table of person records from a file, checked and put where the models read contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldthread.cli._birth_dates import read_birth_dates
from goldthread.cli._exit import ExitCode, Stop
from goldthread.cli._table_file import open_table, refuse_doubled, unreadable
from goldthread.generate import PERSON_COLUMNS
from goldthread.warehouse.files import quoted

if TYPE_CHECKING:
    import duckdb

ID_COLUMNS = ("record_id", "source_record_id", "id")
SOURCE_COLUMN = "source"
NESTED = ("list", "struct", "map", "variant")


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

    path: Parquet, or CSV with a header. renamed: person column → its name in the file. source and
    record_id are as in the file, for the results to be joined back by them; record_key is a text of
    both. The other values are text, trimmed, empty ones null; birth_date is a date.
    Raises Stop when the file cannot be read, has no id, no person column, an id or one of these
    columns twice, or several values in one cell of them.
    """
    import duckdb

    # A moment is a birth date in no other time zone, wherever the machine stands.
    con.execute("set TimeZone = 'UTC'")
    relation, names = open_table(con, path)
    present = {name.lower(): name for name in relation.columns}
    chosen = _chosen(present, renamed)
    id_name = _id_name(present, id_column)
    refuse_doubled(path, names, [id_name, *chosen.values(), SOURCE_COLUMN])
    kinds = dict(zip(relation.columns, map(_kind, relation.types), strict=True))
    _refuse_nested(path, kinds, chosen.values())
    con.register("input_file", relation)
    has_source = SOURCE_COLUMN in present
    source = quoted(present[SOURCE_COLUMN]) if has_source else "cast(null as varchar)"
    texts = ", ".join(
        f"{_text(theirs, kinds[theirs]) if theirs else 'cast(null as varchar)'} as {name}"
        for name, theirs in ((name, chosen.get(name)) for name in PERSON_COLUMNS)
    )
    try:
        con.execute(
            f"create table input_texts as select {source} as source, "
            f"{quoted(id_name)} as record_id, {texts} from input_file"
        )
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    con.unregister("input_file")
    record_count = _check_ids(con, id_name)
    unread = _write_records(con, has_source)
    return PersonTable(
        id_column=id_name,
        has_source=has_source,
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


def _kind(type_: duckdb.sqltypes.DuckDBPyType) -> str:
    return str(type_.id)


def _refuse_nested(path: Path, kinds: Mapping[str, str], used: Iterable[str]) -> None:
    """Raise Stop for lists and the like: as texts, two that hold nothing would say the same."""
    for name in used:
        if kinds[name] in NESTED:
            raise Stop(
                f"{path} holds a {kinds[name]} in each row of column {name!r}; write one plain "
                "value there.",
                ExitCode.USAGE,
            )


def _text(column: str, kind: str) -> str:
    """SQL of a column as trimmed text; numbers that only look like fractions lose the fraction."""
    value = quoted(column)
    if kind in ("float", "double"):
        # Not-a-number is how some tools write that there is none.
        value = f"case when isfinite({value}) then {value} end"
    elif kind == "blob":
        # Text that its writer did not mark as text; a cast would spell out its bytes.
        value = f"decode({value})"
    # trim() leaves tabs and line ends where they are.
    text = (
        f"regexp_replace(cast({value} as varchar), "
        r"'^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g')"
    )
    return f"nullif(regexp_replace({text}, '^([0-9]+)[.]0+$', '\\1'), '')"


def _check_ids(con: duckdb.DuckDBPyConnection, id_name: str) -> int:
    row = con.execute(
        "select count(*), count(nullif(trim(cast(record_id as varchar)), '')) from input_texts"
    ).fetchone()
    assert row is not None
    if not row[0]:
        raise Stop("The file holds no rows.")
    if row[0] != row[1]:
        raise Stop(
            f"{row[0] - row[1]:,} of {row[0]:,} rows have no {id_name!r}; give every row its id."
        )
    # A record without a source and one whose source is empty have the same one.
    twice = con.execute(
        """
        select concat_ws(':', nullif(cast(any_value(source) as varchar), ''), record_id), count(*)
        from input_texts
        group by coalesce(cast(source as varchar), ''), record_id
        having count(*) > 1
        order by 1
        """
    ).fetchall()
    if twice:
        examples = ", ".join(f"{name} ({count} rows)" for name, count in twice[:3])
        raise Stop(
            f"{len(twice):,} ids occur in several rows: {examples}. An id names one row of one "
            f"source; where several sources are in the file, say which in column {SOURCE_COLUMN!r}."
        )
    return int(row[0])


def _write_records(con: duckdb.DuckDBPyConnection, has_source: bool) -> int:
    """Write ``input_records`` with birth dates as dates; returns how many could not be read."""
    import pyarrow as pa

    dates = read_birth_dates(con, "input_texts")
    columns = {"text": pa.array(dates, "string"), "born": pa.array(dates.values(), "date32")}
    con.register("dates", pa.table(columns))
    key = "cast(record_id as varchar)"
    if has_source:
        # A colon in a source is written otherwise than the one that ends it.
        escaped = r"replace(replace(cast(source as varchar), '\', '\\'), ':', '\:')"
        key = f"coalesce({escaped}, '') || ':' || {key}"
    con.execute(
        f"""
        create table input_records as
        select
            {key} as record_key,
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
