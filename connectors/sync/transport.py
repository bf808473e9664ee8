"""Carries single requests: HTTP with signature, pace and retries; files by rename."""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import httpx

from connectors.destinations.base import (
    Destination,
    FileWrite,
    HttpRequest,
    Request,
    Response,
    Signs,
    Snapshots,
)
from connectors.sync.errors import SyncError
from connectors.sync.retry import RetryPolicy, is_doubtful, is_retryable, retry_after

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# The whole of one attempt: a server that sends a byte now and then never lets a read time out.
_ATTEMPT_SECONDS = 300.0
# As much of an answer is read: more than a hundred thousand rows need.
_ANSWER_BYTES = 64_000_000
# A proxy from the environment is for the outside world, never for a receiver on this machine.
_DIRECT = {f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")}
# What httpx takes from the environment when a client is made.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CONNECTING = (*_PROXIES, *map(str.lower, _PROXIES), "SSL_CERT_FILE", "SSL_CERT_DIR")
# These failures happen before anything reaches the server.
_NEVER_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class Exchange:
    """How one request ended.

    response: the last answer, or None without one (then reason says why). attempts: tries made.
    is_doubtful: some try may have reached the destination without a clear answer.
    """

    response: Response | None
    reason: str | None
    attempts: int
    is_doubtful: bool

    @property
    def is_final(self) -> bool:
        return self.response is not None and not is_retryable(self.response.status)


class Transport:
    """One destination's connection. Requests of all batches share its pace.

    ``stopped`` holds the reason once no further request makes sense; those asked for then are not
    sent. The clock and the sleep belong to the transport alone; no row depends on them.
    """

    def __init__(
        self,
        destination: Destination,
        export_root: Path,
        policy: RetryPolicy,
        *,
        clock: Callable[[], float] = time.time,
        stopwatch: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        self._destination = destination
        self._export_root = export_root
        self._policy = policy
        self._clock = clock
        self._stopwatch = stopwatch
        self._sleep = sleep
        self._rng = rng or random.Random()
        limits = destination.limits
        self._interval = 1 / limits.per_second if limits.per_second else 0.0
        self._next_turn = 0.0
        self._rest_until = 0.0
        self._patience_for_outage = max(2, limits.concurrency)
        self._outages = 0
        self.stopped: str | None = None
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Transport:
        # These loggers write URLs and headers, which may hold secrets.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def exchange(self, request: Request) -> Exchange:
        """Send until there is a final answer or the policy gives up."""
        if isinstance(request, FileWrite):
            return await self._write(request)
        attempt, doubt = 0, False
        response: Response | None = None
        reason: str | None = None
        while self.stopped is None:
            await self._turn()
            if self.stopped is not None:
                break
            attempt += 1
            floor = None
            try:
                response, reason = await self._post(request), None
            except (httpx.RequestError, TimeoutError) as error:
                response, reason = None, type(error).__name__
                doubt = doubt or not isinstance(error, _NEVER_ARRIVED)
            if response is not None:
                if not is_retryable(response.status):
                    self._outages = 0
                    return Exchange(response, None, attempt, doubt)
                reason = f"http_{response.status}"
                doubt = doubt or is_doubtful(response.status)
                floor = retry_after(response.headers, self._clock())
            if floor:
                self._rest(floor, reason)
            wait = self._policy.wait(attempt, floor, self._rng)
            if wait is None:
                self._count_outage(reason)
                break
            await self._sleep(wait)
        return Exchange(response, reason or "not_sent", attempt, doubt)

    async def _post(self, request: HttpRequest) -> Response:
        if isinstance(self._destination, Signs):
            request = self._destination.sign(request, int(self._clock()))
        if self._client is None:
            self._client = self._new_client()
        call = self._client.stream(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )
        async with asyncio.timeout(_ATTEMPT_SECONDS), call as answer:
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > _ANSWER_BYTES:
                    break
            return Response(answer.status_code, dict(answer.headers), bytes(body[:_ANSWER_BYTES]))

    def prepare(self) -> None:
        """Make ready to send, before anything is written down.

        Raises SyncError when the environment's proxies or certificates cannot be used.
        """
        if not isinstance(self._destination, Snapshots):
            self._client = self._new_client()

    def _new_client(self) -> httpx.AsyncClient:
        try:
            # Made when it is needed: loading certificates takes longer than a plan without changes.
            return httpx.AsyncClient(
                timeout=_TIMEOUT,
                follow_redirects=False,
                mounts=_DIRECT,
                limits=httpx.Limits(max_connections=self._destination.limits.concurrency),
                event_hooks={"response": [_forget_location]},
            )
        except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
            # What the error says may hold the password of a proxy.
            found = ", ".join(name for name in _CONNECTING if os.environ.get(name))
            raise SyncError(
                f"No connection can be made with {found or 'the settings of this machine'} as the "
                f"environment has it ({type(error).__name__}); nothing was sent. Proxies are "
                "http:// or https:// addresses, SSL_CERT_FILE and SSL_CERT_DIR exist."
            ) from None

    async def _turn(self) -> None:
        """Wait for this request's turn, as the destination's rate and its Retry-After demand."""
        while True:
            now = self._stopwatch()
            turn = max(now, self._next_turn)
            self._next_turn = turn + self._interval
            if turn > now:
                await self._sleep(turn - now)
            # Another request may have been told to wait meanwhile.
            if turn >= self._rest_until:
                return

    def _rest(self, seconds: float, reason: str | None) -> None:
        """The server asks everybody to wait, not only the request that it answered."""
        if seconds > self._policy.patience:
            asked = f"the destination asks for {seconds:,.0f} seconds of rest ({reason})"
            self.stopped = self.stopped or asked
        else:
            self._rest_until = max(self._rest_until, self._stopwatch() + seconds)
            self._next_turn = max(self._next_turn, self._rest_until)

    def _count_outage(self, reason: str | None) -> None:
        self._outages += 1
        if self._outages >= self._patience_for_outage and self.stopped is None:
            self.stopped = f"{self._outages} requests in a row got no answer ({reason})"

    async def _write(self, request: FileWrite) -> Exchange:
        try:
            await asyncio.to_thread(write_file, self._export_root / request.path, request.content)
        except OSError as error:
            return Exchange(None, f"{type(error).__name__}: {error.strerror}", 1, True)
        return Exchange(Response(201), None, 1, False)


async def _forget_location(answer: httpx.Response) -> None:
    """Nobody follows a redirect, and httpx stumbles over places that it cannot read."""
    answer.headers.pop("Location", None)


def write_file(path: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: whoever sees the file sees all of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
