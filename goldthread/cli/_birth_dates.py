"""Birth dates as people write them: one spelling for a column, and the mistakes in it."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# Of equals the first is chosen.
DATE_FORMATS = (
    *("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"),
    *("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%Y-%m", "%Y"),
)

# What stands for a month or a day that the column leaves out. Not the first: forms put that where
# nobody gave a date, and it would count as none.
_MIDDLE = {"%Y-%m": (None, 15), "%Y": (7, 1)}

# The time of day that a timestamp adds, with or without an offset.
_TIME = re.compile(r"[ T]\d\d:\d\d(:\d\d([.]\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)?$")

# Where a wrong digit is looked for, in month and day together: tens of the day first, for most
# impossible dates are a 30th or a 31st.
_POSITIONS = (2, 0, 3, 1)


def read_birth_dates(con: duckdb.DuckDBPyConnection, texts: str) -> dict[str, date]:
    """The distinct texts of column birth_date in table ``texts`` that can be read, as dates.

    The format that reads most of the column is asked first, then the one that reads most of the
    rest (tables of several origins). An impossible date (30 February, a 13th month) is read as a
    possible one that differs as little: it still says who was not born in another year.
    """
    found = con.execute(
        f"select distinct birth_date from {texts} where birth_date is not null order by 1"
    ).fetchall()
    days = {text: _TIME.sub("", text) for (text,) in found}
    dates: dict[str, date] = {}
    unread = sorted(set(days.values()))
    forms = list(DATE_FORMATS)
    while unread and forms:
        read = {form: _read(unread, form) for form in forms}
        form = max(forms, key=lambda form: len(read[form]))
        if not read[form]:
            break
        dates |= read[form]
        for day in unread:
            if day not in dates and (near := _nearest(day, form)):
                dates[day] = near
        if form in _MIDDLE:
            break
        unread = [day for day in unread if day not in dates]
        # Years and whole dates are not mixed: one made of the other would contradict it.
        forms = [other for other in forms if other != form and other not in _MIDDLE]
    return {text: dates[day] for text, day in days.items() if day in dates}


def _read(texts: list[str], form: str) -> dict[str, date]:
    dates = {}
    month, day = _MIDDLE.get(form, (None, None))
    for text in texts:
        try:
            read = datetime.strptime(text, form).date()
        except ValueError:
            continue
        dates[text] = read.replace(month=month or read.month, day=day or read.day)
    return dates


def _nearest(text: str, form: str) -> date | None:
    """A possible date for one whose month or day cannot be, None for what is no date at all."""
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) != 8 or _shape(text) != _shape(datetime(2000, 11, 22).strftime(form)):
        return None
    if form.startswith("%Y"):
        year, month, day = digits[:4], digits[4:6], digits[6:]
    elif form.startswith("%d"):
        day, month, year = digits[:2], digits[2:4], digits[4:]
    else:
        month, day, year = digits[:2], digits[2:4], digits[4:]
    candidates = [day + month]
    for position in _POSITIONS:
        rest = month + day
        candidates += [rest[:position] + digit + rest[position + 1 :] for digit in "2103456789"]
    for candidate in candidates:
        try:
            return date(int(year), int(candidate[:2]), int(candidate[2:]))
        except ValueError:
            continue
    return None


def _shape(text: str) -> str:
    """What stands between the digits, and where."""
    return re.sub(r"\d", "0", text)
