"""CSV → Arrow: records cut by Python's csv module, so that each keeps its line number.

A record over several lines that comes out wrong (a quote nobody closed) costs its first line
only; reading goes on at the next one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson
import pyarrow as pa

from connectors.sources._engine.batches import (
    MAX_FIELD_BYTES,
    Batch,
    BrokenRow,
    shown,
)
from connectors.sources._engine.csv_header import header_names, header_problem
from connectors.sources._engine.streams import TextFile
from connectors.sources.declaration import Table

# Narrow tables may well hold a line of an address that looks like a whole row.
COLUMNS_TO_TELL_A_ROW = 4


def csv_batches(file: TextFile, table: Table) -> Iterator[Batch]:
    """The unread rows of a CSV file with a header line."""
    header = header_names(file.head) if file.head else None
    data = b""
    at_end = False
    while not at_end:
        chunk = file.next_chunk()
        at_end = not chunk
        data += chunk
        lines = data.splitlines(keepends=True) if b"\r" not in data else _split_lines(data)
        if not at_end and lines and not lines[-1].endswith(b"\n"):
            lines.pop()
        if header is None and lines and lines[0].endswith(b"\n"):
            header = header_names(lines[0])
            if reason := header_problem(lines[0], table):
                yield _refused(BrokenRow(1, reason, shown(lines[0])), table)
            file.settle(lines[0], lines[0].count(b"\n"))
            data = data[len(lines[0]) :]
            lines = lines[1:]
        if header is None or not lines:
            continue
        records = cut_records(lines, len(header), file.state.lines + 1, at_end)
        settled = b"".join(lines[: records.settled])
        file.settle(settled, settled.count(b"\n"))
        data = data[len(settled) :]
        yield _to_batch(records, header, table, len(settled))
    reason = file.damage or ("" if header is not None else _no_header(data, table))
    if reason:
        yield _refused(BrokenRow(file.state.lines + 1, reason, shown(data)), table)
    file.finish(data)


def _split_lines(data: bytes) -> list[bytes]:
    """Lines that end in LF; a lone CR is no line end."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def _no_header(data: bytes, table: Table) -> str:
    """What is wrong with a file that has no line end, or an empty text."""
    if b"\r" in data.rstrip(b"\r"):
        return "the lines of the file end in a lone CR: save it with LF or CR LF line ends"
    return header_problem(data, table)


@dataclass
class Records:
    """Records cut from some lines.

    rows: cells of each good record, with its line number and original text in ``numbers`` and
        ``texts``. settled: count of the lines that need not be read again.
    """

    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    broken: list[BrokenRow] = field(default_factory=list)
    settled: int = 0
    read: int = 0


def cut_records(lines: list[bytes], width: int, first_row: int, at_end: bool) -> Records:
    """Cut physical lines into records of ``width`` cells.

    at_end: nothing follows these lines, and the last may lack its line end. Otherwise a record
    that reaches past them is left for later.
    """
    csv.field_size_limit(MAX_FIELD_BYTES)
    records = Records(settled=len(lines))
    texts = [line.decode("utf-8", errors="surrogateescape") for line in lines]
    # A record that reaches a last line without line end may go on in the next delivery.
    open_end = len(lines) if lines and not lines[-1].endswith(b"\n") else -1
    start = 0
    while start < len(lines):
        reader = csv.reader(map(texts.__getitem__, range(start, len(texts))), strict=True)
        base = start
        reason = ""
        try:
            for cells in reader:
                end = base + reader.line_num
                if end == open_end:
                    records.settled = min(records.settled, start)
                is_blank = not cells or (width > 1 and len(cells) == 1 and not cells[0].strip())
                reason = "" if is_blank else _problem(cells, texts, start, end, width)
                if reason:
                    break
                if not is_blank:
                    records.read += 1
                    records.rows.append(cells)
                    records.numbers.append(first_row + start)
                    records.texts.append("".join(texts[start:end]))
                start = end
            else:
                break
        except csv.Error as error:
            end = base + reader.line_num
            reason = _explain(error, end - start)
            if "unexpected end of data" in str(error) and not at_end:
                records.settled = start
                break
            if end == open_end or "unexpected end of data" in str(error):
                records.settled = min(records.settled, start)
        records.read += 1
        records.broken.append(BrokenRow(first_row + start, reason, shown(lines[start])))
        start += 1
    return records


