"""What `goldthread identity resolve` reads, and what it says of a file it cannot use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from goldthread.cli._exit import Stop
from goldthread.cli._person_table import PersonTable, read_person_table


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def read(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    text: str,
    id_column: str | None = None,
    **renamed: str,
) -> PersonTable:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_person_table(con, path, id_column, renamed)


def test_columns_are_found_by_name_or_as_told(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    text = "nr,Surname,EMAIL,shoe_size\n1,Quist, a@b.example ,44\n2,,,\n"
    table = read(con, tmp_path, text, "nr", last_name="Surname")
    assert table.columns == ("last_name", "email")
    assert table.id_column == "nr"
    found = con.execute("select record_key, last_name, email, phone from input_records").fetchall()
    assert found == [("1", "Quist", "a@b.example", None), ("2", None, None, None)]


@pytest.mark.parametrize(
    ("spelled", "read_as"),
    [
        (["19340128", "19990230"], [date(1934, 1, 28), date(1999, 2, 20)]),
        (
            ["28/01/1934", "03/28/1980", "31/11/1980"],
            [date(1934, 1, 28), date(1980, 3, 28), date(1980, 11, 21)],
        ),
        (["1934-01-28", "1934-17-01"], [date(1934, 1, 28), date(1934, 1, 17)]),
        (["28/01/1934", "03/04/1980"], [date(1934, 1, 28), date(1980, 4, 3)]),
        (["01/28/1934", "03/04/1980"], [date(1934, 1, 28), date(1980, 3, 4)]),
        (["1934-01-28 00:00:00", ""], [date(1934, 1, 28), None]),
        (["19340128.0", "soon"], [date(1934, 1, 28), None]),
        # Years only, also of the years that stand for no date.
        (["1934", "1970.0"], [date(1934, 7, 1), date(1970, 7, 1)]),
        (["1934-01", "1980-11"], [date(1934, 1, 15), date(1980, 11, 15)]),
    ],
)
def test_one_spelling_of_dates_is_chosen_for_the_column(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, spelled: list[str], read_as: list[date | None]
) -> None:
    rows = "".join(f"{n},{text}\n" for n, text in enumerate(spelled))
    table = read(con, tmp_path, "id,birth_date\n" + rows)
    found = con.execute("select birth_date from input_records order by record_id").fetchall()
    assert [born for (born,) in found] == read_as
    assert table.unread_dates == sum(
        1 for text, born in zip(spelled, read_as, strict=True) if text and born is None
    )


def test_numbers_and_dates_of_a_parquet_file_become_text(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "people.parquet"
    con.execute(
        "copy (select 7 as id, 4011.0 as postal_code, timestamp '1934-01-28' as birth_date) "
        f"to '{path}' (format parquet)"
    )
    read_person_table(con, path, None, {})
    assert con.execute(
        "select record_id, postal_code, birth_date from input_records"
    ).fetchall() == [(7, "4011", date(1934, 1, 28))]


def test_one_id_may_stand_in_two_sources(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    table = read(con, tmp_path, "id,source,last_name\n1,left,Quist\n1,right,Quist\n")
    assert table.has_source
    found = con.execute("select record_key from input_records order by 1").fetchall()
    assert found == [("left:1",), ("right:1",)]


@pytest.mark.parametrize(
    "rows",
    [
        (("a", "1.0"), ("a", "1"), ("a", " 1"), ("a", "1 00:00:00")),
        # A colon in an id, in a source, and a record of no source.
        (("a", "b:c"), ("a:b", "c"), (None, "a:b:c"), ("a\\", "b:c"), ("a\\:b", "c")),
    ],
)
def test_ids_stay_as_they_are_and_apart(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, rows: tuple[tuple[str | None, str], ...]
) -> None:
    path = tmp_path / "people.parquet"
    con.execute("create table people (source varchar, id varchar, email varchar)")
    con.executemany("insert into people values (?, ?, 'a@b.example')", rows)
    con.execute(f"copy people to '{path}' (format parquet)")
    assert read_person_table(con, path, None, {}).record_count == len(rows)
    found = con.execute("select source, record_id, record_key from input_records").fetchall()
    assert {row[:2] for row in found} == set(rows)
    assert len({key for _, _, key in found}) == len(rows)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_moment_is_the_birth_date_it_is_in_utc(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, zone: str
) -> None:
    path = tmp_path / "people.parquet"
    con.execute(
        "copy (select 1 as id, timestamptz '1985-03-02 00:00:00+00' as birth_date) "
        f"to '{path}' (format parquet)"
    )
    con.execute(f"set TimeZone = '{zone}'")
    read_person_table(con, path, None, {})
    assert con.execute("select birth_date from input_records").fetchall() == [(date(1985, 3, 2),)]


@pytest.mark.parametrize(
    ("text", "id_column", "renamed", "says"),
    [
        ("id,last_name\n1,a\n1,b\n", None, {}, r"1 ids occur in several rows: 1 \(2 rows\)"),
        (
            "id,source,last_name\n1,x,a\n1,,b\n1,,c\n",
            *(None, {}, r"1 ids occur in several rows: 1 \(2 rows\)"),
        ),
        ("id,last_name\n1,a\n,b\n", None, {}, "1 of 2 rows have no 'id'"),
        ("id,last_name\n1,a\n  ,b\n", None, {}, "1 of 2 rows have no 'id'"),
        ("id,last_name\n", None, {}, "holds no rows"),
        ("key,last_name\n1,a\n", None, {}, "no column record_id, source_record_id, id"),
        ("id,last_name\n1,a\n", "key", {}, "no column 'key'; it has id, last_name"),
        ("id,surname\n1,a\n", None, {}, "none of the columns first_name, .*--column"),
        ("id,last_name\n1,a\n", None, {"surname": "last_name"}, "no person column 'surname'"),
        ("id,last_name\n1,a\n", None, {"email": "mail"}, "no column 'mail'"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    text: str,
    id_column: str | None,
    renamed: dict[str, str],
    says: str,
) -> None:
    with pytest.raises(Stop, match=says):
        read(con, tmp_path, text, id_column, **renamed)


def test_other_files_are_refused(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(Stop, match="neither"):
        read_person_table(con, tmp_path / "people.xlsx", None, {})
    (tmp_path / "people.parquet").write_text("no parquet")
    with pytest.raises(Stop, match="cannot be read"):
        read_person_table(con, tmp_path / "people.parquet", None, {})


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_folder_named_like_a_column_is_no_column(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / "source=crm" / "city=Rome" / f"people.{suffix}"
    path.parent.mkdir(parents=True)
    con.execute(f"copy (select '1' as id, 'Quist' as last_name) to '{path}'")
    table = read_person_table(con, path, None, {})
    assert (table.columns, table.has_source) == (("last_name",), False)
