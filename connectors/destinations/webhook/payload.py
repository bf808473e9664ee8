"""The body of a webhook request, and what a response says about its rows. Pure."""

from __future__ import annotations

from typing import Any

from connectors.destinations.base import Batch, Response, RowOutcome, Status
from connectors.destinations.encoding import listed, to_json
from connectors.destinations.webhook.settings import WebhookSettings


def body(batch: Batch) -> bytes:
    """``{"sync", "object", "operation", "rows": [{"key", "fields"}]}``; absent values are null."""
    rows = [{"key": key, "fields": row} for key, row in zip(batch.keys, batch.rows, strict=True)]
    head = {"sync": batch.sync, "object": batch.object_name, "operation": batch.operation}
    return to_json({**head, "rows": rows})


def row_results(
    response: Response, batch: Batch, settings: WebhookSettings
) -> list[RowOutcome] | None:
    """The rows of the batch that the response body lists; None when it has no list. A list may name
    none of them."""
    if (entries := listed(response.body, settings.results_path)) is None:
        return None
    position = {key: index for index, key in enumerate(batch.keys)}
    status, reason = settings.result_status, settings.result_reason
    return [
        RowOutcome(position[key], _status(entry.get(status), settings), _text(entry.get(reason)))
        for entry in entries
        if isinstance(entry, dict) and (key := str(entry.get(settings.result_key))) in position
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _status(word: Any, settings: WebhookSettings) -> Status:
    """A status word of the receiver, or an HTTP status of a single row."""
    if isinstance(word, int) and not isinstance(word, bool):
        if 200 <= word < 300:
            return "ok"
        return "retryable" if word in {408, 425, 429} or word >= 500 else "rejected"
    if str(word).lower() in settings.accepted:
        return "ok"
    return "retryable" if str(word).lower() in settings.retry else "rejected"
