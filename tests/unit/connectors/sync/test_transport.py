"""Single requests: retries, pace, signatures, and what becomes of secrets."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

import httpx
import pytest
import respx

from connectors.destinations.base import (
    Batch,
    DestinationSettings,
    FileWrite,
    HttpRequest,
    Limits,
    Request,
    Response,
    RowOutcome,
)
from connectors.sync.errors import SyncError
from connectors.sync.retry import RetryPolicy
from connectors.sync.transport import Exchange, Transport

URL = "https://tool.example/members?token=hidden"


class Plain:
    """Sends what it is asked to."""

    settings_model: ClassVar[type[DestinationSettings]] = DestinationSettings

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self.limits = limits

    def requests(self, batch: Batch) -> Iterable[Request]:
        return []

    def outcomes(self, response: Response, batch: Batch) -> Iterable[RowOutcome]:
        return []


class Signing(Plain):
    """Signs with the moment of sending."""

    def sign(self, request: HttpRequest, timestamp: int) -> HttpRequest:
        return HttpRequest(request.method, request.url, {"moment": str(timestamp)}, request.body)


def exchange(
    destination: Any = None,
    request: Request | None = None,
    root: Path = Path("/nowhere"),
    times: int = 1,
    **policy: Any,
) -> tuple[list[Exchange], list[float], Transport]:
    """Send the same request some times, one after the other; returns the sleeps too."""
    slept: list[float] = []
    moment = 1_000_000.0

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def clock() -> float:
        return moment + sum(slept)

    async def run() -> tuple[list[Exchange], Transport]:
        transport = Transport(
            destination or Plain(),
            root,
            RetryPolicy(**policy),
            clock=clock,
            stopwatch=lambda: 0.0,
            sleep=sleep,
            rng=random.Random(0),
        )
        async with transport:
            sent = request or HttpRequest("POST", URL, {}, b"{}")
            return [await transport.exchange(sent) for _ in range(times)], transport

    exchanges, transport = asyncio.run(run())
    return exchanges, slept, transport


@respx.mock
def test_a_good_answer_comes_back_at_once() -> None:
    respx.post(URL).respond(200, json={"ok": True})
    (result,), slept, _ = exchange()
    assert result.response is not None and result.response.body == b'{"ok":true}'
    assert (result.attempts, result.is_doubtful, slept) == (1, False, [])


@respx.mock
def test_server_errors_are_tried_again_and_leave_a_doubt() -> None:
    respx.post(URL).mock(
        side_effect=[httpx.Response(500), httpx.Response(503), httpx.Response(200)]
    )
    (result,), slept, _ = exchange()
    assert result.is_final and result.attempts == 3 and result.is_doubtful
    assert len(slept) == 2


@respx.mock
def test_a_throttled_request_waits_as_long_as_it_is_told_without_doubt() -> None:
    respx.post(URL).mock(
        side_effect=[httpx.Response(429, headers={"Retry-After": "17"}), httpx.Response(200)]
    )
    (result,), slept, _ = exchange()
    assert result.is_final and not result.is_doubtful
    assert slept[0] >= 17


@respx.mock
def test_a_lost_connection_is_tried_again_and_leaves_a_doubt() -> None:
    respx.post(URL).mock(side_effect=[httpx.ReadError("cut"), httpx.Response(200)])
    (result,), _, _ = exchange()
    assert result.is_final and result.is_doubtful


@respx.mock
def test_an_answer_that_cannot_be_decoded_is_tried_again_and_leaves_a_doubt() -> None:
    respx.post(URL).mock(side_effect=[httpx.DecodingError("no gzip"), httpx.Response(200)])
    (result,), _, _ = exchange()
    assert result.is_final and result.attempts == 2 and result.is_doubtful


@respx.mock
def test_a_refused_connection_leaves_none() -> None:
    respx.post(URL).mock(side_effect=[httpx.ConnectError("refused"), httpx.Response(200)])
    (result,), _, _ = exchange()
    assert result.is_final and not result.is_doubtful


@respx.mock
@pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
def test_other_client_errors_are_never_tried_again(status: int) -> None:
    route = respx.post(URL).respond(status)
    (result,), _, _ = exchange()
    assert result.is_final and route.call_count == 1


@respx.mock
def test_the_policy_ends_it() -> None:
    route = respx.post(URL).respond(503)
    (result,), _, _ = exchange(attempts=4)
    assert not result.is_final and result.reason == "http_503"
    assert route.call_count == 4


@respx.mock
def test_a_redirect_is_not_followed() -> None:
    route = respx.post(URL).respond(307, headers={"Location": "https://elsewhere.example/"})
    (result,), _, _ = exchange()
    assert result.response is not None and result.response.status == 307
    assert route.call_count == 1


@respx.mock
def test_an_outage_is_not_asked_for_ever() -> None:
    route = respx.post(URL).respond(503)
    results, _, transport = exchange(Plain(Limits(concurrency=2)), times=5, attempts=2)
    assert route.call_count == 4
    assert transport.stopped == "2 requests in a row got no answer (http_503)"
    assert [result.attempts for result in results] == [2, 2, 0, 0, 0]


@respx.mock
def test_the_pace_of_the_destination_is_kept() -> None:
    respx.post(URL).respond(200)
    _, slept, _ = exchange(Plain(Limits(per_second=4)), times=3)
    assert slept == [0.25, 0.5]


def together(limits: Limits, requests: int, **policy: Any) -> tuple[list[Exchange], Transport]:
    """Send some requests at the same time; they really sleep."""

    async def run() -> tuple[list[Exchange], Transport]:
        transport = Transport(
            Plain(limits), Path("/nowhere"), RetryPolicy(**policy), stopwatch=lambda: 0.0
        )
        async with transport:
            sent = HttpRequest("POST", URL, {}, b"{}")
            exchanges = await asyncio.gather(*(transport.exchange(sent) for _ in range(requests)))
            return exchanges, transport

    return asyncio.run(run())


@respx.mock
@pytest.mark.parametrize("attempts", [1, 3], ids=["given up", "tried again"])
def test_requests_that_wait_for_their_turn_heed_what_another_is_told(attempts: int) -> None:
    moments: list[float] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        moments.append(time.monotonic())
        is_first = len(moments) == 1
        # Meanwhile the others get their turns, the first of which is 250 ms away.
        await asyncio.sleep(0.01)
        return httpx.Response(429 if is_first else 200, headers={"Retry-After": "0.4"})

    respx.post(URL).mock(side_effect=answer)
    together(Limits(per_second=4), 3, attempts=attempts)
    assert len(moments) == (3 if attempts == 1 else 4)
    assert min(moments[1:]) >= moments[0] + 0.4


@respx.mock
def test_a_rest_that_is_too_long_ends_it_for_all() -> None:
    route = respx.post(URL).respond(429, headers={"Retry-After": "300"})
    results, transport = together(Limits(per_second=4), 3)
    assert route.call_count == 1
    assert transport.stopped == "the destination asks for 300 seconds of rest (http_429)"
    assert sorted(result.reason or "" for result in results) == ["http_429", "not_sent", "not_sent"]


@respx.mock
def test_every_attempt_is_signed_for_its_own_moment() -> None:
    route = respx.post(URL).mock(
        side_effect=[httpx.Response(429, headers={"Retry-After": "60"}), httpx.Response(200)]
    )
    exchange(Signing())
    moments = [int(call.request.headers["moment"]) for call in route.calls]
    assert moments[1] >= moments[0] + 60


@respx.mock
def test_addresses_and_headers_stay_out_of_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    respx.post(URL).mock(side_effect=[httpx.Response(500), httpx.ReadError("cut")])
    exchange(attempts=2)
    assert "hidden" not in caplog.text


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    write = FileWrite(PurePosixPath("run/members.csv"), b"content")
    (result,), _, _ = exchange(request=write, root=tmp_path)
    assert result.response == Response(201)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["members.csv"]


def test_a_full_disk_is_an_undelivered_file(tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(b"a file where a folder should be")
    write = FileWrite(PurePosixPath("run/members.csv"), b"content")
    (result,), _, _ = exchange(request=write, root=tmp_path)
    assert result.response is None and "Error" in (result.reason or "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://me:hidden@127.0.0.1:9"),
        ("HTTP_PROXY", "foo://me:hidden@127.0.0.1"),
        ("SSL_CERT_FILE", "/nowhere/hidden.pem"),
    ],
)
def test_an_environment_that_allows_no_connection_is_told_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    transport = Transport(Plain(), Path("/nowhere"), RetryPolicy())
    with pytest.raises(SyncError, match=name) as caught:
        transport.prepare()
    assert "hidden" not in str(caught.value)
