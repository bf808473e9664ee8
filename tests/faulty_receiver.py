"""The demo's receiver on a real loopback socket, with faults on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from goldthread.demo.receiver import Handler, Receiver, served

SECRET = "a secret of the tests"


@dataclass
class Seen:
    """One request as it came in; number counts them from 0."""

    number: int
    idempotency_key: str
    operation: str
    fields: list[dict[str, Any]]


@dataclass
class Fault:
    """What goes wrong. Without a status the connection is cut.

    is_stored: only the answer is lost; the request was taken.
    """

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    is_stored: bool = False


class FaultyHandler(Handler):
    """Asks its server for a fault before every request."""

    server: FaultyReceiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.next_fault(self.headers["Idempotency-Key"], body)
        if fault is None or fault.is_stored:
            document, is_replay = self.server.receive(self.headers, body)
            if fault is None:
                replayed = {"Idempotent-Replayed": "true"} if is_replay else {}
                self.answer(200, document, replayed)
                return
        if fault.status is None:
            self.close_connection = True
            self.connection.close()
        else:
            self.answer(fault.status, fault.document, fault.headers)


class FaultyReceiver(Receiver):
    """``faults`` decides on each request; ``seen`` holds all of them."""

    def __init__(self, folder: Path, faults: Callable[[Seen], Fault | None]) -> None:
        super().__init__(folder, SECRET)
        self.RequestHandlerClass = FaultyHandler
        self.faults = faults
        self.seen: list[Seen] = []
        self._counting = threading.Lock()

    def next_fault(self, idempotency_key: str, body: bytes) -> Fault | None:
        document = json.loads(body)
        fields = [row["fields"] for row in document["rows"]]
        with self._counting:
            seen = Seen(len(self.seen), idempotency_key, document["operation"], fields)
            self.seen.append(seen)
        return self.faults(seen)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that was cut on purpose is no news."""


def faulty_receiver(
    folder: Path, faults: Callable[[Seen], Fault | None] = lambda seen: None
) -> AbstractContextManager[FaultyReceiver]:
    return served(FaultyReceiver(folder, faults))
