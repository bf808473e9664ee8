"""JSON lines → Arrow without copying: newlines found by numpy, odd lines looked at one by one."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from connectors.sources._engine.batches import (
    MAX_FIELD_BYTES,
    Batch,
    BrokenRow,
    shown,
)
from connectors.sources._engine.streams import TextFile
from connectors.sources.declaration import Table

MAX_LINE_BYTES = 64 * 1024 * 1024
BLOCK_BYTES = 256 * 1024
BLANK = ord(" ")
# NUL as it stands and as an escape, and what DuckDB's JSON reader takes though it is no JSON.
NUL = b"\0"
ODD_PATTERNS = (b"NaN", b"Infinity", b"\\u0000")


def jsonl_batches(file: TextFile, table: Table) -> Iterator[Batch]:
    """The unread rows of a file of JSON lines."""
    keys = [column.source_key for column in table.columns if column.name in table.key]
    carry = b""
    while chunk := file.next_chunk():
        data = carry + chunk if carry else chunk
        cut = data.rfind(b"\n") + 1
        carry = data[cut:]
        if not cut and len(data) > MAX_LINE_BYTES:
            # A line without end is let go in pieces, each of them a broken row.
            yield cut_lines(data + b"\n", len(data) + 1, file.state.lines + 1, keys)[0]
            file.settle(data, 0)
            carry = b""
        elif cut:
            batch, lines = cut_lines(data, cut, file.state.lines + 1, keys)
            file.settle(memoryview(data)[:cut], lines)
            yield batch
    row = file.state.lines + 1
    if carry and not file.damage:
        yield cut_lines(carry + b"\n", len(carry) + 1, row, keys)[0]
    elif file.damage:
        yield Batch(no_lines(), [BrokenRow(row, file.damage, shown(carry))], 1, 0)
    file.finish(carry)


def no_lines() -> pa.Table:
    """An empty batch of lines."""
    return pa.table({"row_number": pa.array([], pa.int64()), "line": pa.array([], pa.string())})


def cut_lines(data: bytes, size: int, first_row: int, keys: list[str]) -> tuple[Batch, int]:
    """Cut the first ``size`` bytes, whole lines that each end in a newline; also their count.

    Lines that cannot be read as a JSON object for sure are looked at in Python; all others are
    handed on as views into ``data``, line end included.
    """
    raw = np.frombuffer(data, np.uint8, size)
    ends, commas = _ends_and_commas(raw)
    offsets = np.zeros(len(ends) + 1, np.int32)
    offsets[1:] = ends
    if first_row == 1 and data.startswith(BOM_UTF8):
        offsets[0] = len(BOM_UTF8)
    lines = pa.Array.from_buffers(
        pa.binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )
    keep = np.ones(len(ends), bool)
    broken: list[BrokenRow] = []
    blank = 0
    for index in _suspects(data, raw, offsets, lines, commas):
        line = data[offsets[index] : offsets[index + 1]]
        reason, key = _inspect(line, keys)
        if reason is None:
            continue
        keep[index] = False
        if reason:
            broken.append(BrokenRow(first_row + index, reason, shown(line), key))
        else:
            blank += 1
    numbers = pa.array(np.arange(first_row, first_row + len(ends), dtype=np.int64))
    if not keep.all():
        lines, numbers = lines.filter(pa.array(keep)), numbers.filter(pa.array(keep))
    rows = pa.table({"row_number": numbers, "line": lines.view(pa.string())})
    return Batch(rows, broken, len(ends) - blank, size), len(ends)


def _suspects(
    data: bytes,
    raw: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int32],
    lines: pa.Array,
    commas: npt.NDArray[np.int64],
) -> list[int]:
    """Indexes of the lines that need a closer look, in order."""
    starts, ends = offsets[:-1], offsets[1:]
    odd = (raw[starts] != ord("{")) | (ends - starts > MAX_FIELD_BYTES)
    places = [commas, *(_find_all(data, raw, pattern) for pattern in ODD_PATTERNS)]
    if data.find(NUL, 0, len(raw)) >= 0:
        places.append(np.flatnonzero(raw == 0))
    for place in places:
        if len(place):
            odd[np.searchsorted(ends, place, side="right")] = True
    odd[list(_not_utf8(lines.view(pa.string())))] = True
    return [int(index) for index in np.flatnonzero(odd)]


def _ends_and_commas(
    raw: npt.NDArray[np.uint8],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Ends of lines, and places of closing brackets that follow a comma, blanks between included.

    Block by block, each small enough to stay in the processor's cache from step to step.
    """
    ends, closing = [], []
    for start in range(0, len(raw), BLOCK_BYTES):
        block = raw[start : start + BLOCK_BYTES]
        ends.append(np.flatnonzero(block == ord("\n")) + (start + 1))
        # "]" and "}" differ in one bit.
        brackets = (block | 0x20) == ord("}")
        before = np.empty_like(block)
        before[0], before[1:] = raw[start - 1] if start else 0, block[:-1]
        closing.append(
            np.flatnonzero(brackets & ((before == ord(",")) | (before <= BLANK))) + start
        )
    places = np.concatenate(closing)
    before_them = places - 1
    blank = np.flatnonzero((before_them > 0) & (raw[before_them] <= BLANK))
    while len(blank):
        before_them[blank] -= 1
        blank = blank[(before_them[blank] > 0) & (raw[before_them[blank]] <= BLANK)]
    return np.concatenate(ends), places[raw[before_them] == ord(",")]


