"""How far a run is, for whoever watches it headless. Dagster's UI has its own view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """One piece of news: a stage (load, check, build, publish, sync), what of it, and how far."""

    stage: str
    what: str
    done: int | None = None
    total: int | None = None


Listener = Callable[[Progress], None]

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hand every report of this context to ``listener``."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(stage: str, what: str, done: int | None = None, total: int | None = None) -> None:
    listener = _listener.get()
    if listener is not None:
        listener(Progress(stage, what, done, total))
