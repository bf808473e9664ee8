"""Signed JSON batches to any HTTP endpoint.

Contract with the receiver: ``POST`` with a JSON body (`payload.body`) and these headers.

* ``Idempotency-Key``: the same for every attempt at the same rows, in this run or a later one. A
  receiver that has seen it answers as it did then, and changes nothing.
* ``Goldthread-Timestamp``: UNIX seconds of this attempt. ``Goldthread-Signature``: ``sha256=``
  and the hex HMAC-SHA256, under the shared secret, of ``<timestamp>.<raw body>``. A receiver
  refuses old timestamps.

The answer may decide single rows (``{"results": [{"key", "status", "reason"}]}``), in a 2xx and
in a refusal. A 2xx that tells of an error and of no row (``{"error": "quota"}``) is a refusal. One
after which the request is tried again (408, 425, 429, 5xx) decides no row: all of the request's go
again under its key.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from pydantic import SecretStr

from connectors.destinations.base import (
    Batch,
    DestinationSettings,
    HttpRequest,
    Limits,
    Response,
    RowOutcome,
)
from connectors.destinations.encoding import is_cut_off, listed, says_it_failed
from connectors.destinations.webhook.payload import body, row_results
from connectors.destinations.webhook.settings import WebhookSettings


class Webhook:
    """One endpoint."""

    settings_model: ClassVar[type[DestinationSettings]] = WebhookSettings

    def __init__(self, settings: WebhookSettings, secrets: Mapping[str, SecretStr]) -> None:
        self._settings = settings
        self._secrets = secrets
        self._url = SecretStr(settings.url) if settings.url else secrets["url"]
        self.limits = Limits(
            settings.rows, settings.bytes, settings.concurrency, settings.per_second
        )

    def requests(self, batch: Batch) -> Iterable[HttpRequest]:
        if not len(batch):
            return
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "goldthread",
            "Idempotency-Key": batch.idempotency_key,
        }
        if "authorization" in self._secrets:
            headers["Authorization"] = self._secrets["authorization"].get_secret_value()
        yield HttpRequest("POST", self._url.get_secret_value(), headers, body(batch))

    def outcomes(self, response: Response, batch: Batch) -> Iterable[RowOutcome]:
        told = row_results(response, batch, self._settings)
        if not response.is_success:
            # A refused request has stored nothing: what it says of a row is why it was refused.
            return [row for row in told or [] if row.status != "ok"]
        if is_cut_off(response.body) or (told is not None and self._settings.unlisted != "ok"):
            return told or []
        rest = set(range(len(batch))).difference(row.position for row in told or [])
        return [*(told or []), *(RowOutcome(position, "ok") for position in sorted(rest))]

    def refuses(self, response: Response) -> bool:
        entries = listed(response.body, self._settings.results_path)
        return not entries and says_it_failed(response.body)

    def sign(self, request: HttpRequest, timestamp: int) -> HttpRequest:
        secret = self._secrets["secret"].get_secret_value().encode()
        signed = f"{timestamp}.".encode() + request.body
        digest = hmac.digest(secret, signed, hashlib.sha256).hex()
        stamp = {"Goldthread-Timestamp": str(timestamp), "Goldthread-Signature": f"sha256={digest}"}
        return replace(request, headers={**request.headers, **stamp})
