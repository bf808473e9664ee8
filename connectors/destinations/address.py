"""Which texts are addresses that a request can go to."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, StringConstraints


def is_address(text: str) -> bool:
    """Whether this is an http:// or https:// address, with a host and a port as there can be."""
    # Loaded when a sync has an address: it takes longer than the rest of its description.
    import httpx

    try:
        url = urlsplit(text)
        # Asking for the port is what checks it. What httpx cannot read, it cannot ask either; it
        # writes names of other scripts in ASCII for that.
        is_known = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        is_readable = bool(httpx.URL(text).host)
    except (ValueError, httpx.InvalidURL):
        return False
    return is_known and is_readable and text.isprintable() and " " not in text


def _checked(text: str) -> str:
    if not is_address(text):
        raise ValueError("is no http:// or https:// address that can be asked")
    return text


# An address in the settings. No credentials in it (user:password@): such a one belongs into a
# variable.
OpenAddress = Annotated[
    str, StringConstraints(pattern=r"^https?://[^@/?#]+([/?#]|$)"), AfterValidator(_checked)
]
