"""One apply in a process of its own that kills itself (SIGKILL) at a named point."""

from __future__ import annotations

import importlib
import os
import signal
from pathlib import Path
from typing import Any

from connectors.sync.apply import apply_sync
from goldthread.settings import Settings
from tests.sync_home import IMPATIENT, NOW


def arm(module_name: str, function_name: str, when: str, count: int) -> None:
    """Kill this process before or after the count-th call of the function the module names."""
    module = importlib.import_module(module_name)
    original = getattr(module, function_name)
    calls = 0

    def deadly(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if when == "before" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if when == "after" and calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(module, function_name, deadly)


def run(home: Path, sync: str, url: str, secret: str, point: tuple[Any, ...]) -> None:
    """Apply a sync; a point is the arguments of `arm`, or empty."""
    os.environ |= {"TEST_URL": url, "TEST_SECRET": secret}
    if point:
        arm(*point)
    apply_sync(Settings(home, home), sync, NOW, policy=IMPATIENT)
