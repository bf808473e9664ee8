"""A small e-mail tool that keeps lists, for the demo: the other end of the ``webhook`` destination.

It knows nothing of Goldthread but the contract of a webhook: the signature over timestamp and raw
body, and the idempotency key. What it holds lies in ``receiver.sqlite`` in its folder, so it still
holds it after a restart.

    GET  /lists    the lists with their sizes, and counts of requests
    POST anything  rows to put on lists or take off; the answer tells the result of each row
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar

from goldthread.demo.lists import Lists

MAX_BODY_BYTES = 20_000_000
# A recorded request is worthless to a thief after this time.
TIMESTAMP_WINDOW_SECONDS = 300
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Refused(Exception):
    """A request that cannot be taken as a whole."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Receiver(ThreadingHTTPServer):
    """Serves one folder's lists; ``port`` 0 takes a free one.

    clock: gives UNIX seconds, for the timestamp window.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path, secret: str, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.lists = Lists(folder)
        self.clock: Callable[[], float] = time.time
        self._secret = secret.encode()

    @property
    def url(self) -> str:
        """Where to POST."""
        return f"http://127.0.0.1:{self.server_address[1]}/members"

    def receive(self, headers: Any, body: bytes) -> tuple[dict[str, Any], bool]:
        """Take one request. Returns the answer, and whether it is that of an earlier request.

        Raises Refused when nothing of it can be taken.
        """
        self._verify(headers.get("Goldthread-Timestamp"), headers.get("Goldthread-Signature"), body)
        key = headers.get("Idempotency-Key")
        if not key:
            raise Refused(400, "no Idempotency-Key")
        try:
            document = json.loads(body)
            rows = [(str(row["key"]), dict(row["fields"])) for row in document["rows"]]
            name, operation = str(document["object"]), str(document["operation"])
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(400, "the body is not {object, operation, rows}") from error
        if operation not in {"upsert", "remove"}:
            raise Refused(400, f"no such operation: {operation}")
        answer = self.lists.once(
            key,
            hashlib.sha256(body).hexdigest(),
            lambda: {"results": [self._row(name, operation, *row) for row in rows]},
        )
        if answer is None:
            raise Refused(409, "this Idempotency-Key belongs to another body")
        return answer

    def _verify(self, timestamp: str | None, signature: str | None, body: bytes) -> None:
        if not timestamp or not timestamp.isdigit() or not signature:
            raise Refused(401, "not signed")
        if abs(self.clock() - int(timestamp)) > TIMESTAMP_WINDOW_SECONDS:
            raise Refused(401, "the timestamp is too old, or in the future")
        wanted = hmac.digest(self._secret, f"{timestamp}.".encode() + body, "sha256").hex()
        if not hmac.compare_digest(signature, f"sha256={wanted}"):
            raise Refused(401, "wrong signature")

    def _row(self, name: str, operation: str, key: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Put one member on its list (the field ``list`` or ``audience``), or take it off."""
        if operation == "remove":
            self.lists.remove(key)
            return {"key": key, "status": "removed"}
        email = fields.get("email")
        if email is not None and not _EMAIL.fullmatch(str(email)):
            return {"key": key, "status": "rejected", "reason": "malformed e-mail address"}
        self.lists.put(key, str(fields.get("list") or fields.get("audience") or name), fields)
        return {"key": key, "status": "ok"}


AnyReceiver = TypeVar("AnyReceiver", bound=Receiver)


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with kept connections."""

    protocol_version = "HTTP/1.1"
    # Else headers and body leave as two packets, and the second waits for an acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: Receiver

    def do_GET(self) -> None:
        if self.path == "/lists":
            self.answer(200, self.server.lists.summary())
        else:
            self.answer(404, {"error": "no such page; try /lists"})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self.answer(413 if length.isdigit() else 411, {"error": "length missing or too large"})
            return
        body = self.rfile.read(int(length))
        try:
            document, is_replay = self.server.receive(self.headers, body)
        except Refused as refusal:
            self.answer(refusal.status, {"error": str(refusal)})
        else:
            self.answer(200, document, {"Idempotent-Replayed": "true"} if is_replay else {})

    def answer(
        self, status: int, document: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        """Send a JSON response."""
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests are about people, and the demo has the screen."""


def running_receiver(folder: Path, secret: str) -> AbstractContextManager[Receiver]:
    """A receiver served by a thread of this process until the end of the block."""
    return served(Receiver(folder, secret))


@contextmanager
def served(receiver: AnyReceiver) -> Iterator[AnyReceiver]:
    """Let a thread of this process serve a receiver until the end of the block."""
    thread = threading.Thread(target=receiver.serve_forever, name="receiver", daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        thread.join()
        receiver.server_close()
        receiver.lists.close()


def main() -> None:
    """Serve a folder until interrupted: ``python -m goldthread.demo.receiver --folder DIR``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--folder", type=Path, required=True, help="where the lists are kept")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument(
        "--secret-env",
        default="GOLDTHREAD_WEBHOOK_SECRET",
        help="environment variable that holds the signing secret",
    )
    options = parser.parse_args()
    secret = os.environ.get(options.secret_env)
    if not secret:
        parser.error(f"environment variable {options.secret_env} is not set")
    receiver = Receiver(options.folder, secret, options.port)
    print(f"receiving at {receiver.url}", flush=True)
    try:
        receiver.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        receiver.server_close()
        receiver.lists.close()


if __name__ == "__main__":
    main()
