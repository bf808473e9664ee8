"""A destination's words about rows: shortened, and without the rows' values or secrets."""

from __future__ import annotations

import codecs
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from connectors.destinations.base import Response, header
from connectors.destinations.encoding import to_json

_SHOWN = 200
# So much is searched for values before it is cut: enough for a long value at the beginning.
_READ = 10_000
# A value of which a server shows the beginning only is known by so many characters.
_BEGINNING = 12
_PERSONAL = re.compile(r"(?<![^\s\"'<>:,;@])[^\s\"'<>:,;@]+@[^\s\"'<>,;]+|\+?\d[\d\s().-]{5,}\d")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\[\"\\/bfnrt]")
# A terminal would obey them; none is a blank, and none is the gap below.
_CONTROLS = re.compile("[\x01-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Stands where a value stood, until all are found: no text of a destination keeps it.
_GAP = "\0"


def excerpt(response: Response) -> str:
    """The status and the beginning of the body, in the charset it is written in."""
    body = response.body[: 4 * _READ]
    return f"http_{response.status} {_decoded(body, response)}".strip()


def scrubbed(reason: str, values: Iterable[Any] = ()) -> str:
    """A destination's words, at most 200, without these values, addresses or long numbers.

    Values count in any case, however JSON, HTML or an address writes them, as parts of nested
    values, and with their beginning alone.
    """
    leaves = {leaf for value in values for leaf in _leaves(value)}
    # An address may hold them, with escapes of its own.
    has_address = "%" in reason or "+" in reason
    forms = {form for leaf in leaves for form in _forms(leaf, has_address=has_address)}
    text = _struck(_one_line(reason[:_READ].replace(_GAP, "")), forms)
    # Twice: a document may stand in another one.
    for mark, undo in (("\\", _unescaped), ("\\", _unescaped), ("&", html.unescape)):
        if mark in text:
            text = _struck(_one_line(undo(text)), forms)
    if len(reason) > _READ:
        # What remains of a value that was cut here is too little to be known.
        head, gap, tail = text.rpartition(_GAP)
        text = head + gap + tail[:-_BEGINNING]
    return _PERSONAL.sub(_GAP, text).replace(_GAP, "[value]")[:_SHOWN]


def _decoded(body: bytes, response: Response) -> str:
    found = _CHARSET.search(header(response.headers, "content-type") or "")
    # Other charsets are hardly ever valid UTF-8, but some say all in ASCII.
    guessed = json.detect_encoding(body)
    stated = [found[1]] if found else []
    for name in [*stated, guessed] if body.isascii() else [guessed, *stated]:
        try:
            # Some of Python's codecs are none of text, which this refuses.
            "".encode(name)
            # It does not stumble over a last character that was cut.
            return codecs.getincrementaldecoder(name)().decode(body)
        except (LookupError, ValueError):
            continue
    return body.decode("latin-1")


def _one_line(text: str) -> str:
    # Half a character, as JSON can name it, cannot be kept.
    whole = text if text.isascii() else text.encode(errors="replace").decode()
    return unicodedata.normalize("NFC", _CONTROLS.sub("", " ".join(whole.split())))


def _unescaped(text: str) -> str:
    """Without the escapes of JSON, also where a document is cut off."""
    return _ESCAPE.sub(lambda found: str(json.loads(f'"{found[0]}"')), text)


def _forms(leaf: str, *, has_address: bool) -> Iterator[str]:
    """A value as servers may write it, without regard to case."""
    form = _one_line(leaf).casefold()
    if len(form) > 2:
        yield form
        if has_address and not form.isalnum():
            yield from (quote(leaf, safe="").casefold(), quote_plus(leaf).casefold())


def _leaves(value: Any) -> Iterator[str]:
    """A value as text, of nested values each part."""
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, dict):
        # The names of a struct's fields are no values; the keys of a map come in pairs.
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
        return
    yield str(value)
    if not isinstance(value, str):
        # As it is sent.
        yield to_json(value).decode().strip('"')
    elif value.startswith(("{", "[")):
        try:
            yield from _leaves(orjson.loads(value))
        except orjson.JSONDecodeError:
            return


def _struck(text: str, forms: Iterable[str]) -> str:
    """The text without these forms, and without their beginnings as far as they go."""
    folded, origin = _folded(text)
    hidden = bytearray(len(text))
    for form in forms:
        beginning = form[:_BEGINNING]
        start = folded.find(beginning)
        while start >= 0:
            end = start + len(beginning)
            while end - start < len(form) and folded.startswith(form[end - start], end):
                end += 1
            for place in range(origin[start], origin[end - 1] + 1):
                hidden[place] = 1
            start = folded.find(beginning, max(start + 1, end - len(beginning) + 1))
    return "".join(_without(text, hidden))


def _folded(text: str) -> tuple[str, list[int] | range]:
    """The text without regard to case, and for each of its characters the place in the text."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded, range(len(text))
    return folded, [place for place, char in enumerate(text) for _ in char.casefold()]


def _without(text: str, hidden: bytearray) -> Iterator[str]:
    for found in re.finditer(rb"\x00+|\x01+", hidden):
        yield _GAP if found[0][0] else text[found.start() : found.end()]
