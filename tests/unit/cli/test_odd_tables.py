"""What a table of persons may look like, and what is told of one that cannot be read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from goldthread.cli._exit import Stop
from goldthread.cli._person_table import PersonTable, output_columns, read_person_table


def ids(path: Path, content: str | bytes) -> list[str]:
    """The ids of the rows that are read of a file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with duckdb.connect() as con:
        read_person_table(con, path, None, {})
        rows = con.execute("select record_id from input_records order by 1").fetchall()
    return [row[0] for row in rows]


def test_no_row_is_taken_for_a_comment(tmp_path: Path) -> None:
    rows = "id,first_name,last_name\n#1,Ada,Quist\n#2,Ben,Rohde\n3,Cleo,Marsh\n"
    assert ids(tmp_path / "people.csv", rows) == ["#1", "#2", "3"]


@pytest.mark.parametrize("broken", ["2,Ben\n", "2,Ben,Rohde,more\n"])
@pytest.mark.parametrize("good_rows", [1, 30_000])
def test_a_line_with_other_columns_is_named(tmp_path: Path, broken: str, good_rows: int) -> None:
    rows = "".join(f"a{n},Ada,Quist\n" for n in range(good_rows))
    with pytest.raises(Stop, match=f"cannot be read.*Line: {good_rows + 2}"):
        ids(tmp_path / "people.csv", f"id,first_name,last_name\n{rows}{broken}")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    late = b"id,first_name\n" + b"".join(b"%d,Ada\n" % n for n in range(30_000))
    for content in (b"id,first_name\n1,J\xf6rg\n", late + b"x,J\xf6rg\n"):
        with pytest.raises(Stop, match=r"(?i)not utf-8"):
            ids(tmp_path / "people.csv", content)


@pytest.mark.parametrize("good_rows", [0, 30_000])
def test_an_unclosed_quote_is_named(tmp_path: Path, good_rows: int) -> None:
    rows = "".join(f"a{n},Ada\n" for n in range(good_rows))
    with pytest.raises(Stop, match=f"cannot be read.*Line: {good_rows + 2}"):
        ids(tmp_path / "people.csv", f'id,first_name\n{rows}1,"Ada\n2,Ben\n')


@pytest.mark.parametrize(
    "rows", ["1,5\" Ada\n2,O'Brien\n", "1,'Ada, B'\n2,'Ben'\n", '1,"Ada \\"B\\""\n2,"Ben, C"\n']
)
def test_other_quotes_are_found(tmp_path: Path, rows: str) -> None:
    assert ids(tmp_path / "people.csv", "id,first_name\n" + rows) == ["1", "2"]


@pytest.mark.parametrize("header", ["id,email,Email", "ID,id,email", "id,email,source,source"])
def test_a_column_that_is_there_twice_is_named(tmp_path: Path, header: str) -> None:
    width = header.count(",")
    with pytest.raises(Stop, match=r"several columns '(?i:email|id|source)'"):
        ids(tmp_path / "people.csv", f"{header}\n1{',a' * width}\n")
    # What nobody reads may be there as often as it likes, without a name too.
    assert ids(tmp_path / "other.csv", "id,note,note,,,email\n1,a,b,c,d,e\n") == ["1"]


def test_a_column_that_a_parquet_file_has_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    columns = [pa.array(["1"]), pa.array(["a@b.example"]), pa.array(["c@d.example"])]
    pq.write_table(pa.table(columns, names=["id", "email", "email"]), path)
    with duckdb.connect() as con, pytest.raises(Stop, match="several columns 'email'"):
        read_person_table(con, path, None, {})


@pytest.mark.parametrize("name", ["people.CSV", "people.Parquet"])
def test_endings_in_capitals_are_as_good(tmp_path: Path, name: str) -> None:
    with duckdb.connect() as con:
        con.execute(
            f"copy (select 1 as id, 'Ada' as first_name) to '{tmp_path / name}' "
            f"(format {Path(name).suffix[1:]})"
        )
        assert read_person_table(con, tmp_path / name, None, {}).record_count == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_what_separates_the_fields(tmp_path: Path, delimiter: str) -> None:
    lines = (("id", "address_line"), ("1", '"12; Hill, Road"'), ("2", '"9 | Hill\tRoad"'))
    content = "\ufeff" + "".join(f"{delimiter.join(line)}\r\n" for line in lines)
    assert ids(tmp_path / "people.csv", content) == ["1", "2"]


def test_what_stands_in_quotes_in_the_header_separates_no_fields(tmp_path: Path) -> None:
    content = '"street, number, floor";id;email\n"Hill, 9, 2";1;a@b.example\n'
    assert ids(tmp_path / "people.csv", content) == ["1"]


def test_tabs_and_line_ends_around_a_value_are_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('id,email,birth_date\n1,"\ta@b.example\n","1980-03-05\t"\n2,"\t",\n')
    with duckdb.connect() as con:
        assert read_person_table(con, path, None, {}).unread_dates == 0
        rows = con.execute("select email, birth_date from input_records order by record_id")
        assert rows.fetchall() == [("a@b.example", date(1980, 3, 5)), (None, None)]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("[null::varchar]", "list"),
        ("{'given': null}", "struct"),
        ("map {'given': 'Ada'}", "map"),
    ],
)
def test_empty_lists_and_structs_are_not_taken_for_one_name(
    tmp_path: Path, value: str, what: str
) -> None:
    path = tmp_path / "people.parquet"
    with duckdb.connect() as con:
        # What nobody reads may hold what it likes.
        con.execute(f"copy (select 1 as id, 'Ada' as city, {value} as Note) to '{path}'")
        assert read_person_table(con, path, None, {}).columns == ("city",)
        with pytest.raises(Stop, match=f"a {what} in each row of column 'Note'"):
            read_person_table(con, path, None, {"last_name": "note"})


def test_not_a_number_is_no_value_and_bytes_are_text(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    with duckdb.connect() as con:
        con.execute(
            "copy (from (values (1, 'nan'::double, encode('Jürgen ')), (2, 94110.0, null)) "
            f"as people (id, postal_code, first_name)) to '{path}'"
        )
        read_person_table(con, path, None, {})
        rows = con.execute("select postal_code, first_name from input_records order by record_id")
        assert rows.fetchall() == [(None, "Jürgen"), ("94110", None)]


@pytest.mark.parametrize("has_source", [True, False])
@pytest.mark.parametrize("name", ["customer_id", "Evidence", "source", "nr", "matched_record_id"])
def test_no_result_loses_its_name_to_an_id(name: str, has_source: bool) -> None:
    table = PersonTable(name, has_source, ("email",), 1, 0)
    names = [each.split(" as ")[-1].strip('"') for each in output_columns(table).split(", ")]
    assert names[has_source] == ("nr" if name == "nr" else "record_id")
    assert len({name.lower() for name in names}) == len(names) == 7 + 2 * has_source
