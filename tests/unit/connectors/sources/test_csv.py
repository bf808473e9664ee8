"""CSV: a record keeps its line, and a broken one costs only itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources._engine import streams
from connectors.sources._engine.batches import MAX_FIELD_BYTES
from tests.unit.connectors.sources.conftest import table_of
from tests.unit.connectors.sources.samples import SIGNUP_HEADER, Staged, read_all, signup, write

Stager = Callable[..., Staged]


def csv(*records: str, header: str = SIGNUP_HEADER) -> str:
    return "".join(f"{record}\n" for record in (header, *records))


def test_rows_carry_the_line_they_start_on(staged: Stager) -> None:
    content = csv(signup("s1"), signup("s2", city='"New\nYork"'), "", signup("s3"))
    result = staged("signups", "signups", "a.csv", content)
    assert result.keys("signup_id") == ["s1", "s2", "s3"]
    assert result.keys("_row_number") == [2, 3, 6]
    assert result.rows[1]["city"] == "New\nYork"
    assert (result.broken, result.rows_read) == ({}, 3)


def test_a_file_with_lone_crs_is_told_and_heals(staged: Stager) -> None:
    content = csv(signup("s1"), signup("s2"))
    result = staged("signups", "signups", "a.csv", content.replace("\n", "\r"))
    assert (result.rows, list(result.broken)) == ([], [1])
    assert "lone CR: save it with LF or CR LF" in result.broken[1]
    assert "s1,ann@example.org" in result.broken_rows[0]["raw"]
    mended = staged("signups", "signups", "a.csv", content, known=result.state)
    assert (mended.keys("signup_id"), mended.broken) == (["s1", "s2"], {})
    assert staged("signups", "signups", "b.csv", SIGNUP_HEADER).broken == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"s2,ann@example.org", "2 columns: the header has 12"),
        (signup("s2").encode() + b",more", "13 columns: the header has 12"),
        (signup("s2", first_name="A\xff").encode("latin-1"), "not UTF-8"),
        (signup("s2", first_name="A\0").encode(), "NUL byte"),
        (signup("s2", first_name="x" * (MAX_FIELD_BYTES + 1)).encode(), "262144 bytes"),
        (signup("s2", first_name="é" * (MAX_FIELD_BYTES // 2 + 1)).encode(), "bytes"),
        (signup("s2", first_name='"Ann').encode(), "quote is opened"),
        (signup("s2", signed_up_at='"2026-01-01').encode(), "quote is opened"),
        (signup("s2", first_name='"Ann"e').encode(), "not CSV"),
        (signup("s2", first_name="An\rn").encode(), "not CSV"),
    ],
)
@pytest.mark.parametrize("quoted_later", [True, False])
def test_a_broken_record_costs_only_its_own_line(
    staged: Stager, line: bytes, reason: str, quoted_later: bool
) -> None:
    after = signup("s3", last_name='"Lee, Jr"' if quoted_later else "Lee")
    content = csv(signup("s1")).encode() + line + b"\n" + after.encode() + b"\n"
    result = staged("signups", "signups", "a.csv", content + signup("s4").encode() + b"\n")
    assert list(result.broken) == [3]
    assert reason in result.broken[3]
    assert result.keys("signup_id") == ["s1", "s3", "s4"]
    assert result.keys("_row_number") == [2, 4, 5]


def test_many_unclosed_quotes_do_not_take_forever(staged: Stager) -> None:
    bad = [signup(f"b{number}", first_name='"Ann') for number in range(300)]
    result = staged("signups", "signups", "a.csv", csv(*bad, signup("s1")))
    assert result.keys("signup_id") == ["s1"]
    assert len(result.broken) == 300


def test_a_first_cell_may_go_over_lines(staged: Stager) -> None:
    content = 'city,signup_id,email,country\n"12 Main St\nApt 4",s1,a@b.co,US\nRome,s2,c@d.co,IT\n'
    result = staged("signups", "signups", "a.csv", content)
    assert (result.keys("city"), result.broken) == (["12 Main St\nApt 4", "Rome"], {})


@pytest.mark.parametrize(
    "records",
    [
        [signup("b1") + ",more"] * 140_000,
        # One field, closed, but too long: each of its lines is broken.
        [signup("b1", city='"' + "x\n" * 140_000 + '"')],
    ],
    ids=["columns", "field"],
)
def test_many_broken_rows_do_not_take_forever(staged: Stager, records: list[str]) -> None:
    result = staged("signups", "signups", "a.csv", csv(*records, signup("s1")))
    assert result.keys("signup_id") == ["s1"]
    assert len(result.broken) >= 140_000


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (signup("s1"), "the header lacks signup_id: the first line must name the columns"),
        ("signup_id;email;city", "must name the columns, with commas between them"),
        ('signup_id,email,"the\ncity"', "the header is not CSV: put it on one line"),
        ("x" * MAX_FIELD_BYTES * 2, "the header is not CSV"),
    ],
)
def test_a_header_that_names_no_columns_is_told(staged: Stager, header: str, reason: str) -> None:
    result = staged("signups", "signups", "a.csv", csv(signup("s1"), header=header))
    assert result.rows == []
    assert reason in result.broken[1]
    assert result.broken_rows[0]["raw"][:40] == header.splitlines()[0][:40]


def test_a_blank_first_line_is_told(staged: Stager) -> None:
    result = staged("signups", "signups", "a.csv", "\n" + csv(signup("s1")))
    assert (result.rows, list(result.broken)) == ([], [2, 3])
    assert result.broken[3] == "the first line is blank: it must name the columns"


def test_of_columns_that_differ_in_case_the_first_counts(staged: Stager) -> None:
    content = "signup_id,Email,email\ns1,ann@example.org,old@example.org\n"
    result = staged("signups", "signups", "a.csv", content)
    assert result.keys("email") == ["ann@example.org"]
    assert result.keys("_extra") == ['{"email":"old@example.org"}']


def test_columns_are_taken_by_name(staged: Stager) -> None:
    content = "\ufeff Email ,signup_id,utm\r\nann@example.org,s1,ads\r\nbob@example.org,s2,\r\n"
    result = staged("signups", "signups", "a.csv", content)
    assert result.keys("email") == ["ann@example.org", "bob@example.org"]
    assert result.keys("signed_up_at") == [None, None]
    assert [json.loads(extra) if extra else None for extra in result.keys("_extra")] == [
        {"utm": "ads"},
        None,
    ]


def test_the_hash_of_a_row_ignores_order_and_empty_new_columns(staged: Stager) -> None:
    one = staged("signups", "signups", "a.csv", "signup_id,email\ns1,ann@example.org\n")
    two = staged("signups", "signups", "b.csv", "email,utm,signup_id\nann@example.org,,s1\n")
    other = staged("signups", "signups", "c.csv", "email,utm,signup_id\nann@example.org,x,s1\n")
    assert one.keys("_row_hash") == two.keys("_row_hash") != other.keys("_row_hash")


@pytest.mark.parametrize("content", ["", "\n", SIGNUP_HEADER, SIGNUP_HEADER + "\n"])
def test_a_file_without_rows_is_no_error(staged: Stager, content: str) -> None:
    result = staged("signups", "signups", "a.csv", content)
    assert (result.rows, result.broken) == ([], {})


def test_an_open_quote_at_the_end_stays_open(staged: Stager) -> None:
    start = csv(signup("s1"))
    result = staged("signups", "signups", "a.csv", start + signup("s2", first_name='"An'))
    assert result.keys("signup_id") == ["s1"]
    assert list(result.broken) == [3]
    assert (result.state.lines, result.state.offset) == (2, len(start))


CELL = st.sampled_from(["", "Ann", '"Lee, Jr"', '"two\nlines"', '"open', 'odd"', "é", "\udcff"])
RECORD = st.builds(
    lambda key, name, city, extra: signup(key, first_name=name, city=city) + extra,
    st.sampled_from(["s1", "s2", ""]),
    CELL,
    CELL,
    st.sampled_from(["", "", "", ",more"]),
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(records=st.lists(RECORD, max_size=8), chunk=st.integers(1, 120), has_end=st.booleans())
def test_where_chunks_are_cut_never_matters(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    records: list[str],
    chunk: int,
    has_end: bool,
) -> None:
    text = csv(*records)
    content = (text if has_end else text.rstrip("\n")).encode("utf-8", "surrogateescape")
    path = write(tmp_path / "a.csv", content)
    table = table_of("signups", "signups")
    monkeypatch.setattr(streams, "CHUNK_BYTES", 1 << 20)
    whole = read_all(path, table)
    monkeypatch.setattr(streams, "CHUNK_BYTES", chunk)
    assert read_all(path, table) == whole
