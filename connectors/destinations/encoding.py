"""JSON for every destination that speaks it: one form for values, and how answers are read."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson

from connectors.destinations.base import Response, header

_OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
# Byte order marks of UTF-8 and UTF-16, whose blanks and brackets have a zero byte.
_BLANKS_AND_MARKS = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"
_PAGES = ("text/html", "application/xhtml+xml")
_PAGE_BEGINS = re.compile(rb"<!doctype\s+html|<html", re.IGNORECASE)


def to_json(document: Any, *, newline: bool = False) -> bytes:
    """UTF-8 JSON: timestamps ISO 8601 in UTC with ``Z``, decimals exact numbers, durations
    seconds, bytes hex.

    Raises TypeError for a value that has no JSON form.
    """
    return orjson.dumps(document, _plain, _OPTIONS | (orjson.OPT_APPEND_NEWLINE if newline else 0))


def from_json(body: bytes) -> Any:
    """An answer's JSON, also with a byte order mark, in UTF-16 or with NaN, as some servers write.

    Raises ValueError when it is none.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def is_cut_off(body: bytes) -> bool:
    """Whether an answer began as JSON and cannot be read: nobody knows what else it said."""
    if not body.lstrip(_BLANKS_AND_MARKS).startswith((b"{", b"[")):
        return False
    try:
        from_json(body)
    except ValueError:
        return True
    return False


def listed(body: bytes, path: str) -> list[Any] | None:
    """The list at a dotted path of an answer's JSON; None when it is no JSON, or holds none."""
    try:
        found = from_json(body)
    except ValueError:
        return None
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, list) else None


def says_it_failed(body: bytes) -> bool:
    """Whether an answer's JSON tells of an error, or of no success: ``{"error": "quota"}``,
    ``{"ok": false}``. Many tools do that with status 200."""
    try:
        document = from_json(body)
    except ValueError:
        return False
    known = document if isinstance(document, dict) else {}
    has_error = bool(known.get("error") or known.get("errors"))
    return has_error or known.get("ok") is False or known.get("success") is False


def is_web_page(response: Response) -> bool:
    """Whether this is a page for people, such as a login, a proxy or a maintenance page shows.

    No page: whatever has no tag in it, and JSON. Some servers call all they say text/html, as
    Flask does a plain "ok" (https://flask.palletsprojects.com/en/stable/quickstart/#about-responses).
    """
    # In UTF-16 every other byte is zero.
    text = response.body.lstrip(_BLANKS_AND_MARKS)
    if _PAGE_BEGINS.match(text[:100].replace(b"\0", b"")):
        return True
    kind = header(response.headers, "content-type") or ""
    if b"<" not in text or not kind.strip().lower().startswith(_PAGES):
        return False
    try:
        return not isinstance(from_json(response.body), dict | list)
    except ValueError:
        return True


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no JSON form for {type(value).__name__}")
