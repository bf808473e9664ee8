"""Rows of a load that the raw table holds already, so that they need no loading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from connectors.sources.declaration import Table
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    from connectors.sources._engine.batches import FileState
    from connectors.sources._engine.staging import Stage


def same_key(table: Table) -> str:
    """SQL: whether rows of relations ``known`` and ``incoming`` have one key."""
    return " and ".join(f"known.{quoted(name)} = incoming.{quoted(name)}" for name in table.key)


def find_unchanged(stage: Stage, raw: str, incoming: str, known: Mapping[str, FileState]) -> None:
    """Add rows that need no loading to table ``unchanged``, as (file, row number).

    incoming: the good rows of the load, as a relation. known: the files of earlier loads.
    """
    has_open_ends = _write_open_ends(stage, known)
    keys = ", ".join(quoted(name) for name in stage.table.key)
    stage.con.execute(
        f"create or replace temp table incoming as select {keys}, _row_hash, _source_file, "
        f"_file_version, _row_number, {_is_open('rows')} as is_open "
        f"from {incoming} as rows"
    )
    if stage.table.newest == "content":
        # The rows themselves say which is newest, so one of each content is enough: one that stays.
        same_row = f"{same_key(stage.table)} and known._row_hash = incoming._row_hash"
        if has_open_ends:
            stage.con.execute(
                f"delete from {raw} as known where {_is_open('known')} "
                f"and exists (from incoming where {same_row} and not incoming.is_open)"
            )
        stage.con.execute(
            f"insert into unchanged select _source_file, _row_number from ("
            f"select incoming.*, row_number() over (partition by {keys}, _row_hash "
            f"order by is_open, _source_file, _file_version, _row_number) as copy, "
            f"exists (from {raw} as known where {same_row}) as is_known from incoming"
            f") where copy > 1 or is_known"
        )
        return
    # The last line counts, so a key is left out only where all its lines say what is known: of
    # decisions, in the same file, for they go with the file that they stood in.
    if stage.table.newest == "file":
        keys += ", _source_file"
    stage.con.execute(
        f"insert into unchanged select incoming._source_file, incoming._row_number from incoming "
        f"join (select {keys}, min(_row_hash) as first_hash, max(_row_hash) as last_hash "
        f"from incoming group by all) as lines using ({keys}) "
        f"join (select {keys}, arg_max(_row_hash, place) as known_hash, "
        f"arg_max(is_open, place) as is_open from (select *, {_is_open('rows')} as is_open, "
        f"(_file_version, _row_number, _source_file) as place from {raw} as rows) group by all) "
        f"as known using ({keys}) "
        f"where first_hash = last_hash and last_hash = known_hash and not known.is_open"
    )
    _find_known_versions(stage, raw, keys)


def _find_known_versions(stage: Stage, raw: str, keys: str) -> None:
    """Lines of a key that say different things, where just these are known last, in their order.

    They are few, and to gather lines takes far longer than to compare the last one.
    """
    stage.con.execute(
        f"create or replace temp table versions as select {keys} from incoming "
        "group by all having min(_row_hash) <> max(_row_hash)"
    )
    hashes = "list(_row_hash order by _file_version, _row_number, _source_file) as hashes"
    closed = f"case when not {_is_open('rows')} then _row_hash end as _row_hash"
    stage.con.execute(
        "insert into unchanged select incoming._source_file, incoming._row_number from incoming "
        f"join (select {keys}, {hashes} from incoming semi join versions using ({keys}) "
        f"group by all) as lines using ({keys}) "
        f"join (select {keys}, {hashes} from (select * replace ({closed}) from {raw} as rows "
        f"semi join versions using ({keys})) group by all) as known using ({keys}) "
        "where lines.hashes = known.hashes[-len(lines.hashes):]"
    )


def _write_open_ends(stage: Stage, known: Mapping[str, FileState]) -> bool:
    """Write table ``open_ends``: files whose last row may become another one, and the number of
    lines before it. Says whether there are any.

    Such a row goes when it does, so it must not be what another file's row is left out for.
    """
    states = dict(known) | {reading.source_file: reading.state for reading in stage.readings}
    rows = ", ".join(
        f"({literal(name)}, {state.version}, {state.lines})"
        for name, state in states.items()
        if state.open_sha256
    )
    stage.con.execute(
        "create or replace temp table open_ends "
        "(_source_file varchar, _file_version bigint, settled_lines bigint)"
    )
    if rows:
        stage.con.execute(f"insert into open_ends values {rows}")
    return bool(rows)


def _is_open(row: str) -> str:
    return (
        f"exists (from open_ends where open_ends._source_file = {row}._source_file "
        f"and open_ends._file_version = {row}._file_version "
        f"and {row}._row_number > open_ends.settled_lines)"
    )
