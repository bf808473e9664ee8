"""What is published for syncs: ``activation.duckdb``, the specs in it, the age of its decisions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import ValidationError

from connectors.sync.columns import type_problems
from connectors.sync.errors import NotReady, SpecError, UnknownSync
from connectors.sync.spec import UNNAMED_AUDIENCE, SyncSpec, audience_column, check_spec
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

_VERDICT_COLUMNS = {"customer_id", "purpose", "audience", "is_allowed", "reason", "decided_at"}


@contextmanager
def published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection with ``activation.duckdb`` attached read-only as ``published``.

    The snapshot stays the same until the end, also when a newer one is published meanwhile.
    Raises NotReady when there is none, or what is there is damaged.
    """
    import duckdb

    if not settings.activation_path.exists():
        raise NotReady(
            f"Nothing is published in {settings.home} yet: run `goldthread run` first "
            f"({settings.activation_path} does not exist)."
        )
    con = duckdb.connect()
    try:
        # Every timestamp of the warehouse is UTC; so is what leaves.
        con.execute("set timezone = 'UTC'")
        try:
            con.execute(f"attach {literal(settings.activation_path)} as published (read_only)")
        except duckdb.Error as error:
            raise NotReady(
                f"{settings.activation_path} cannot be read: {error}\n"
                "Run `goldthread publish` again; nothing was sent."
            ) from error
        yield con
    finally:
        con.close()


def read_spec(con: duckdb.DuckDBPyConnection, name: str) -> SyncSpec:
    """The published spec of that name (``sync_`` may be left out), checked again.

    Raises UnknownSync, naming those there are; SpecError when the spec is wrong or its table is not
    what it says.
    """
    if not column_types(con, "syncs"):
        raise NotReady("The published file lists no syncs; run `goldthread publish` again.")
    known = dict(con.execute("select name, spec_json from published.activation.syncs").fetchall())
    found = next((each for each in (name, f"sync_{name}") if each in known), None)
    if found is None:
        listed = ", ".join(sorted(known)) or "none"
        raise UnknownSync(
            f"There is no sync {name!r}. Published syncs: {listed}. What a sync sent that is no "
            "longer published stays at its destination (docs/syncs.md)."
        )
    try:
        spec = SyncSpec.model_validate_json(known[found])
    except ValidationError as error:
        raise SpecError(
            [f"{found}: the published spec cannot be read ({error.error_count()} mistakes); "
             "publish again with this version"]
        ) from error  # fmt: skip
    check_spec(spec)
    types = column_types(con, spec.model)
    missing = sorted(column for column in spec.columns if column.lower() not in types)
    problems = [f"the published {spec.model} lacks {column!r}" for column in missing]
    if spec.audience_column is None and audience_column(types):
        # Not among the documented columns, and there all the same.
        problems.append(UNNAMED_AUDIENCE.format(f"the published {spec.model}"))
    if problems := problems or list(type_problems(spec, types)):
        raise SpecError([f"{spec.name}: {problem}" for problem in problems])
    return spec


def read_decisions(
    con: duckdb.DuckDBPyConnection, spec: SyncSpec, now: datetime
) -> datetime | None:
    """The moment the verdicts on this purpose were made; None when nobody has any verdict yet.

    Raises NotReady when they are older than the guards admit, or the purpose is in no verdict.
    """
    if missing := _VERDICT_COLUMNS - column_types(con, "activation_verdicts").keys():
        raise NotReady(f"The published activation_verdicts lack {', '.join(sorted(missing))}.")
    made = dict(
        con.execute(
            "select purpose, max(decided_at) from published.activation.activation_verdicts "
            "group by purpose"
        ).fetchall()
    )
    if not made:
        return None
    if spec.purpose not in made:
        raise SpecError(
            [f"{spec.name}: no verdict is about purpose {spec.purpose!r}; there are "
             f"{', '.join(sorted(map(str, made)))}"]
        )  # fmt: skip
    decided_at: datetime | None = made[spec.purpose]
    limit = timedelta(hours=spec.guards.max_age_hours)
    if decided_at is None or now - decided_at > limit:
        raise NotReady(
            f"The published consent decisions for {spec.purpose} are of {decided_at} UTC, older "
            f"than {spec.guards.max_age_hours:g} hours; nothing is sent on them. "
            "Run `goldthread run` first."
        )
    return decided_at


def column_types(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """The types of a published table's columns, whose names are in lower case; empty when there is
    no such table."""
    found = con.execute(
        "select lower(column_name), data_type from duckdb_columns() "
        "where database_name = 'published' and schema_name = 'activation' and table_name = ?",
        [table],
    ).fetchall()
    return dict(found)
