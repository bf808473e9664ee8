"""Reading the published marts, as any other reader does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goldthread.warehouse.errors import PublishRefused
from goldthread.warehouse.files import literal

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


class NothingPublished(PublishRefused):
    """There are no published marts to read."""


@contextmanager
def published_marts(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory connection whose ``marts.…`` are the published ones, on one snapshot of them.

    Raises NothingPublished before the first publish.
    """
    import duckdb

    if not settings.marts_path.exists():
        raise NothingPublished(
            f"Nothing is published in {settings.home} yet; run `goldthread run` first."
        )
    with duckdb.connect() as con:
        # Under another name than its own: database `marts` with schema `marts` would be ambiguous.
        con.execute(f"attach {literal(settings.marts_path)} as marts_file (read_only)")
        con.execute("use marts_file")
        yield con
