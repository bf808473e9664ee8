"""Exchange rates of the demo: the file, and what an amount is worth by it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from goldthread.demo_data.collected import csv_line
from goldthread.demo_data.stamps import DAY, day_text

#: Dollars for one unit. CHF has no rate at all, PLN and SEK none before the last 300 days: such
#: orders stay out of lifetime value and are reported.
_RATES: Final = {"EUR": 1.09, "GBP": 1.27, "JPY": 0.0067, "PLN": 0.25, "SEK": 0.095}
_LATE_CURRENCIES: Final = ("PLN", "SEK")
_MONTHS: Final = 20
_LATE_MONTHS: Final = 10


def _rows(as_of: int) -> Iterator[tuple[str, Decimal, int]]:
    """(currency, rate, first valid day since 1970), oldest first."""
    for step in range(_MONTHS, -1, -1):
        day = (as_of - step * 30 * DAY) // DAY
        for number, (currency, rate) in enumerate(_RATES.items()):
            if currency in _LATE_CURRENCIES and step > _LATE_MONTHS:
                continue
            drift = 1 + 0.002 * ((step * 7 + number * 5) % 11 - 5)
            yield currency, Decimal(f"{rate * drift:.6f}"), day


def rates_file(as_of: int) -> bytes:
    lines = [csv_line(("currency", "rate_to_base", "valid_from"))]
    lines += [csv_line((code, str(rate), day_text(day))) for code, rate, day in _rows(as_of)]
    return b"".join(lines)


@lru_cache(maxsize=4)
def _by_currency(as_of: int) -> dict[str, list[tuple[int, Decimal]]]:
    table: dict[str, list[tuple[int, Decimal]]] = {}
    for currency, rate, day in _rows(as_of):
        table.setdefault(currency, []).append((day, rate))
    return table


def in_dollars(hundredths: int, currency: str, moment: int, as_of: int) -> Decimal | None:
    """Dollars and cents by the rate valid on the day; None where there is none."""
    amount = Decimal(hundredths) / 100
    if currency == "USD":
        return amount
    valid = [rate for day, rate in _by_currency(as_of).get(currency, ()) if day <= moment // DAY]
    if not valid:
        return None
    return (amount * valid[-1]).quantize(Decimal("0.01"), ROUND_HALF_UP)
