"""Reading what a build left in the warehouse, perhaps the build of another release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goldthread.warehouse.connection import connect, require_warehouse
from goldthread.warehouse.errors import NoColumn, NothingLoaded
from goldthread.warehouse.lock import require_no_run

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

# DuckDB's words for a column or a table that is not there.
_MISSING = re.compile(r'(column) (?:named )?"([^"]+)"|(table) with name "?([\w.]+)', re.IGNORECASE)


@contextmanager
def built_tables(
    settings: Settings, *, read_only: bool = True
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection for questions about tables that builds leave.

    Raises NothingLoaded where there is no warehouse, or where one of them lacks a column, or is
    missing, since another release built it; WarehouseBusy while a run is at work; else as
    ``connect`` does.
    """
    import duckdb

    require_warehouse(settings)
    require_no_run(settings)
    con = connect(settings, read_only=read_only)
    try:
        yield con
    except NoColumn as error:
        raise _built_by_another(f"column {error.args[0]}") from error
    except (duckdb.BinderException, duckdb.CatalogException) as error:
        if (missing := _MISSING.search(str(error))) is None:
            raise
        kind, name = filter(None, missing.groups())
        raise _built_by_another(f"{kind.lower()} {name}") from error
    finally:
        con.close()


def _built_by_another(missing: str) -> NothingLoaded:
    return NothingLoaded(
        f"The warehouse was built by another release, which left no {missing}; "
        "run `goldthread build` first."
    )
