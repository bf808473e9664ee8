"""When to try again, and how long to wait first."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import isfinite

from connectors.destinations.base import header

# The request was not taken, or it is not known whether it was. All other 4xx are final.
_LATER = frozenset({408, 425, 429})
# These 5xx say that the endpoint never will: as final as a 4xx.
_NEVER = frozenset({501, 505, 510, 511})
# The endpoint speaks about the request, whatever rows it carries: splitting a batch cannot help.
_ABOUT_THE_REQUEST = frozenset({401, 402, 403, 404, 405, 406, 407, 410, 411, 415, 426, 431, 451})


@dataclass(frozen=True)
class RetryPolicy:
    """Full jitter: before retry n wait between 0 and base * 2**(n-1) seconds, at most cap.

    A server's Retry-After is a floor, unless it asks for more than ``patience`` seconds: then
    sending ends, and the rows stay for the next apply.
    """

    attempts: int = 5
    base: float = 0.5
    cap: float = 30.0
    patience: float = 120.0

    def wait(self, attempt: int, floor: float | None, rng: random.Random) -> float | None:
        """Seconds to wait after this many attempts; None to give up."""
        if attempt >= self.attempts or (floor is not None and floor > self.patience):
            return None
        jitter = rng.uniform(0, min(self.cap, self.base * 2 ** (attempt - 1)))
        return max(jitter, floor or 0.0)


def is_retryable(status: int) -> bool:
    """408, 425, 429 and server errors."""
    return status in _LATER or (status >= 500 and status not in _NEVER)


def is_doubtful(status: int) -> bool:
    """The server may have stored something before it answered so."""
    return status == 408 or status >= 500


def is_about_the_request(status: int) -> bool:
    """No row is at fault and no other request would fare better: credentials, address, redirect."""
    return status // 100 in (1, 3) or status in _ABOUT_THE_REQUEST or status in _NEVER


def advice(status: int) -> str:
    """What to look at after an answer that is about the request."""
    if status // 100 == 3:
        return "redirects are not followed, for secrets would go along: set the address it leads to"
    if status in (401, 403, 407):
        return "check the credentials, and whether they allow this"
    if status in (404, 405, 410):
        return "check the URL"
    return "look at the endpoint's settings and its own log"


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait by the response's Retry-After, in seconds or as an HTTP date; None without
    one.

    now: UNIX seconds of the transport's clock. A value that is neither counts as absent.
    """
    value = header(headers, "retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
        return max(0.0, seconds) if isfinite(seconds) else None
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(value)
        # HTTP dates are UTC; those of asctime() do not say so.
        return max(0.0, (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now)
    except (ValueError, OverflowError):
        return None
