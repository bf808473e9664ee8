"""Birth dates as people write them: one spelling for a column, and the mistakes in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldthread.cli._date_spellings import SPELLINGS, YEAR, middle_of_year, nearest_date, read_date

if TYPE_CHECKING:
    from datetime import date

    import duckdb

# The time of day that a timestamp adds, with or without an offset.
_TIME = re.compile(r"[ t]\d?\d:\d\d(:\d\d([.]\d+)?)?( ?[ap]m)?( ?(z|utc|[+-]\d\d(:?\d\d)?))?$")

# Beyond this share of years, what whole dates say more is worth less than how often they would
# contradict one: measured on labelled tables, a part of whose dates was cut to the year.
MOST_YEARS = 1 / 3


def read_birth_dates(con: duckdb.DuckDBPyConnection, texts: str) -> dict[str, date]:
    """The distinct texts of column birth_date in table ``texts`` that can be read, as dates.

    The spelling that reads most of the column is asked first, then the one that reads most of the
    rest (tables of several origins). An impossible date (30 February, a 13th month) is read as a
    possible one that differs as little: it still says who was not born in another year.
    A year contradicts a whole date of that year. Where too many rows have only the year, so have
    all.
    """
    found = con.execute(
        f"select birth_date, count(*) from {texts} where birth_date is not null "
        "group by 1 order by 1"
    ).fetchall()
    days = {text: _TIME.sub("", text.lower()) for text, _ in found}
    dates: dict[str, date] = {}
    years: set[str] = set()
    unread = sorted(set(days.values()))
    spellings = list(SPELLINGS)
    while unread and spellings:
        read = {spelling: _read(unread, spelling) for spelling in spellings}
        best = max(spellings, key=lambda spelling: len(read[spelling]))
        if not read[best]:
            break
        dates |= read[best]
        years |= read[best].keys() if best == YEAR else set()
        for day in unread:
            if day not in dates and (near := nearest_date(day, best)):
                dates[day] = near
        unread = [day for day in unread if day not in dates]
        spellings.remove(best)
    rows = {text: count for text, count in found if days[text] in dates}
    year_rows = sum(count for text, count in rows.items() if days[text] in years)
    if year_rows > MOST_YEARS * sum(rows.values()):
        dates = {day: middle_of_year(born.year) for day, born in dates.items()}
    return {text: dates[days[text]] for text in rows}


def _read(texts: list[str], spelling: str) -> dict[str, date]:
    read = {text: read_date(text, spelling) for text in texts}
    return {text: born for text, born in read.items() if born}
