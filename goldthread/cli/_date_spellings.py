"""The ways in which people write a date, and how one text is read in one of them."""

from __future__ import annotations

import re
from datetime import date

YEAR = "%Y"

# Codes as in strptime; of spellings that read equally many dates the first is chosen. A month's
# name may be written out, and a day or month between separators have one digit.
SPELLINGS = (
    *("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y %m %d"),
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %m %Y", "%m %d %Y"),
    *("%d%m%Y", "%m%d%Y"),
    *("%d %b %Y", "%b %d, %Y", "%b %d %Y", "%d-%b-%Y", "%d%b%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d"),
    *("%y%m%d", "%d%m%y", "%m%d%y"),
    *("%d %b %y", "%b %d, %y", "%d-%b-%y", "%d%b%y"),
    *("%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%m-%Y", "%Y%m", "%b %Y", YEAR),
)

# Two digits stand for a year from 1926 to this one: few customers are younger, and a limit that
# moved with the clock would read one table differently in another year.
NEWEST_SHORT_YEAR = 2025

_PARTS = {
    "%Y": r"(?P<year>\d{4})",
    "%y": r"(?P<year>\d\d)",
    "%m": r"(?P<month>\d\d?)",
    "%d": r"(?P<day>\d\d?)",
    "%b": r"(?P<month>[a-z]{3,9})",
}

# Without separators the number of digits tells the parts apart, and a year from a month and day.
_UNSEPARATED = {
    **_PARTS,
    "%Y": r"(?P<year>(?:1[3-9]|20)\d\d)",
    "%m": r"(?P<month>\d\d)",
    "%d": r"(?P<day>\d\d)",
}

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)

# Where a wrong digit is looked for, in month and day together: tens of the day first, for most
# impossible dates are a 30th or a 31st.
_POSITIONS = (2, 0, 3, 1)


def _pattern(spelling: str) -> re.Pattern[str]:
    parts = _UNSEPARATED if re.fullmatch("(%[Yymd])+", spelling) else _PARTS
    pieces = re.split("(%.)", spelling)
    return re.compile("".join(parts.get(piece) or re.escape(piece) for piece in pieces))


_PATTERNS = {spelling: _pattern(spelling) for spelling in SPELLINGS}


def read_date(text: str, spelling: str) -> date | None:
    """The date of a text in lower case, None where it is not written so or there is none.

    What the spelling leaves out is its middle. Not its first: forms put that where nobody gave a
    date, and it would count as none.
    """
    if not (found := _PATTERNS[spelling].fullmatch(text)):
        return None
    parts = found.groupdict()
    year = _year(parts["year"])
    if "month" not in parts:
        return middle_of_year(year)
    return _date(year, _month(parts["month"]), int(parts.get("day") or 15))


def middle_of_year(year: int) -> date:
    return date(year, 7, 1)


def nearest_date(text: str, spelling: str) -> date | None:
    """A possible date for one whose month or day cannot be, None for what is no date at all."""
    found = _PATTERNS[spelling].fullmatch(text)
    if not found or "%d" not in spelling or "%b" in spelling:
        return None
    month, day = found["month"].zfill(2), found["day"].zfill(2)
    candidates = [day + month]
    for position in _POSITIONS:
        rest = month + day
        candidates += [rest[:position] + digit + rest[position + 1 :] for digit in "2103456789"]
    year = _year(found["year"])
    possible = (_date(year, int(rest[:2]), int(rest[2:])) for rest in candidates)
    return next((each for each in possible if each), None)


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else NEWEST_SHORT_YEAR - (NEWEST_SHORT_YEAR - year) % 100


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    starts = (number for number, name in enumerate(_MONTHS, 1) if name.startswith(text))
    return next(starts, 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
