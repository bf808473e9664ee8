"""Phone numbers as people write them in a question."""

from __future__ import annotations

import re

# A national number holds at least this many digits; fewer would match too many people.
SHORTEST_PHONE = 7


def phone_digits(text: str) -> str:
    """The digits of what looks like a phone number, without trunk or international zeros."""
    if not re.fullmatch(r"\+?[\d\s().\-/]+", text):
        return ""
    digits = re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0")
    return digits if len(digits) >= SHORTEST_PHONE else ""
