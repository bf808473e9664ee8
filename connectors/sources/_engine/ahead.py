"""Times that are too far ahead at this ``as_of`` and become possible at a later one."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.sources._engine.checks import FUTURE, latest_at, typed_name
from connectors.sources.declaration import Column, Table

MICROSECOND = timedelta(microseconds=1)


class Ahead:
    """SQL for one table, over ``typed`` of its ``Checks``."""

    def __init__(self, table: Table, as_of: datetime) -> None:
        self._table = table
        self._today, self._latest = latest_at(as_of)

    def possible_from(self, is_broken: str) -> str:
        """The earliest ``as_of``, in microseconds since 1970, at which one of the row's times is
        possible that is too far ahead now; null where there is none. is_broken: a condition."""
        moments = ["cast(null as bigint)"]
        for column in self._table.columns:
            condition = self._is_ahead(column)
            if not _follows_as_of(column):
                # A time of any year may be why a row is broken: that it stands nowhere in time.
                if column.name not in self._table.dated_by:
                    continue
                condition += f" and {is_broken}"
            # A day may be one that no timestamp holds, so far away that it never comes.
            moment = f"epoch_us(try_cast({typed_name(column)} as timestamp))"
            if not column.birthday:
                moment += f" - {FUTURE // MICROSECOND}"
            moments.append(f"case when {condition} then {moment} end")
        return f"list_min([{', '.join(moments)}])"

    def row_hash(self, content: str) -> str:
        """What stands for a row as it was read; content: SQL for the hash of its cells.

        It is hashed once more for each time that is null as it is too far ahead: once the time is
        possible, the same row is another one to all that compares hashes.
        """
        times = optional_times(self._table)
        if not times:
            return content
        hashes = earlier_hashes(content, len(times))
        cases = "".join(f" when {count} then {text}" for count, text in enumerate(hashes, 1))
        count = " + ".join(f"cast({self._is_ahead(time)} as integer)" for time in times)
        return f"case {count}{cases} else {content} end"

    def _is_ahead(self, column: Column) -> str:
        last = self._today if column.birthday else self._latest
        return f"coalesce({typed_name(column)} > {last}, false)"


def optional_times(table: Table) -> list[Column]:
    """Columns that are null where their time is too far ahead."""
    return [
        column
        for column in table.columns
        if column.need == "optional" and column.name not in table.key and _follows_as_of(column)
    ]


def earlier_hashes(row_hash: str, times: int) -> list[str]:
    """Hashes that a row had while one, two, up to ``times`` of its times were too far ahead."""
    hashes = [row_hash]
    for _ in range(times):
        hashes.append(f"md5({hashes[-1]})")
    return hashes[1:]


def _follows_as_of(column: Column) -> bool:
    return column.birthday or (column.kind in ("timestamp", "epoch") and not column.any_year)
