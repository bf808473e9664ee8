"""The end of a table's staging: what earlier loads hold is replaced or left out, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from connectors.sources._engine.declared_anew import remove_former
from connectors.sources._engine.judged_again import find_standing, remove_outdated
from connectors.sources._engine.known_rows import find_unchanged, same_key
from connectors.sources.declaration import Source
from connectors.sources.raw_columns import PROBLEM_TABLES, QUARANTINE, VALUE_ISSUES
from connectors.sources.results import TableResult
from goldthread.warehouse.files import literal, quoted

if TYPE_CHECKING:
    from connectors.sources._engine.batches import FileState
    from connectors.sources._engine.staging import Stage


def settle(
    stage: Stage, source: Source, known: Mapping[str, FileState], *, is_anew: bool
) -> TableResult:
    """Finish a table: heal, leave out known rows, write the problems; sets ``stage.outcome``.

    known: the files of earlier loads. is_anew: what is known was read by another declaration.
    """
    con, table = stage.con, stage.table
    raw = f"{source.schema}.{quoted(table.name)}"
    _heal(stage, source, raw)
    good = _count(stage, stage.parts)
    kinds = {reading.kind for reading in stage.readings}
    incoming = _incoming(stage, raw)
    if is_anew:
        remove_former(stage, raw, incoming)
    if table.skip_known or kinds & {"rewritten", "again"}:
        remove_outdated(stage, raw, incoming)
    find_standing(stage, raw, incoming)
    # Where the last line counts, an older one cannot stand for it.
    in_place = "" if table.newest == "content" else "where is_in_place"
    con.execute(
        "create or replace temp table unchanged as "
        f"select source_file, row_number from standing {in_place}"
    )
    if table.skip_known or "rewritten" in kinds:
        find_unchanged(stage, raw, incoming, known)
        if table.newest == "file":
            _take_back(stage, raw)
    _drop_unchanged(stage)
    loaded = _count(stage, stage.parts)
    stage.outcome[table.name] = list(stage.parts)
    quarantined = _write_problems(stage, source, QUARANTINE)
    issues = _write_problems(stage, source, VALUE_ISSUES)
    return TableResult(
        table.name,
        bytes_read=stage.bytes_read,
        rows_read=stage.rows_read,
        rows_loaded=loaded,
        rows_skipped=good - loaded,
        rows_quarantined=quarantined,
        value_issues=issues,
    )


def _from_parts(parts: list[Path]) -> str:
    return f"read_parquet([{', '.join(literal(str(part)) for part in parts)}])"


def _incoming(stage: Stage, raw: str) -> str:
    """The good rows of this load, as a relation."""
    return _from_parts(stage.parts) if stage.parts else f"(from {raw} limit 0)"


def _count(stage: Stage, parts: list[Path]) -> int:
    if not parts:
        return 0
    row = stage.con.execute(f"select count(*) from {_from_parts(parts)}").fetchone()
    assert row is not None
    return int(row[0])


def _heal(stage: Stage, source: Source, raw: str) -> None:
    """Remove what is read again: the open end of files, the problems of what is read."""
    for reading in stage.readings:
        if reading.kind in ("new", "same"):
            continue
        file = literal(reading.source_file)
        problems = f"source_table = {literal(stage.table.name)} and source_file = {file}"
        if reading.kind == "grown":
            problems += f" and row_number >= {reading.first_row}"
        if reading.kind in ("grown", "again"):
            stage.con.execute(
                f"delete from {raw} where _source_file = {file} "
                f"and _file_version = {reading.state.version} "
                f"and _row_number >= {reading.first_row}"
            )
        for name in PROBLEM_TABLES:
            stage.con.execute(f"delete from {source.schema}.{name} where {problems}")


def _take_back(stage: Stage, raw: str) -> None:
    """Rows that people took out of a rewritten file or changed go; one that is only broken now
    stays as it was.

    A broken line whose key nobody can read may be any row, so nothing is taken out beside one;
    a line of commas only is no row. Blanks around a key are no part of it.
    """
    no_key = r"row_key is null and (raw = '' or regexp_matches(raw, '[^,\s]'))"
    for number, reading in enumerate(stage.readings):
        if reading.kind == "rewritten":
            names = [f"cast(known.{quoted(name)} as varchar)" for name in stage.table.key]
            key = "bare(" + " || ':' || ".join(names) + ")"
            still_there = (
                f"from incoming where {same_key(stage.table)} "
                "and incoming._source_file = known._source_file"
            )
            stage.con.execute(
                f"delete from {raw} as known where _source_file = ? "
                f"and not exists ({still_there} and incoming._row_hash = known._row_hash) "
                f"and (exists ({still_there}) "
                "or not exists (from broken where file_no = ? "
                f"and (bare(row_key) = {key} or {no_key})))",
                [reading.source_file, number],
            )


def _drop_unchanged(stage: Stage) -> None:
    """Write the parts anew, without the rows in ``unchanged``."""
    row = stage.con.execute("select count(*) from unchanged").fetchone()
    if not row or not row[0]:
        return
    part = stage.folder / f"{stage.table.name}-changed.parquet"
    stage.con.execute(
        f"copy (select parts.* from {_from_parts(stage.parts)} as parts anti join unchanged "
        "on unchanged.source_file = parts._source_file "
        f"and unchanged.row_number = parts._row_number) to {literal(str(part))} "
        "(format parquet, compression lz4_raw)"
    )
    stage.parts = [part] if _count(stage, [part]) else []


def _write_problems(stage: Stage, source: Source, name: str) -> int:
    """Write broken rows or value issues of this load; gives how many rows are concerned."""
    part = stage.folder / f"{name}-{stage.table.name}.parquet"
    found, where = "broken", ""
    fields = "problem.reason, problem.raw"
    if name == VALUE_ISSUES:
        # A known row of a new file has its issues on record already, but one that was read again
        # had them taken off.
        found = "issues"
        fields = "problem.column_name, problem.raw_value, problem.reason"
        here = "where source_file = files.source_file and row_number = problem.row_number"
        where = (
            f"where files.kind = 'rewritten' or not exists (from unchanged {here}) "
            f"or exists (from standing {here})"
        )
    moment = "quarantined_at" if name == QUARANTINE else "noticed_at"
    stage.con.execute(
        f"copy (select {literal(source.name)} as source, {literal(stage.table.name)} "
        "as source_table, files.source_file, problem.row_number, problem.row_key, "
        f"{fields}, timestamp '{stage.as_of:%Y-%m-%d %H:%M:%S.%f}' as {moment}, "
        f"files.file_version as _file_version, {literal(stage.run_id)} as _load_run "
        f"from {found} as problem join files using (file_no) {where}) "
        f"to {literal(str(part))} (format parquet)"
    )
    count = _count(stage, [part])
    if count:
        stage.outcome[name] = [part]
    return count
