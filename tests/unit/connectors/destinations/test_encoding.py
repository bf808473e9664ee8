"""How answers are read that no destination wrote."""

from __future__ import annotations

import pytest

from connectors.destinations.base import Response
from connectors.destinations.encoding import is_web_page


@pytest.mark.parametrize(
    "page",
    [
        Response(200, {"content-type": "text/html; charset=utf-8"}, b"<p>Please sign in"),
        Response(202, {"Content-Type": "Application/XHTML+xml"}, b"<?xml version='1.0'?><html/>"),
        Response(200, {"Content-Type": "text/html"}, b"{down for <b>maintenance</b>}"),
        Response(200, {"Content-Type": "text/plain"}, b"\xef\xbb\xbf \r\n<!DocType  HTML><p>"),
        Response(200, body=b"\n<HTML lang=en>"),
        Response(200, body="\ufeff<!doctype html>".encode("utf-16-le")),
    ],
)
def test_a_page_for_people_is_known_by_its_type_or_by_how_it_begins(page: Response) -> None:
    assert is_web_page(page)


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("text/plain", b"ok"),
        ("text/plain", b"Accepted"),
        ("text/plain", b"<htm"),
        ("text/html", b""),
        ("text/html; charset=utf-8", b"ok"),
        ("text/html", b'{"note": "a < b"}'),
        ("text/html; charset=UTF-8", b' {"results": []}'),
        ("application/xml", b"<?xml version='1.0'?><accepted/>"),
        (None, b"ok"),
        (None, b""),
    ],
)
def test_plain_text_json_and_silence_are_no_pages(type_: str | None, body: bytes) -> None:
    assert not is_web_page(Response(200, {"Content-Type": type_} if type_ else {}, body))
