"""What became of a file since it was last read: grown, rewritten, or merely touched."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources._engine import streams
from tests.unit.connectors.sources.conftest import table_of
from tests.unit.connectors.sources.samples import (
    SIGNUP_HEADER,
    lines,
    message,
    read_all,
    signup,
    write,
)

Pack = Callable[[bytes], bytes]
FORMATS: dict[str, Pack] = {"a.jsonl": bytes, "a.jsonl.gz": gzip.compress}


@pytest.fixture(params=FORMATS)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Path]:
    """file(text) writes the whole content again and gives the path."""
    name = str(request.param)
    return lambda text: write(tmp_path / name, FORMATS[name](text.encode()))


def test_only_the_new_lines_of_a_grown_file_are_read(file: Callable[[str], Path]) -> None:
    table = table_of("web", "messages")
    first = lines(message("m1"), message("m2"))
    _, _, state, _ = read_all(file(first), table)
    rows, broken, grown, kind = read_all(file(first + lines(message("m3"), "{")), table, state)
    assert kind == "grown"
    assert [row["row_number"] for row in rows] == [3, 4]
    assert broken == []
    assert (grown.version, grown.lines) == (0, 4)


def test_a_last_line_without_end_is_read_again_when_it_is_complete(
    file: Callable[[str], Path],
) -> None:
    table = table_of("web", "messages")
    whole = lines(message("m1"), message("m2"))
    _, broken, state, _ = read_all(file(whole[:-20]), table)
    assert (state.lines, broken) == (1, [])
    rows, _, state, kind = read_all(file(whole), table, state)
    assert (kind, [row["row_number"] for row in rows]) == ("grown", [2])
    assert read_all(file(whole), table, state)[3] == "same"


@pytest.mark.parametrize("change", ["earlier", "shorter", "reordered"])
def test_a_rewritten_file_is_read_from_its_start_as_a_new_version(
    file: Callable[[str], Path], change: str
) -> None:
    table = table_of("web", "messages")
    texts = {
        "earlier": lines(message("m1", name="changed"), message("m2"), message("m3")),
        "shorter": lines(message("m1")),
        "reordered": lines(message("m2"), message("m1")),
    }
    _, _, state, _ = read_all(file(lines(message("m1"), message("m2"))), table)
    rows, _, rewritten, kind = read_all(file(texts[change]), table, state)
    assert (kind, rewritten.version) == ("rewritten", 1)
    assert rows[0]["row_number"] == 1
    assert rewritten.lines == len(rows)


def test_a_touched_file_has_nothing_new(file: Callable[[str], Path]) -> None:
    table = table_of("web", "messages")
    for text in ("", lines(message("m1")), lines(message("m1")).strip()):
        _, _, state, _ = read_all(file(text), table)
        rows, broken, again, kind = read_all(file(text), table, state)
        assert (rows, broken, kind) == ([], [], "same")
        assert (again.offset, again.lines, again.sha256) == (
            state.offset,
            state.lines,
            state.sha256,
        )


def test_the_header_of_a_grown_csv_file_still_counts(tmp_path: Path) -> None:
    table = table_of("signups", "signups")
    start = "email,signup_id\nann@example.org,s1\n"
    _, _, state, _ = read_all(write(tmp_path / "a.csv", start), table)
    path = write(tmp_path / "a.csv", start + "bob@example.org,s2\n")
    rows, _, _, kind = read_all(path, table, state)
    assert kind == "grown"
    assert [(row["signup_id"], row["email"]) for row in rows] == [("s2", "bob@example.org")]


def test_a_gz_file_cut_off_heals_when_it_is_whole(tmp_path: Path) -> None:
    table = table_of("web", "messages")
    whole = gzip.compress(lines(*(message(f"m{number}") for number in range(40))).encode())
    rows, broken, state, _ = read_all(write(tmp_path / "a.jsonl.gz", whole[:-30]), table)
    assert len(broken) == 1
    more, still_broken, _, kind = read_all(write(tmp_path / "a.jsonl.gz", whole), table, state)
    assert (kind, still_broken) == ("grown", [])
    assert [row["row_number"] for row in rows + more] == list(range(1, 41))


RECORDS = st.lists(
    st.sampled_from(
        [signup("s1"), signup("s2", city='"two\nlines"'), signup("s3", city='"open'), "", "x,y"]
    ),
    max_size=7,
)
MESSAGES = st.lists(
    st.sampled_from([lines(message("m1")).strip(), "{", "", "[1]", "é"]), max_size=7
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), is_csv=st.booleans(), chunk=st.sampled_from([7, 64, 1 << 20]))
def test_a_file_that_grew_in_any_pieces_reads_like_one_that_came_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject, is_csv: bool, chunk: int
) -> None:
    monkeypatch.setattr(streams, "CHUNK_BYTES", chunk)
    table = table_of("signups", "signups") if is_csv else table_of("web", "messages")
    records = data.draw(RECORDS if is_csv else MESSAGES)
    content = "\n".join([SIGNUP_HEADER, *records] if is_csv else records).encode()
    content += data.draw(st.sampled_from([b"", b"\n"]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=4)))
    path = tmp_path / ("a.csv" if is_csv else "a.jsonl")

    held: dict[int, object] = {}
    known = None
    for cut in [*cuts, len(content)]:
        first = known.lines + 1 if known else 1
        rows, broken, known, kind = read_all(write(path, content[:cut]), table, known)
        assert kind in ("new", "grown", "same")
        if kind != "same":
            held = {number: what for number, what in held.items() if number < first}
            held |= {row["row_number"]: row for row in rows}
            held |= {row.row_number: row for row in broken}

    rows, broken, state, _ = read_all(write(path, content), table)
    whole: dict[int, object] = {row["row_number"]: row for row in rows}
    whole |= {row.row_number: row for row in broken}
    assert held == whole
    assert known is not None
    assert (known.offset, known.lines, known.sha256, known.open_sha256) == (
        state.offset,
        state.lines,
        state.sha256,
        state.open_sha256,
    )
