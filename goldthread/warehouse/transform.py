"""One ``dbt build`` of the warehouse, its outcome recorded, its failures in people's words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from goldthread.warehouse.builds import Audit, NodeOutcome, Standing, audit, close_build, open_build
from goldthread.warehouse.connection import connect, current_run, limit_memory
from goldthread.warehouse.dbt_events import NodeDone
from goldthread.warehouse.dbt_process import run_dbt, target_dir
from goldthread.warehouse.errors import BuildFailed, NothingSelected
from goldthread.warehouse.others import forget_commands, was_built_by_others
from goldthread.warehouse.state import export_state, settle_state
from goldthread.warehouse.unchanged import (
    Basis,
    Kept,
    basis_of,
    code_fingerprint,
    forget_basis,
    is_built_from,
    note_basis,
    read_manifest,
    unchanged_nodes,
    without,
)

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from goldthread.settings import Settings

SAMPLE_ROWS = 5

# As profiles.yml has it.
READING_TARGET = "published"

# Unit tests judge the code, not the data: they belong to `make test`. What dbt would also take from
# the environment (DBT_EMPTY, DBT_RESOURCE_TYPES) is said, or a build of nothing would be published.
BUILD_ARGUMENTS = (
    *("build", "--no-empty", "--resource-type", "all"),
    *("--exclude-resource-type", "unit_test"),
)

_SELECTS_NOTHING = re.compile(r"The selection criterion '(.*)' does not match any enabled nodes")


@dataclass(frozen=True)
class Failure:
    """A check or model that failed: its name, what dbt says, up to five of its bad rows."""

    name: str
    resource_type: str
    message: str
    failing_row_count: int | None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()


@dataclass(frozen=True)
class Build:
    """A build that has begun: its number, what dbt is to be told, the code it is built from.

    is_full: no selection. kept: what is left out, because nothing it stands on changed; basis: what
    the build stands on, where something is left out.
    """

    number: int
    arguments: tuple[str, ...]
    code: str
    is_full: bool
    basis: Basis | None = None
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class BuildReport:
    """What one build came to: node counts by status, rows exported by state name, failures.

    Nodes that were left out as unchanged count as ``kept``.
    """

    counts: dict[str, int]
    state_rows: dict[str, int]
    failures: tuple[Failure, ...]


def build(
    settings: Settings,
    *,
    select: Sequence[str] = (),
    full_refresh: bool = False,
    on_node: Callable[[NodeDone], None] | None = None,
) -> BuildReport:
    """Run ``dbt build`` for the current run and export the state when all of it passed.

    Without ``select`` and ``full_refresh``, what stands on nothing new is left out. Failed checks
    are in the report, not raised. Raises NothingLoaded before the first load, NothingSelected for a
    selector that matches nothing, and BuildFailed when dbt could not run at all.
    """
    results = target_dir(settings) / "run_results.json"
    before = results.read_bytes() if select and results.exists() else None
    begun = begin_build(settings, is_full=not select, full_refresh=full_refresh)
    selection = ["--select", *select, *_each_selects()] if select else []
    try:
        run_dbt(settings, [*begun.arguments, *selection], on_node)
    except BuildFailed as error:
        unknown = _SELECTS_NOTHING.search(str(error)) if select else None
        if unknown is None:
            raise
        # dbt has touched nothing: what was built before stands as it stood.
        with connect(settings) as con:
            con.execute(f"delete from raw_goldthread.builds where build_number = {begun.number}")
        if before is not None:
            results.write_bytes(before)
        raise NothingSelected(
            f"{unknown[1]} selects nothing in the project; nothing was built."
        ) from error
    return end_build(settings, begun, target_dir(settings))


def _each_selects() -> tuple[str, ...]:
    """What makes dbt refuse a selector that matches nothing: of several it else passes over it.

    Nothing where the environment says which warnings are errors: dbt takes one word on that.
    """
    if any("WARN_ERROR" in name for name in os.environ):
        return ()
    return ("--warn-error-options", '{"error": ["NoNodesForSelectionCriteria"]}')


def begin_build(settings: Settings, *, is_full: bool, full_refresh: bool = False) -> Build:
    """Record that dbt is about to start; what it returns is for ``end_build``.

    A full build starts on sound state: what a failed or killed build left behind is dropped.
    Incremental models hold what an earlier project made of earlier input, so after any change to
    the code everything is built anew. Raises BuildFailed for a memory limit that is none, and for
    the target that only reads.
    """
    if os.environ.get("DBT_TARGET") == READING_TARGET:
        raise BuildFailed(
            f"DBT_TARGET is {READING_TARGET}, which is for reading what was published "
            "(docs/bi.md); `unset DBT_TARGET`, then give the command again. Nothing was built."
        )
    code = code_fingerprint(settings)
    with connect(settings) as con:
        # Out of dbt a limit that is none would come as a traceback of many lines.
        limit_memory(con)
        run = current_run(con)
        if is_full:
            settle_state(con, settings)
        results = target_dir(settings) / "run_results.json"
        if was_built_by_others(con, results) or not is_built_from(con, code):
            forget_basis(con)
            full_refresh = True
        manifest = read_manifest(settings) if is_full and not full_refresh else {}
        basis = basis_of(con, manifest, code) if manifest else None
        kept = unchanged_nodes(con, settings, manifest, basis) if basis else []
        if is_full:
            forget_commands(con)
        number = open_build(con, run, is_full=is_full, kept=[node.unique_id for node in kept])
    # What stands here from now on is this build's, or dbt died before it wrote any.
    results.unlink(missing_ok=True)
    arguments = [*BUILD_ARGUMENTS, *(["--full-refresh"] if full_refresh else [])]
    if kept:
        arguments += without(manifest, kept)
    # With nothing to keep there may be no manifest, or one of other code: the basis comes later.
    return Build(number, tuple(arguments), code, is_full, basis if kept else None, tuple(kept))


def end_build(settings: Settings, begun: Build, results_dir: Path) -> BuildReport:
    """Record how a build ended, as ``run_results.json`` says; export state if it passed.

    Raises BuildFailed when dbt left no results, or only a part of them.
    """
    with connect(settings) as con:
        outcomes = close_build(con, begun.number, results_dir / "run_results.json")
        verdict = audit(con)
        passed = verdict.standing is Standing.PASSED
        state_rows = export_state(con, settings) if passed else {}
        if passed and begun.is_full:
            basis = begun.basis or basis_of(con, read_manifest(settings), begun.code)
            note_basis(con, begun.number, basis)
    counts: dict[str, int] = {"kept": len(begun.kept)} if begun.kept else {}
    for outcome in outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
    bad = [one for one in outcomes if not one.is_good and one.status != "skipped"]
    return BuildReport(counts, state_rows, failures(settings, bad))


def judge(settings: Settings) -> Audit:
    """The standing of the current run's tables; raises NothingLoaded before the first load."""
    with connect(settings) as con:
        return audit(con)


