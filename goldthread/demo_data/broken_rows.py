"""Broken rows of every kind INPUTS names, each with its reason; none of them may be loaded.

They carry keys of their own, so that a row loaded by mistake shows up as one too many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, Final

import orjson

from goldthread.demo_data.broken_db_rows import broken_db_rows
from goldthread.demo_data.collected import Collector, csv_line
from goldthread.demo_data.crm_source import export_moments, export_path
from goldthread.demo_data.identifiers import make_stripe_id
from goldthread.demo_data.people import Person
from goldthread.demo_data.randomness import hex_id, pick, uuid_text
from goldthread.demo_data.signups_source import signups_path
from goldthread.demo_data.stamps import DAY, HOUR, iso_millis, iso_seconds, month_text
from goldthread.demo_data.stripe_source import CHARGES_PATH, CUSTOMERS_PATH

Broken = tuple[str, bytes]  # reason, line
#: A field longer than 256 KiB is broken; one such row is enough for a pack.
_HUGE: Final = 256 * 1024 + 17


def add_broken_rows(
    out: Collector, rng: Random, people: list[Person], as_of: int, complete: bool
) -> None:
    """Every kind once (``complete``, for the first block) or a few drawn ones."""
    for path, rows in _all_kinds(rng, people, as_of, complete):
        for reason, line in rows:
            if complete or rng.random() < 0.08:
                # Somewhere among the block's rows of the file.
                out.add_line(path, out.any_place(rng, path), line, reason)
    for table, values, reason in broken_db_rows(rng, people, as_of):
        if complete or rng.random() < 0.08:
            out.add_db_row(table, values, reason)


def _all_kinds(
    rng: Random, people: list[Person], as_of: int, complete: bool
) -> Iterator[tuple[str, list[Broken]]]:
    yield signups_path(as_of - 100 * DAY), list(_signups(rng, as_of))
    yield export_path(export_moments(as_of)[1]), list(_contacts(rng, as_of))
    month = month_text(as_of)
    kinds: list[tuple[str, Callable[[Random, int], Iterator[Broken]]]] = [
        (f"web/events_{month}.jsonl", _web),
        (f"email/events_{month}.jsonl", _email),
        (CUSTOMERS_PATH, _customers),
        (f"consent/receipts_{month}.jsonl", _consent),
    ]
    for path, kind in kinds:
        yield path, list(kind(rng, as_of))
    yield f"web/events_{month_text(as_of - 45 * DAY)}.jsonl.gz", list(_web(rng, as_of))[:4]
    customers = [person.stripe_id for person in people if person.stripe_id] or ["cus_none"]
    yield CHARGES_PATH, list(_charges(rng, as_of, customers))
    if complete:
        huge = {**_event(rng, as_of), "properties": {"note": "x" * _HUGE}}
        yield f"web/events_{month}.jsonl", [("field over 256 KiB", _json(huge))]


def _json(value: object) -> bytes:
    return orjson.dumps(value) + b"\n"


def _spoiled(line: bytes) -> Iterator[Broken]:
    """Spoils a good JSON line in the ways a line can be unreadable."""
    middle = len(line) // 2
    yield "invalid UTF-8", line[:middle] + b"\xff\xfe" + line[middle:]
    yield "invalid JSON", line[:middle] + b"\n"
    yield "not an object", b'["' + line[2:12].replace(b'"', b"") + b'"]\n'
    yield "NUL byte", line[:middle] + b"\x00" + line[middle:]


def _signup(rng: Random, as_of: int) -> list[str]:
    return [
        "su_broken_" + hex_id(rng, 48), f"lost.{hex_id(rng, 32)}@example.org", "Lost", "Row", "",
        "1980-01-02", "10115", "Berlin", "DE", "true", "footer", iso_seconds(as_of - 100 * DAY, 60),
    ]  # fmt: skip


def _signups(rng: Random, as_of: int) -> Iterator[Broken]:
    row = _signup(rng, as_of)
    yield "wrong number of columns", csv_line([*_signup(rng, as_of), "surplus", "more"])
    yield "wrong number of columns", csv_line(_signup(rng, as_of)[:7])
    line = csv_line(row)
    yield "invalid UTF-8", line.replace(b"Lost", b"L\xf6st")
    yield "NUL byte", line.replace(b"Lost", b"Lo\x00st")
    row = _signup(rng, as_of)
    yield "missing key", csv_line(["", *row[1:]])
    row = _signup(rng, as_of)
    yield "no identifying field", csv_line([row[0], "", "", "", "", "", "", "", *row[8:]])
    row = _signup(rng, as_of)
    yield "impossible signed_up_at", csv_line([*row[:11], "2026-02-30T25:61:00+00:00"])
    yield "unclosed quote", csv_line(_signup(rng, as_of)).replace(b",Lost,", b',"Lost,')


def _contacts(rng: Random, as_of: int) -> Iterator[Broken]:
    def contact() -> list[str]:
        return [
            "C-BROKEN" + hex_id(rng, 48).upper(), f"lost.{hex_id(rng, 32)}@example.org", "Lost",
            "Contact", "+4915112345678", "", "", "", "", "", "DE", "lead",
            iso_seconds(as_of - 12 * HOUR),
        ]  # fmt: skip

    yield "wrong number of columns", csv_line(contact()[:-2])
    line = csv_line(contact())
    yield "unclosed quote", line.replace(b",Lost,", b',"Lost,')
    yield "invalid UTF-8", csv_line(contact()).replace(b"Lost", b"Lo\xe9st")
    row = contact()
    yield "missing key", csv_line(["", *row[1:]])
    row = contact()
    yield "impossible updated_at", csv_line([*row[:12], "yesterday"])


def _event(rng: Random, as_of: int) -> dict[str, Any]:
    moment = as_of - int(rng.random() * 10 * DAY) - HOUR
    return {
        "messageId": f"broken-{uuid_text(rng)}",
        "type": "track",
        "anonymousId": f"broken-{uuid_text(rng)}",
        "timestamp": iso_millis(moment),
        "sentAt": iso_millis(moment + 9),
        "receivedAt": iso_millis(moment + 99),
        "event": "Product Viewed",
        "properties": {"product_id": "GT-1000", "category": "shoes"},
    }


def _web(rng: Random, as_of: int) -> Iterator[Broken]:
    yield from _spoiled(_json(_event(rng, as_of)))
    event = _event(rng, as_of)
    del event["messageId"]
    yield "missing key", _json(event)
    event = _event(rng, as_of)
    del event["anonymousId"]
    yield "no identifying field", _json({**event, "userId": ""})
    yield "unknown type", _json({**_event(rng, as_of), "type": "ping"})
    yield "missing type", _json({**_event(rng, as_of), "type": None})
    late = {"timestamp": "2026-13-45T00:00:00Z", "sentAt": None, "receivedAt": None}
    yield "impossible timestamp", _json({**_event(rng, as_of), **late})


def unfinished_line(as_of: int) -> tuple[str, bytes]:
    """The file that is still being written, and the piece of a message at its end."""
    path = f"web/events_{month_text(as_of)}.jsonl"
    return path, b'{"messageId":"broken-still-being-written","type":"track","anonymousId":"bro'


def _email(rng: Random, as_of: int) -> Iterator[Broken]:
    def event(**changes: object) -> dict[str, Any]:
        return {
            "email": f"lost.{hex_id(rng, 32)}@example.org",
            "timestamp": (as_of - 3 * DAY) // 1000,
            "event": "open",
            "sg_event_id": "broken_" + hex_id(rng, 96),
            "sg_message_id": "broken_" + hex_id(rng, 96),
            "campaign_id": "newsletter-broken",
            **changes,
        }

    yield from _spoiled(_json(event()))
    yield "missing key", _json(event(sg_event_id=None))
    yield "no identifying field", _json(event(email=""))
    yield "unknown event", _json(event(event="teleported"))
    yield "impossible timestamp", _json(event(timestamp="soon"))


def _customers(rng: Random, as_of: int) -> Iterator[Broken]:
    def customer(**changes: object) -> dict[str, Any]:
        return {
            "id": make_stripe_id(rng, "cus") + "broken",
            "object": "customer",
            "email": f"lost.{hex_id(rng, 32)}@example.org",
            "created": (as_of - 3 * DAY) // 1000,
            **changes,
        }

    yield from _spoiled(_json(customer()))
    yield "missing key", _json(customer(id=None))
    yield "impossible created", _json(customer(created="never"))


def _charges(rng: Random, as_of: int, customers: Sequence[str | None]) -> Iterator[Broken]:
    def charge(**changes: object) -> dict[str, Any]:
        return {
            "id": make_stripe_id(rng, "ch") + "broken",
            "object": "charge",
            "amount": 990_000,
            "amount_refunded": 0,
            "currency": "usd",
            "customer": pick(rng, customers),
            "status": "succeeded",
            "created": (as_of - 3 * DAY) // 1000,
            "metadata": {},
            **changes,
        }

    yield from _spoiled(_json(charge()))
    yield "missing key", _json(charge(id=""))
    yield "negative amount", _json(charge(amount=-500))
    yield "amount is not a number", _json(charge(amount="a lot"))
    yield "unknown status", _json(charge(status="vanished"))
    yield "missing currency", _json(charge(currency=None))
    yield "no identifying field", _json(charge(customer=None))
    yield "impossible created", _json(charge(created="soon"))


def _consent(rng: Random, as_of: int) -> Iterator[Broken]:
    def receipt(**changes: object) -> dict[str, Any]:
        return {
            "receipt_id": "rcpt_broken_" + hex_id(rng, 64),
            "identifier_type": "email",
            "identifier_value": f"lost.{hex_id(rng, 32)}@example.org",
            "purposes": {"C0001": True, "C0002": True},
            "jurisdiction": "gdpr",
            "gpc": False,
            "tcf": None,
            "collected_at": iso_seconds(as_of - 3 * DAY),
            **changes,
        }

    yield from _spoiled(_json(receipt()))
    yield "missing key", _json(receipt(receipt_id=None))
    yield "no identifying field", _json(receipt(identifier_value=None))
    yield "unknown identifier_type", _json(receipt(identifier_type="shoe_size"))
    yield "impossible collected_at", _json(receipt(collected_at="2026-02-30T00:00:00Z"))