def _problem(cells: list[str], texts: list[str], start: int, end: int, width: int) -> str:
    """Why a record is broken, or an empty text."""
    if end - start > 1 and (
        len(cells) != width
        or (
            width >= COLUMNS_TO_TELL_A_ROW
            and any(_is_whole_row(text, width) for text in _inner_lines(texts, start, end))
        )
    ):
        return "a quote is opened on this line and not closed: close it"
    if not width:
        return "the first line is blank: it must name the columns"
    if len(cells) != width:
        return f"the row has {len(cells)} columns: the header has {width}"
    text = texts[start] if end - start == 1 else "".join(texts[start:end])
    if not text.isascii() and not _is_clean(text):
        bad = next(char for char in text if "\udc80" <= char <= "\udcff")
        return f"the row is not UTF-8: it holds the byte 0x{ord(bad) - 0xDC00:02x}"
    if "\0" in text:
        return "the row holds a NUL byte: remove it"
    if len(text) * 4 > MAX_FIELD_BYTES:
        size = max(len(cell.encode()) for cell in cells)
        if size > MAX_FIELD_BYTES:
            return f"a field has {size} bytes: a field may have {MAX_FIELD_BYTES}"
    return ""


def _inner_lines(texts: list[str], start: int, end: int) -> list[str]:
    """The lines of a record that may be rows of their own, were its quote not meant to be open.

    Its last line is none where a quote ends its first cell: that ends what was opened.
    """
    before = texts[end - 1].partition('"')[0]
    is_end = bool(before) and "," not in before
    return texts[start + 1 : end - is_end]


def _is_whole_row(text: str, width: int) -> bool:
    try:
        return len(next(csv.reader([text], strict=True), [])) == width
    except csv.Error:
        return False


def _is_clean(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _explain(error: csv.Error, lines: int) -> str:
    text = str(error)
    if "field limit" in text and lines == 1:
        return f"a field has more than {MAX_FIELD_BYTES} bytes"
    if "unexpected end of data" in text or "field limit" in text or lines > 1:
        return "a quote is opened on this line and not closed: close it"
    return f"the row is not CSV: {text}"


def _refused(row: BrokenRow, table: Table) -> Batch:
    """A batch of one broken row."""
    return Batch(_to_batch(Records(), [], table, 0).rows, [row], 1, 0)


def _to_batch(records: Records, header: list[str], table: Table, bytes_read: int) -> Batch:
    cells: list[tuple[str, ...]] = list(zip(*records.rows, strict=True))
    # Of names that differ in their case only, the first one counts.
    place = {name.lower(): index for index, name in reversed([*enumerate(header)])}
    columns: dict[str, pa.Array] = {
        "row_number": pa.array(records.numbers, pa.int64()),
        "line": pa.array(records.texts, pa.string()),
    }
    known: set[int] = set()
    for column in table.columns:
        index = place.get(column.source_key.lower())
        if index is None or not cells:
            columns[column.name] = pa.nulls(len(records.rows), pa.string())
        else:
            columns[column.name] = pa.array(cells[index], pa.string())
        if index is not None:
            known.add(index)
    others = [(index, name) for index, name in enumerate(header) if index not in known]
    extra = [_extra(row, others) for row in records.rows] if others else None
    columns["_extra"] = pa.array(extra or [None] * len(records.rows), pa.string())
    return Batch(pa.table(columns), records.broken, records.read, bytes_read)


def _extra(cells: list[str], others: list[tuple[int, str]]) -> str | None:
    values = {name: cells[index] for index, name in others if cells[index] != ""}
    return orjson.dumps(values).decode() if values else None
