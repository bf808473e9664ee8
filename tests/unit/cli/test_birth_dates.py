"""Birth dates in the spellings that tables have, alone and mixed."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from goldthread.cli._birth_dates import read_birth_dates


def born(*texts: str) -> dict[str, date]:
    with duckdb.connect() as con:
        con.execute("create table texts as select unnest($1) as birth_date", [list(texts)])
        return read_birth_dates(con, "texts")


def test_a_time_of_day_does_not_hide_a_birth_date() -> None:
    spelled = ("1980-03-05 00:00:00+00", "1980-03-05T00:00:00.000Z", "1980-03-05 14:30:00-05:00")
    assert set(born(*spelled).values()) == {date(1980, 3, 5)}
    assert len(born(*spelled)) == len(spelled)


def test_birth_dates_of_a_second_origin_are_read_in_their_own_spelling() -> None:
    found = born("1980-03-05", "1981-03-05", "1982-02-30", "31/12/1980", "01/02/1903", "4 Mar 1990")
    assert found == {
        "1980-03-05": date(1980, 3, 5),
        "1981-03-05": date(1981, 3, 5),
        "1982-02-30": date(1982, 2, 20),
        "31/12/1980": date(1980, 12, 31),
        # Not the year 102.
        "01/02/1903": date(1903, 2, 1),
        "4 Mar 1990": date(1990, 3, 4),
    }


@pytest.mark.parametrize(
    "spelled",
    [
        *("1985.03.02", "1985 03 02", "02.03.1985", "2-3-1985", "02 03 1985", "02031985"),
        *("02/03/1985 0:00", "2/3/1985 12:00:00 AM", "1985-03-02T00:00Z"),
        *("02MAR1985", "2 March 1985", "March 2, 1985", "mar 2 1985", "2-mar-85", "02-Mar-1985"),
        *("02/03/85", "02.03.85", "02-03-85", "850302", "2 Mar 85"),
    ],
)
def test_whole_dates_are_read_in_any_spelling(spelled: str) -> None:
    assert born(spelled) == {spelled: date(1985, 3, 2)}


def test_one_column_decides_whether_day_or_month_comes_first() -> None:
    assert born("04-21-47", "05-06-72")["05-06-72"] == date(1972, 5, 6)
    assert born("21-04-47", "05-06-72")["05-06-72"] == date(1972, 6, 5)
    assert born("47-04-21", "72-06-05", "99-05-06")["72-06-05"] == date(1972, 6, 5)
    # The one impossible date makes no other spelling of all those that are possible.
    found = born("20101215", "20100312", "20100230")
    assert found["20101215"] == date(2010, 12, 15)
    assert found["20100230"] == date(2010, 2, 20)


def test_two_digits_are_a_year_that_a_customer_may_be_born_in() -> None:
    years = {text[-2:]: day.year for text, day in born("01/02/26", "01/02/99", "01/02/25").items()}
    assert years == {"26": 1926, "99": 1999, "25": 2025}


@pytest.mark.parametrize("spelled", ["1985/12", "12/1985", "12.1985", "198512", "Dec 1985"])
def test_months_are_no_days(spelled: str) -> None:
    assert born(spelled) == {spelled: date(1985, 12, 15)}


def test_a_few_years_among_whole_dates_are_read() -> None:
    assert born("1980-03-05", "1981-03-05", "1982-03-05", "1982", "9999") == {
        "1980-03-05": date(1980, 3, 5),
        "1981-03-05": date(1981, 3, 5),
        "1982-03-05": date(1982, 3, 5),
        "1982": date(1982, 7, 1),
    }


def test_where_many_rows_have_only_the_year_all_are_compared_by_it() -> None:
    assert born("1980-03-05", "1981-03-05", "1980", "1980") == {
        "1980-03-05": date(1980, 7, 1),
        "1981-03-05": date(1981, 7, 1),
        "1980": date(1980, 7, 1),
    }
