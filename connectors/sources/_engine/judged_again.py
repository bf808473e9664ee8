"""Files read again because more of their times are possible by now: what stands, what gives way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connectors.sources._engine.ahead import earlier_hashes, optional_times
from connectors.sources._engine.known_rows import same_key
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    from connectors.sources._engine.staging import Stage


def remove_outdated(stage: Stage, raw: str, incoming: str) -> None:
    """Remove rows that lack a time because it was too far ahead, and come with it now.

    incoming: the good rows of the load, as a relation.
    """
    times = optional_times(stage.table)
    if times:
        lacks_one = " or ".join(f"{quoted(time.name)} is null" for time in times)
        names = ", ".join(quoted(name) for name in stage.table.key)
        hashes = ", ".join(earlier_hashes("incoming._row_hash", len(times)))
        stage.con.execute(
            f"delete from {raw} as known where ({lacks_one}) and exists ("
            f"from (select {names}, _row_hash from {incoming}) as incoming "
            f"where {same_key(stage.table)} and known._row_hash in ({hashes}))"
        )


def find_standing(stage: Stage, raw: str, incoming: str) -> None:
    """Write table ``standing``: rows of files read again that stand in the raw table as they are.

    is_in_place: such a row stands there itself, not on behalf of it a row of an older version.
    """
    again = ", ".join(literal(one.source_file) for one in stage.readings if one.kind == "again")
    stage.con.execute(
        "create or replace temp table standing "
        "(source_file varchar, row_number bigint, is_in_place boolean)"
    )
    if again:
        stage.con.execute(
            "insert into standing select new._source_file, new._row_number, "
            f"bool_or(old._file_version = new._file_version) from {incoming} as new "
            f"join {raw} as old using (_source_file, _row_hash) "
            f"where new._source_file in ({again}) and (old._file_version < new._file_version or "
            "old._file_version = new._file_version and old._row_number = new._row_number) "
            "group by all"
        )