def _not_utf8(lines: pa.Array, first: int = 0) -> Iterator[int]:
    """Indexes of the lines that are not UTF-8; of a half that has some, both halves are asked."""
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid:
        half = len(lines) // 2
        if half:
            yield from _not_utf8(lines[:half], first)
            yield from _not_utf8(lines[half:], first + half)
        else:
            yield first


def _find_all(data: bytes, raw: npt.NDArray[np.uint8], pattern: bytes) -> npt.NDArray[np.int64]:
    """Places of ``pattern``; few others have its first and last byte, so numpy looks for these."""
    places: list[int] = []
    if data.find(pattern[:1], 0, len(raw)) < 0:
        return np.array(places, np.int64)
    first, last, reach = pattern[0], pattern[-1], len(pattern) - 1
    for start in range(0, len(raw) - reach, BLOCK_BYTES):
        block = raw[start : start + BLOCK_BYTES + reach]
        like_it = np.flatnonzero((block[:-reach] == first) & (block[reach:] == last))
        places += (place + start for place in like_it.tolist())
    return np.array([place for place in places if data.startswith(pattern, place)], np.int64)


def _inspect(line: bytes, keys: list[str]) -> tuple[str | None, str | None]:
    """Why a line is broken and its key; reason null for a good line, empty for a blank one."""
    if not line.strip():
        return "", None
    if b"\0" in line:
        return "the line holds a NUL byte: remove it", None
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return (
            f"the line is not UTF-8: byte 0x{line[error.start]:02x} at position {error.start + 1}",
            None,
        )
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"the line is not JSON: {error}", None
    if not isinstance(value, dict):
        return f"the line is a JSON {_json_type(value)}: it must be an object", None
    key = ":".join(str(value.get(name)) for name in keys) if keys else None
    for name, content in value.items():
        if "\0" in name or _holds_nul(content):
            return f"{name!r} holds a NUL character: remove it", key
        size = len(content.encode() if isinstance(content, str) else orjson.dumps(content))
        if size > MAX_FIELD_BYTES:
            return f"{name} has {size} bytes: a field may have {MAX_FIELD_BYTES}", key
    return None, key


def _holds_nul(content: Any) -> bool:
    if isinstance(content, str):
        return "\0" in content
    if isinstance(content, dict):
        return any("\0" in name or _holds_nul(inner) for name, inner in content.items())
    return isinstance(content, list) and any(_holds_nul(inner) for inner in content)


def _json_type(value: Any) -> str:
    names = {list: "list", str: "text", bool: "boolean", int: "number", float: "number"}
    return names.get(type(value), "null")


def explain_json(line: str) -> str:
    """Why DuckDB refused a line, in the words of a JSON parser."""
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"the line is not JSON: {error}"
    return "the line is not JSON that the warehouse can read"
