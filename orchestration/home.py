"""The home a Dagster run works on, held for as long as the run takes, with the run's one clock."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dagster as dg
import duckdb

from goldthread.settings import Settings
from goldthread.warehouse import Run, begin_run, connect, current_run, run_lock
from goldthread.warehouse.connection import limit_memory
from goldthread.warehouse.dbt_process import dbt_environment


@dataclass
class RunHome:
    """What assets get. ``as_of`` is naive UTC and the same for every asset of one Dagster run.

    checked: the sources whose raw tables this Dagster run has looked at.
    """

    settings: Settings
    as_of: datetime
    command: str
    checked: set[str] = field(default_factory=set)
    _run: Run | None = field(default=None, repr=False)
    _opened: duckdb.DuckDBPyConnection | None = field(default=None, repr=False)

    def loading_run(self) -> Run:
        """The warehouse's run that this Dagster run loads into, begun when first asked for.

        From here on the warehouse stays open, so that the steps that load and check open it in no
        time; ``close_warehouse`` lets other processes in.
        """
        if self._run is None:
            with connect(self.settings) as con:
                self._run = begin_run(con, self.settings, self.as_of, self.command)
            self._opened = connect(self.settings)
            # Open for long it would fill most of the machine's memory with what it has read.
            limit_memory(self._opened)
        return self._run

    def close_warehouse(self) -> None:
        """Let go of the warehouse, for dbt or at the end."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def current_run(self) -> Run:
        """The run that loaded last, of this Dagster run or an earlier one."""
        if self._run is not None:
            return self._run
        with connect(self.settings, read_only=True) as con:
            return current_run(con)


class Home(dg.ConfigurableResource[RunHome]):
    """Gives one run at a time the home, headless or from the UI.

    as_of: ISO 8601, UTC unless it names an offset; the moment of the start when it is not given.
    """

    as_of: str | None = None
    command: str = "dagster"

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[RunHome]:
        settings = Settings.load()
        # dbt and dlt work in folders of their own, where a relative home would be another one.
        os.environ.update(dbt_environment(settings))
        os.environ["GOLDTHREAD_INPUT_DIR"] = str(settings.input_dir)
        as_of = datetime.fromisoformat(self.as_of) if self.as_of else datetime.now(UTC)
        if as_of.tzinfo is not None:
            as_of = as_of.astimezone(UTC).replace(tzinfo=None)
        with run_lock(
            settings, f"dagster run {context.run.run_id if context.run else ''}".rstrip()
        ):
            home = RunHome(settings, as_of, self.command)
            try:
                yield home
            finally:
                home.close_warehouse()
