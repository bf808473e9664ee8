"""Large imports, without the garbage collector."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def importing() -> Iterator[None]:
    """Let the garbage collector rest: what a module makes stays, so that it looks in vain.

    Several threads may be in here; the first that leaves wakes it.
    """
    was_awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_awake:
            gc.enable()
