"""What can stop a run, in people's words. The command line turns each into its own exit code."""

from __future__ import annotations


class WarehouseBusy(RuntimeError):
    """Another process holds the warehouse; the message names it and says what to do."""


class StateRefused(RuntimeError):
    """Writing the state folder would lose what it holds; the message says which table and why."""


class BuildFailed(RuntimeError):
    """dbt could not finish, or a check failed; the message names the nodes."""


class PublishRefused(RuntimeError):
    """What the warehouse holds must not be published; the message says what has to happen first."""


class NothingLoaded(LookupError):
    """The warehouse holds no run yet."""
