"""A load that kills itself: ``python -m tests.integration.killed_load FOLDER CALL``.

Calls into the loader and into dlt's loading are counted; at number CALL the process ends as by
``kill -9``. With 0 it runs to its end and prints how many calls there were.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from tests.integration.loading import Home

COUNTED = ("connectors/sources/_engine", "dlt/load/", "dlt/destinations/", "dlt/pipeline/")


def main(folder: str, last: int) -> None:
    calls = itertools.count(1)
    reached = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal reached
        if event == "call" and any(part in frame.f_code.co_filename for part in COUNTED):
            reached = next(calls)
            if reached == last:
                os.kill(os.getpid(), signal.SIGKILL)

    threading.setprofile(count)
    sys.setprofile(count)
    Home(Path(folder)).load("web", "signups")
    sys.setprofile(None)
    print(reached)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
