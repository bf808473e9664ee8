"""The home a Dagster run works on, held for as long as the run takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from goldthread.settings import Settings
from goldthread.warehouse import run_lock
from goldthread.warehouse.dbt_process import dbt_environment


class Home(dg.ConfigurableResource[Settings]):
    """Assets get the ``Settings``. Only one run at a time gets them, headless or from the UI."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Settings]:
        settings = Settings.load()
        # dbt and dlt run in folders of their own: a relative home would become another one.
        os.environ.update(dbt_environment(settings))
        with run_lock(settings, f"dagster run {context.run_id}"):
            yield settings
