"""Looking at what is expected of raw tables (``expectations``) after a load."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from connectors.sources._engine.discovery import find_source
from connectors.sources.expectations import CheckResult, expectations_of
from goldthread.warehouse.errors import BuildFailed

if TYPE_CHECKING:
    from goldthread.settings import Settings
    from goldthread.warehouse import Run


class RowsRefused(BuildFailed):
    """Raw tables are not what is expected of them; the message names each and what was found."""


def get_ready() -> None:
    """Import Great Expectations in the background; that takes seconds, enough to load a source."""
    from connectors.sources._engine.validation import import_ahead

    import_ahead()


def require_met(settings: Settings, names: Iterable[str], run: Run) -> None:
    """Look at these sources, whoever built on them: what fails a check is not published.

    Raises RowsRefused naming the expectations of severity ``error`` that are not met.
    """
    unmet = [
        f"raw_{name}.{result.table}: {result.expectation} ({result.detail})"
        for name in names
        for result in check_source(settings, name, run)
        if result.severity == "error" and not result.is_met
    ]
    if unmet:
        raise RowsRefused(
            f"Not published, the old files stay: {'; '.join(unmet)}. "
            "Correct the rows at the source, then load and build again."
        )


def check_source(settings: Settings, name: str, run: Run) -> list[CheckResult]:
    """Look at every expectation of a source, after ``run`` loaded it.

    A table whose rows are the same as at the last look keeps what was found then, but for its age.
    Raises LookupError for a source that does not exist.
    """
    from connectors.sources._engine.validation import validate

    source = find_source(name)
    return validate(settings, source, expectations_of(source), run)
