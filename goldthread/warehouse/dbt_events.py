"""What dbt tells while it runs: the JSON lines of its log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class NodeDone:
    """One node dbt has finished: for progress, not for judging (``run_results.json`` is)."""

    name: str
    status: str
    position: int
    total: int


def events_of(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """dbt's log lines as {level, message, node?}; what is no event (a traceback) is an error."""
    for line in lines:
        try:
            record = json.loads(line)
            info, data = record["info"], record.get("data", {})
        except (ValueError, KeyError, TypeError):
            yield {"level": "error", "message": line.decode(errors="replace").rstrip()}
            continue
        event = {"level": info["level"], "message": info["msg"]}
        # dbt's own word for it differs between models and tests.
        total = data.get("total") or data.get("num_models")
        if total and "status" in data and "node_info" in data:
            event["node"] = NodeDone(
                name=data["node_info"]["node_name"],
                status=str(data["status"]),
                position=int(data["index"]),
                total=int(total),
            )
        yield event
