"""What is kept of a destination's words: no value of the row, however the words are written."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.destinations.base import Response
from connectors.sync.reasons import excerpt, scrubbed

NAME = "Zoë Müller-Strauß"


def test_a_reason_loses_the_rows_values() -> None:
    words = "Jane Doe <jane@example.com> (+1 555 000 1111) already signed up; code E42"
    said = scrubbed(words, ["Jane", "Doe", "jane@example.com", None])
    assert said == "[value] [value] <[value]> ([value]) already signed up; code E42"


def test_a_reason_loses_addresses_of_others_too() -> None:
    assert "@" not in scrubbed("conflicts with other.person@example.com")


def test_a_reason_stays_short_and_on_one_line() -> None:
    said = scrubbed("many\nwords " * 100)
    assert len(said) == 200 and "\n" not in said


@pytest.mark.parametrize(
    "words",
    [
        NAME,
        NAME.upper(),
        json.dumps(NAME),
        json.dumps(json.dumps(NAME)),
        "Zoe\u0308 Mu\u0308ller-Strauß",
        "Zo&euml; M&#252;ller-Strau&szlig;",
        "name=Zo%C3%AB%20M%C3%BCller-Strau%C3%9F",
        "name=Zo%c3%ab+M%c3%bcller-Strau%c3%9f",
        "Zoë\n  Müller-Strauß",
        "Zoë Müller-St...",
    ],
)
def test_a_value_is_found_however_it_is_written(words: str) -> None:
    said = scrubbed(f"no such person: {words} (E42)", [NAME])
    assert "[value]" in said and "E42" in said
    assert "Zo" not in said and "ller" not in said.lower()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"street": "Main Road 5", "tags": ["insulin"]}, "no Main Road 5, no insulin"),
        ([("insulin", {"dose": "7 units"})], "no insulin, no 7 units"),
        ('{"tags": ["insulin"], "at": "Main Road 5"}', "no insulin, no Main Road 5"),
        (datetime(2026, 10, 1, 12), "no 2026-10-01 12:00:00, no 2026-10-01T12:00:00Z"),
        ([Decimal("12.50"), b"secret"], "no 12.50, no 736563726574"),
    ],
)
def test_each_part_of_a_nested_value_is_found(value: Any, words: str) -> None:
    assert scrubbed(words, [value]) == "no [value], no [value]"


def test_yes_and_no_are_no_values_that_tell_anything() -> None:
    assert scrubbed('{"retry": false}', [False]) == '{"retry": false}'


@pytest.mark.parametrize("length", [3_000, 9_995, 200_000])
def test_a_long_value_is_found_though_the_answer_is_cut(length: int) -> None:
    story = ("My long private story. " * length)[:length]
    said = scrubbed(excerpt(Response(400, body=f"bad: {story}".encode())), [story])
    assert said == "http_400 bad: [value]"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (NAME.encode("latin-1"), "text/plain; charset=iso-8859-1"),
        (NAME.encode(), "text/plain; charset=iso-8859-1"),
        (NAME.encode("cp1252"), "text/plain"),
        (json.dumps({"name": NAME}, ensure_ascii=False).encode("utf-16"), "application/json"),
        (NAME.encode("utf-7"), "text/plain; charset=utf-7"),
        (NAME.encode(), "text/plain; charset=no-such-one"),
        (NAME.encode(), "text/plain; charset=zlib"),
    ],
)
def test_an_answer_is_read_in_its_own_charset(body: bytes, kind: str) -> None:
    said = scrubbed(excerpt(Response(400, {"Content-Type": kind}, body)), [NAME])
    assert said in ("http_400 [value]", 'http_400 {"name": "[value]"}')


def test_half_a_character_can_be_kept() -> None:
    scrubbed(r"half of one: \ud83d").encode()


def test_a_reason_gives_a_terminal_no_orders() -> None:
    said = "\x1b[2J\x1b]0;title\x07 no \x9b31m such list \u202e, Firstname\x1b7"
    assert scrubbed(said, ["Firstname7"]) == "[2J]0;title no 31m such list , [value]"
    assert "\x1b" not in scrubbed(r'{"error": "\u001b[2J"}')