def failures(settings: Settings, outcomes: Sequence[NodeOutcome]) -> tuple[Failure, ...]:
    """The given bad outcomes with sample rows, fetched by the failed test's own SQL."""
    if not outcomes:
        return ()
    found = []
    with connect(settings, read_only=True) as con:
        for outcome in outcomes:
            columns: tuple[str, ...] = ()
            rows: tuple[tuple[Any, ...], ...] = ()
            if outcome.resource_type == "test" and outcome.status == "fail":
                columns, rows = _sample(con, outcome.compiled_sql or "")
            found.append(
                Failure(
                    name=outcome.name,
                    resource_type=outcome.resource_type,
                    message=_in_short(outcome.message or outcome.status),
                    failing_row_count=outcome.failing_row_count,
                    columns=columns,
                    rows=rows,
                )
            )
    return tuple(found)


def _in_short(message: str) -> str:
    """dbt's message without the traceback of a Python model, which stands in dbt's log."""
    before, traceback, rest = message.strip().partition("Traceback (most recent call last):")
    if not traceback:
        return before
    return f"{before.strip()} {rest.strip().splitlines()[-1].strip()}"


def _sample(
    con: duckdb.DuckDBPyConnection, query: str
) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Columns and rows of a failed test; none when its tables have gone since."""
    import duckdb

    try:
        result = con.execute(f"select * from ({query}) limit {SAMPLE_ROWS}")
    except duckdb.CatalogException:
        return (), ()
    return tuple(column[0] for column in result.description or ()), tuple(result.fetchall())
