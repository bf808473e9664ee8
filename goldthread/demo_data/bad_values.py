"""Bad optional values: the row stays good, the value becomes null and a value issue."""

from __future__ import annotations

from random import Random
from typing import Final

from goldthread.demo_data.collected import Collector
from goldthread.demo_data.randomness import chance, pick

_SHARE: Final = 0.005
_BAD: Final[dict[str, tuple[str, ...]]] = {
    "birth_date": ("1985-02-31", "31/02/1990", "0000-00-00", "unknown", "1979-13-01"),
    "phone": ("12", "call me", "n/a", "+49 (0) ???", "555-HOME-NOW"),
    "email": ("john(at)example.org", "no e-mail", "@example.org", "anna@", "a b@example.org"),
    "tcf": ("CP9", "not-a-string", "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA"),
}


class Spoiler:
    """Spoils values of one row now and then, and notes what it did."""

    def __init__(self, out: Collector, rng: Random, source: str, row_key: str) -> None:
        self._out, self._rng, self._source, self._row_key = out, rng, source, row_key

    def spoil(self, column: str, value: str | None) -> str | None:
        """The value, or with a small chance one that is no valid value of its column."""
        if not chance(self._rng, _SHARE):
            return value
        bad = pick(self._rng, _BAD[column])
        self._out.add_truth("value_issues", (self._source, self._row_key, column, bad))
        return bad
