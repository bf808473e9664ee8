"""JSON lines: what is cut, what is broken, and that chunks never matter."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.sources._engine import jsonl, streams
from connectors.sources._engine.batches import MAX_FIELD_BYTES
from tests.unit.connectors.sources.conftest import table_of
from tests.unit.connectors.sources.samples import Staged, lines, message, read_all, write

Stager = Callable[..., Staged]


def test_good_lines_carry_their_line_number(staged: Stager) -> None:
    result = staged("web", "messages", "a.jsonl", lines(message("m1"), "", "  ", message("m2")))
    assert result.keys("message_id") == ["m1", "m2"]
    assert result.keys("_row_number") == [1, 4]
    assert result.keys("_source_file") == ["in/a.jsonl", "in/a.jsonl"]
    assert result.rows_read == 2
    assert result.broken == {}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"messageId": "m1", "type": "page"', "not JSON"),
        (b'{"messageId": "m1", "type": "page",}', "not JSON"),
        (b'{"messageId": "m1", "type": "page", "properties": {"price": NaN}}', "not JSON"),
        (b'{"messageId": "m1", "type": "page", "properties": [1, 2 , ]}', "not JSON"),
        (b'{"messageId": "m1", "name": "tab\there"}', "not JSON"),
        (b'{"messageId": "m1", "name": "\\ud800"}', "not JSON"),
        (b'{"messageId": "m1"} {"messageId": "m2"}', "not JSON"),
        (b"hello", "not JSON"),
        (b"[1, 2]", "JSON list"),
        (b'"text"', "JSON text"),
        (b"null", "JSON null"),
        (b"12", "JSON number"),
        (b'{"messageId": "m\xff"}', "not UTF-8: byte 0xff at position 17"),
        (b'{"messageId": "m\xc3"}', "not UTF-8"),
        (b'{"messageId": "m\xed\xa0\x80"}', "not UTF-8"),
        (b'{"messageId": "m\x00"}', "NUL byte"),
        (b'{"messageId": "m1", "name": "a\\u0000b"}', "NUL character"),
        (b'{"messageId": "m1", "properties": {"a": ["\\u0000"]}}', "NUL character"),
        (b'{"messageId": "m1", "properties": {"a\\u0000": 1}}', "NUL character"),
        (b'{"messageId": "m1", "name": "' + b"x" * (MAX_FIELD_BYTES + 1) + b'"}', "262145 bytes"),
        (b'{"messageId": "m1", "properties": {"a": "' + b"x" * MAX_FIELD_BYTES + b'"}}', "bytes"),
    ],
)
def test_a_line_that_is_no_sound_object_is_broken(staged: Stager, line: bytes, reason: str) -> None:
    good = lines(message("good")).encode()
    result = staged("web", "messages", "a.jsonl", good + line + b"\n" + good)
    assert list(result.broken) == [2]
    assert reason in result.broken[2]
    assert result.keys("_row_number") == [1, 3]
    assert result.rows_read == 3


@pytest.mark.parametrize(
    "members",
    [
        {"name": "x" * MAX_FIELD_BYTES},
        {"name": "NaN, Infinity and ,} or ,] in a text"},
        {"name": 'a \\u0000 that is only written: "\\\\u0000"'},
        {"name": "Zoë 漢字 🎁"},
        {"event": "[Amplitude] Session Start"},
        {"event": "{curly}"},
        {"properties": {"a": {"b": [1, 2, {"c": None}]}}},
    ],
)
def test_unusual_but_sound_lines_load(staged: Stager, members: dict[str, object]) -> None:
    for as_ascii in (True, False):
        line = json.dumps(message("m1", **members), ensure_ascii=as_ascii)
        result = staged("web", "messages", "a.jsonl", line + "\n")
        assert result.broken == {}
        assert result.issues == {}
        for name, value in members.items():
            got = result.rows[0][name]
            assert (json.loads(got) if name == "properties" else got) == value


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(staged: Stager) -> None:
    text = lines(message("m1"), message("m2")).replace("\n", "\r\n")
    result = staged("web", "messages", "a.jsonl", b"\xef\xbb\xbf" + text.encode())
    assert result.keys("message_id") == ["m1", "m2"]
    assert result.broken == {}


def test_the_key_of_a_broken_line_is_told_where_it_can_be_read(staged: Stager) -> None:
    content = lines(message("m1", name="a\0"), message("m2", type="visit"), "{")
    result = staged("web", "messages", "a.jsonl", content)
    assert [row["row_key"] for row in result.broken_rows] == ["m1", "m2", None]


def test_keys_nobody_declared_are_kept(staged: Stager) -> None:
    content = lines(message("m1", channel="server", _metadata={"bundled": []}, none=None))
    (row,) = staged("web", "messages", "a.jsonl", content).rows
    assert json.loads(row["_extra"]) == {
        "channel": "server",
        "_metadata": {"bundled": []},
        "none": None,
    }


def test_a_line_without_end_is_loaded_and_stays_open(staged: Stager) -> None:
    content = lines(message("m1")) + json.dumps(message("m2"))
    result = staged("web", "messages", "a.jsonl", content)
    assert result.keys("message_id") == ["m1", "m2"]
    assert (result.state.lines, result.state.offset) == (1, len(lines(message("m1"))))


@pytest.mark.parametrize("cut", [1, 11, 40, 100])
def test_a_cut_gz_file_gives_what_can_be_read_and_says_what_is_wrong(
    staged: Stager, cut: int
) -> None:
    whole = gzip.compress(lines(*(message(f"m{number}") for number in range(50))).encode())
    result = staged("web", "messages", "a.jsonl.gz", whole[: len(whole) - cut])
    assert len(result.broken) == 1
    (row,) = result.broken
    assert "ends before its content does" in result.broken[row]
    assert result.keys("_row_number") == list(range(1, row))


def test_a_damaged_gz_file_is_reported_not_raised(staged: Stager) -> None:
    result = staged("web", "messages", "a.jsonl.gz", b"this is no gz file")
    assert result.rows == []
    assert "damaged" in result.broken[1]


def test_gz_members_follow_each_other(staged: Stager) -> None:
    content = b"".join(gzip.compress(lines(message(f"m{n}")).encode()) for n in range(3))
    result = staged("web", "messages", "a.jsonl.gz", content + b"\0\0\0")
    assert result.keys("message_id") == ["m0", "m1", "m2"]
    assert result.broken == {}


LINE = st.one_of(
    st.builds(lambda key: json.dumps(message(key)).encode(), st.text(min_size=1, max_size=5)),
    st.binary(max_size=30).map(lambda raw: raw.replace(b"\n", b"")),
    st.sampled_from([b"", b"{}", b'{"messageId": "\xff"}', b"[1, 2 ,]", b'{"a": ",}"}', b"\r"]),
)


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.lists(LINE, max_size=12),
    chunk=st.integers(1, 40),
    block=st.integers(1, 40),
    has_end=st.booleans(),
)
def test_where_chunks_and_blocks_are_cut_never_matters(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    content: list[bytes],
    chunk: int,
    block: int,
    has_end: bool,
) -> None:
    path = write(tmp_path / "a.jsonl", b"\n".join(content) + (b"\n" if has_end else b""))
    table = table_of("web", "messages")
    monkeypatch.setattr(streams, "CHUNK_BYTES", 1 << 20)
    monkeypatch.setattr(jsonl, "BLOCK_BYTES", 1 << 20)
    whole = read_all(path, table)
    monkeypatch.setattr(streams, "CHUNK_BYTES", chunk)
    monkeypatch.setattr(jsonl, "BLOCK_BYTES", block)
    assert read_all(path, table) == whole
