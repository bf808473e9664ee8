"""What a webhook sync may set. The contract with the receiver is in `destination`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from connectors.destinations.address import OpenAddress
from connectors.destinations.base import DestinationSettings, FieldRules


class WebhookSettings(DestinationSettings):
    """Where to send, how much at once, and how the receiver reports on single rows.

    url / url_env: the endpoint, or the environment variable that holds it (when the address is
        itself a secret).
    secret_env: environment variable with the signing secret.
    authorization_env: environment variable with the value of an ``Authorization`` header, when
        one is wanted.
    required_fields: destination fields the receiver insists on; a sync that leaves one unmapped
        is refused.
    results_path: dotted path of the list of row results in a response body; ``result_*`` name its
        members.
    accepted, retry: the status words that mean success, and "later"; any other word is a rejection.
    unlisted: the state of rows that a successful response with a result list leaves out.
    """

    url: OpenAddress | None = None
    url_env: str | None = None
    secret_env: str
    authorization_env: str | None = None
    rows: int = Field(default=1_000, ge=1, le=100_000)
    bytes: int = Field(default=1_000_000, ge=1_000)
    concurrency: int = Field(default=8, ge=1, le=64)
    per_second: float | None = Field(default=None, gt=0)
    required_fields: tuple[str, ...] = ()
    results_path: str = "results"
    result_key: str = "key"
    result_status: str = "status"
    result_reason: str = "reason"
    accepted: tuple[str, ...] = ("ok", "accepted", "created", "updated", "removed", "unchanged")
    retry: tuple[str, ...] = ("retry", "retryable", "throttled")
    unlisted: Literal["ok", "retryable"] = "ok"

    @model_validator(mode="after")
    def _one_address(self) -> WebhookSettings:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("set one of url and url_env")
        return self

    def field_rules(self, object_name: str) -> FieldRules:
        return FieldRules(required=frozenset(self.required_fields))
