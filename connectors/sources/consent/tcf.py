"""Reading IAB TCF v2 consent strings."""

from __future__ import annotations

import binascii
import re
import struct

# Version to vendor-list encoding take 230 bits. The library reads a shorter string as consent to
# everything, so a cut one must not reach it.
CORE_SEGMENT = re.compile(r"[A-Za-z0-9_-]{39,}")


def consented_purposes(text: str) -> str | None:
    """The purposes a TCF v2 string consents to, as ``"1,2,7"``; empty when there are none.

    Gives null for a string that is no TCF v2 string. Vendor lists are not read: the library
    leaves them out for range-encoded ones.
    """
    from iab_tcf import decode_v2

    text = text.strip()
    if not CORE_SEGMENT.fullmatch(text.split(".")[0]):
        return None
    try:
        consent = decode_v2(text)
        purposes = {int(number): bool(given) for number, given in consent.purposes_consent.items()}
        version = consent.version
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        OverflowError,
        struct.error,
        binascii.Error,
    ):
        return None
    if version != 2:
        return None
    return ",".join(str(number) for number, given in sorted(purposes.items()) if given)
