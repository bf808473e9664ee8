"""How birth dates are compared by a model of one table that knows only the years.

A year is no date with a day and month that agree. Husband and wife are often born in one year, and
mostly within one decade, where one digit differs; of two whole dates that tells one person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldthread.identity.comparisons import GENERATION_YEARS, Level

if TYPE_CHECKING:
    import duckdb

# Share of the birth dates that fall on one day of the year, from which on that day stands for a
# missing one.
YEARS_ONLY = 0.99

YEARS_APART = "abs(year(birth_date_l) - year(birth_date_r))"

BIRTH_YEAR: list[Level] = [
    ("same year", "birth_date_l = birth_date_r", 0.93, 0.015),
    ("a year apart", f"{YEARS_APART} <= 1", 0.03, 0.03),
    (
        "one digit of the year differs",
        "damerau_levenshtein(birth_digits_l, birth_digits_r) <= 1",
        0.01,
        0.07,
    ),
    ("a generation apart", f"{YEARS_APART} >= {GENERATION_YEARS}", 0.01, 0.485),
    ("another year", "ELSE", 0.02, 0.4),
]


def date_levels(cursor: duckdb.DuckDBPyConnection, people: str) -> dict[str, list[Level]]:
    """The comparison of birth dates in place of the usual one, where the table needs another.

    people: a table as ``prepare_people`` writes it.
    """
    row = cursor.execute(
        f"""
        select coalesce(max(bearers) >= {YEARS_ONLY} * sum(bearers), false)
        from (
            select count(*) as bearers from {people}
            where birth_date is not null group by right(birth_digits, 4)
        )
        """
    ).fetchone()
    return {"birth_date": BIRTH_YEAR} if row == (True,) else {}
