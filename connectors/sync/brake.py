"""When a destination rejects everything: then the sync is at fault, not its rows."""

from __future__ import annotations

from collections import Counter

from connectors.destinations.base import Operation

# So many rows rejected and not one accepted.
_REJECTIONS_TO_STOP = 20
_ROWS: dict[Operation, str] = {"remove": "removal", "upsert": "row to add or change"}


class Brake:
    """Stops one operation and no other: a tool may know nobody who is to be removed, and yet take
    everybody who is to be added. ``reasons`` holds why, for each operation that was stopped."""

    def __init__(self) -> None:
        self._accepted: Counter[Operation] = Counter()
        self._rejected: Counter[Operation] = Counter()
        self.reasons: dict[Operation, str] = {}

    def count(
        self, operation: Operation, *, accepted: int = 0, rejected: int = 0, reason: str | None
    ) -> None:
        """Take note of rows that are decided. reason: of one of the rejected."""
        self._accepted[operation] += accepted
        self._rejected[operation] += rejected
        if not self._accepted[operation] and self._rejected[operation] >= _REJECTIONS_TO_STOP:
            rows = _ROWS.get(operation, "row")
            self.reasons.setdefault(operation, f"every {rows} was rejected so far ({reason})")
