"""Moments as milliseconds since 1970 (UTC), and the ways sources write them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

SECOND: Final = 1000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

#: The moment the demo's story ends, unless --as-of says otherwise.
DEFAULT_AS_OF: Final = "2026-11-15T12:00:00+00:00"


def parse_moment(text: str) -> int:
    """Milliseconds of an ISO 8601 text; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


@lru_cache(maxsize=4096)
def day_text(day: int) -> str:
    """``2026-11-15`` of the day number since 1970."""
    return datetime.fromtimestamp(day * 86400, UTC).date().isoformat()


def month_text(moment: int) -> str:
    """``2026-11``."""
    return day_text(moment // DAY)[:7]


def iso_millis(moment: int) -> str:
    """``2026-11-15T12:00:00.123Z``, as browsers write it."""
    day, rest = divmod(moment, DAY)
    seconds, millis = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{day_text(day)}T{hour:02d}:{minute:02d}:{second:02d}.{millis:03d}Z"


def iso_seconds(moment: int, offset_minutes: int = 0) -> str:
    """``2026-11-15T14:00:00+02:00``: local time with its offset, to the second."""
    day, rest = divmod(moment + offset_minutes * MINUTE, DAY)
    minutes, second = divmod(rest // 1000, 60)
    hour, minute = divmod(minutes, 60)
    sign = "-" if offset_minutes < 0 else "+"
    off_hour, off_minute = divmod(abs(offset_minutes), 60)
    return (
        f"{day_text(day)}T{hour:02d}:{minute:02d}:{second:02d}{sign}{off_hour:02d}:{off_minute:02d}"
    )
