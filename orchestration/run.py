"""The daily job in this process, without a UI: what ``goldthread run`` and the demo call."""

from __future__ import annotations

import logging
import os
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import dagster as dg

from connectors.sources.checking import get_ready
from goldthread.importing import importing
from goldthread.settings import Settings
from orchestration.instance import headless_instance
from orchestration.progress import Listener, listening

# How Dagster writes an error of these packages.
_OURS = ("goldthread.", "connectors.")


@dataclass(frozen=True)
class Failed:
    """A step that failed, or a check that did: its name, and why in people's words.

    error: the class of what the step raised, for the command's exit code.
    """

    name: str
    reason: str
    error: str | None = None
    is_check: bool = False


@dataclass(frozen=True)
class RunOutcome:
    """What became of one daily run.

    assets: metadata of every asset that was made, by key (``raw_crm/contacts``) and then by name.
    failures: steps and checks that failed, in order. Steps skipped for them are not listed.
    not_set_up: syncs that lack settings, by name, and which.
    warnings: what checks found that stops nothing, by name.
    """

    is_success: bool
    assets: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: tuple[Failed, ...] = ()
    not_set_up: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    def with_prefix(self, prefix: str) -> dict[str, dict[str, Any]]:
        """The assets whose key starts with ``prefix``, by the rest of their key."""
        return {
            key.removeprefix(prefix): metadata
            for key, metadata in self.assets.items()
            if key.startswith(prefix)
        }


def run_daily(settings: Settings, as_of: datetime, command: str, listener: Listener) -> RunOutcome:
    """Load, check, build, publish and send, as of ``as_of`` (naive UTC).

    Failures of steps are in the outcome, not raised. Raises BuildFailed when the dbt project
    cannot be parsed.
    """
    if not settings.warehouse_path.exists():
        # All that is there is new, and will be looked at: time to import while dbt parses.
        get_ready()
    with importing():
        from orchestration.definitions import defs

        # Whoever watches gets the listener's news instead.
        logging.getLogger("dagster").setLevel(logging.CRITICAL)
        job = defs().resolve_job_def("daily")
    # dagster-dbt repeats dbt's log on standard output; it stands in logs/dbt.log as well.
    with (
        headless_instance(settings) as instance,
        listening(listener),
        open(os.devnull, "w") as nowhere,
        redirect_stdout(nowhere),
    ):
        result = job.execute_in_process(
            run_config={
                "resources": {"home": {"config": {"as_of": as_of.isoformat(), "command": command}}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            instance=instance,
            raise_on_error=False,
        )
    return outcome_of(result)


def outcome_of(result: dg.ExecuteInProcessResult) -> RunOutcome:
    """Read an executed job; its events say what was made, what failed and why."""
    assets: dict[str, dict[str, Any]] = {}
    failures: list[Failed] = []
    not_set_up: dict[str, str] = {}
    for event in result.all_events:
        if event.is_step_materialization:
            materialization = event.step_materialization_data.materialization
            values = {name: value.value for name, value in materialization.metadata.items()}
            assets[materialization.asset_key.to_user_string()] = values
        elif event.event_type is dg.DagsterEventType.ASSET_OBSERVATION:
            observation = event.asset_observation_data.asset_observation
            # dagster-dbt observes things too.
            if "not_set_up" in observation.metadata:
                said = observation.metadata["not_set_up"].value
                not_set_up[observation.asset_key.path[-1]] = str(said)
        elif event.is_step_failure:
            failures.append(_failed(event))
    warnings: dict[str, str] = {}
    for check in result.get_asset_check_evaluations():
        if check.passed:
            continue
        name = f"{check.asset_key.to_user_string()}: {check.check_name}"
        if check.severity is dg.AssetCheckSeverity.ERROR:
            failures.append(Failed(name, check.description or "failed", is_check=True))
        else:
            # A test of dbt's has no description, but a count.
            rows = check.metadata.get("dagster_dbt/failed_row_count")
            warnings[name] = check.description or (f"{rows.value} rows" if rows else "not met")
    return RunOutcome(result.success, assets, tuple(failures), not_set_up, warnings)


def _failed(event: dg.DagsterEvent) -> Failed:
    """The message of our own error, else the innermost: Dagster wraps what a step raised.

    Our own errors speak for themselves, whatever they came from; of any other the class is part of
    the message.
    """
    step = event.step_key or "run"
    data = event.step_failure_data
    if data.user_failure_data is not None:
        return Failed(step, data.user_failure_data.description or "failed")
    error = data.error
    if error is None:
        return Failed(step, "failed")
    while error.cause is not None and not error.message.startswith(_OURS):
        error = error.cause
    said = error.message.strip()
    message = said.partition(": ")[2] if said.startswith(_OURS) else said
    return Failed(step, message, error.cls_name)
