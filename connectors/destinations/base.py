"""What a destination is: pure functions from rows to requests, and from responses to outcomes.

A destination never opens a socket or a file, never sleeps, retries or reads a clock. The engine
(`connectors.sync`) owns all of that, and the ledger. A destination is a package in this folder
whose ``__init__.py`` names its class as ``DESTINATION``; it is found by being there (`registry`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePosixPath
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Protocol,
    Self,
    runtime_checkable,
)

from pydantic import BaseModel, ConfigDict, SecretStr, model_validator

if TYPE_CHECKING:
    import pyarrow as pa

Operation = Literal["upsert", "remove", "snapshot"]
Status = Literal["ok", "rejected", "retryable"]

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Limits:
    """What one destination takes: rows and bytes a request, requests in flight and a second."""

    rows: int = 1_000
    bytes: int = 1_000_000
    concurrency: int = 8
    per_second: float | None = None


@dataclass(frozen=True)
class FieldRules:
    """Which destination fields a sync must map, and which it may map (None: any)."""

    required: frozenset[str] = frozenset()
    allowed: frozenset[str] | None = None


class DestinationSettings(BaseModel):
    """Non-secret settings of one sync, as its exposure states them.

    A field whose name ends in ``_env`` holds the name of an environment variable; the engine
    reads it when it sends, and hands the value over as a secret under the name without ``_env``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _variables_have_names(self) -> Self:
        for name, variable in self.variables().items():
            # An address or a token in its place would be published. What it is is not repeated.
            if not _VARIABLE.fullmatch(variable):
                raise ValueError(
                    f"{name}_env takes the name of an environment variable, not what it holds"
                )
        return self

    def field_rules(self, object_name: str) -> FieldRules:
        """What may be mapped for this object; raises ValueError when there is no such object."""
        return FieldRules()

    def place(self, sync: str) -> str | None:
        """What a sync of that name writes to and no other may; None where syncs can share it."""
        return None

    def variables(self) -> dict[str, str]:
        """Secret name to environment variable name, for every ``_env`` setting that is set."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            name.removesuffix("_env"): str(value)
            for name, value in values.items()
            if name.endswith("_env") and value is not None
        }


@dataclass(frozen=True)
class Batch:
    """Rows of one operation that travel together under one idempotency key.

    table: one row each, one column a destination field (a removal holds the key fields only).
    keys: one text a row, unique in the batch and the same in every run: its key values joined by
        ``:`` (with ``%3A`` for a colon and ``%25`` for a percent sign within one of several).
    run: name of the apply run, fit for a folder; later runs sort later.
    """

    sync: str
    object_name: str
    operation: Operation
    idempotency_key: str
    table: pa.Table = field(repr=False)
    keys: Sequence[str] = field(repr=False)
    run: str = ""

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries of destination fields."""
        rows: list[dict[str, Any]] = self.table.to_pylist()
        return rows

    def part(self, indices: Sequence[int], idempotency_key: str) -> Batch:
        """The rows at these positions as a batch of their own."""
        return replace(
            self,
            table=self.table.take(list(indices)),
            keys=[self.keys[index] for index in indices],
            idempotency_key=idempotency_key,
        )


@dataclass(frozen=True)
class HttpRequest:
    """One HTTP call. Its repr shows nothing: URL and headers may carry secrets, the body people."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class FileWrite:
    """One file, written under a temporary name and renamed.

    A relative path counts from the sync's export folder.
    """

    path: PurePosixPath
    content: bytes = field(repr=False)


Request = HttpRequest | FileWrite


@dataclass(frozen=True)
class Response:
    """What came back for one request; a completed file write answers 201 without a body.

    is_refusal: the body says that nothing was taken, whatever the status (see `Refuses`).
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    is_refusal: bool = False

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300 and not self.is_refusal


def header(headers: Mapping[str, str], name: str) -> str | None:
    """A header's value, however its name is written. name: in lower case."""
    return next((value for each, value in headers.items() if each.lower() == name), None)


class RowOutcome(NamedTuple):
    """The state of the row at this position of the batch. The reason is the destination's word."""

    position: int
    status: Status
    reason: str | None = None


class Destination(Protocol):
    """Sends nothing itself; all of its methods are pure."""

    settings_model: ClassVar[type[DestinationSettings]]

    def __init__(self, settings: Any, secrets: Mapping[str, SecretStr]) -> None: ...

    @property
    def limits(self) -> Limits: ...

    def requests(self, batch: Batch) -> Iterable[Request]:
        """What to send for these rows, in order; nothing for an empty batch."""
        ...

    def outcomes(self, response: Response, batch: Batch) -> Iterable[RowOutcome]:
        """The rows this response decides.

        Rows that a 2xx leaves out are sent again, and count as perhaps taken until then; rows that
        a 4xx leaves out are sent again in smaller batches, until the row at fault stands alone.
        """
        ...


@runtime_checkable
class Signs(Protocol):
    """A destination whose requests carry a signature over the moment of sending (UNIX seconds)."""

    def sign(self, request: HttpRequest, timestamp: int) -> HttpRequest: ...


@runtime_checkable
class Refuses(Protocol):
    """A destination whose 2xx may say that the request failed as a whole. Such an answer counts as
    a 4xx does: its batch is halved until the rows at fault stand alone."""

    def refuses(self, response: Response) -> bool: ...


@runtime_checkable
class Snapshots(Protocol):
    """A destination that takes all current rows each time something changed.

    ``marker`` is the path of the file written last: while it is missing the snapshot is unfinished.
    """

    def folder(self, run: str) -> PurePosixPath: ...

    def marker(self, run: str) -> PurePosixPath: ...
