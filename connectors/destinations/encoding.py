"""JSON for every destination that speaks it: one form for values, and whether answers are whole."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson

from connectors.destinations.base import Status

_OPTIONS = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


def to_json(document: Any, *, newline: bool = False) -> bytes:
    """UTF-8 JSON: timestamps ISO 8601 in UTC with ``Z``, decimals exact numbers, durations
    seconds, bytes hex.

    Raises TypeError for a value that has no JSON form.
    """
    return orjson.dumps(document, _plain, _OPTIONS | (orjson.OPT_APPEND_NEWLINE if newline else 0))


def told_nothing(body: bytes) -> Status:
    """What rows are that a good answer does not speak of: taken, but of JSON that was cut off.

    Nobody knows whom that would have refused; asked again, a receiver answers as it did.
    """
    if body.lstrip().startswith((b"{", b"[")):
        try:
            orjson.loads(body)
        except orjson.JSONDecodeError:
            return "retryable"
    return "ok"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no JSON form for {type(value).__name__}")
