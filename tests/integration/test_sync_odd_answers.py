"""Delivery to servers that answer as no tool should: byte by byte as each test writes it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.sync import SyncResult
from tests.faulty_receiver import SECRET
from tests.sync_home import SyncHome, members

# Writes the whole answer to one request, whose body it is given.
Script = Callable[[socket.socket, dict[str, Any]], None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


class Server:
    """Takes one request a connection. ``seen``: Idempotency-Key and document of each."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/in"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            headers = {}
            for line in iter(stream.readline, b"\r\n"):
                name, _, value = line.decode().partition(":")
                headers[name.lower()] = value.strip()
            document = json.loads(stream.read(int(headers["content-length"])))
            self.seen.append((headers["idempotency-key"], document))
            try:
                self.script(connection, document)
            except OSError:
                """Whoever asked has hung up."""


@contextmanager
def server(script: Script) -> Iterator[Server]:
    found = Server(script)
    thread = threading.Thread(target=found.serve, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.close()
        thread.join()


def answers(body: bytes, status: int = 200, **headers: str) -> Script:
    head = {"Content-Length": str(len(body)), "Connection": "close", **headers}
    lines = [f"HTTP/1.1 {status} Odd", *(f"{name}: {value}" for name, value in head.items())]
    whole = "\r\n".join([*lines, "", ""]).encode() + body
    return lambda connection, document: connection.sendall(whole)


def apply(home: SyncHome, receiver: Server) -> SyncResult:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_URL", receiver.url)
        return home.apply()


def test_who_withdraws_after_an_answer_that_was_cut_off_is_taken_off(home: SyncHome) -> None:
    home.publish(members(3))
    with server(answers(b'{"results": [{"key": "lapsed_buyers:cus_0000", "sta')) as receiver:
        result = apply(home, receiver)
        assert (result.undelivered, result.reasons) == (3, {"no_answer": 3})
        receiver.script = answers(b"")
        home.publish(members(3), denied={"cus_0001": "consent_denied"})
        assert home.plan().removes == 1
        assert apply(home, receiver).is_complete
        removed = [
            row["key"]
            for _, document in receiver.seen
            for row in document["rows"]
            if document["operation"] == "remove"
        ]
        assert removed == ["lapsed_buyers:cus_0001"]


def test_rows_of_an_answer_that_was_cut_off_keep_their_idempotency_key(home: SyncHome) -> None:
    home.publish(members(3))
    with server(answers(b'{"results": [')) as receiver:
        apply(home, receiver)
        receiver.script = answers(b"{}")
        assert apply(home, receiver).acknowledged == 3
        assert len({key for key, _ in receiver.seen}) == 1


def test_rows_that_a_login_page_swallowed_are_sent_again_under_their_key(home: SyncHome) -> None:
    home.publish(members(3))
    page = answers(b"<!DOCTYPE html><title>Sign in</title>", **{"Content-Type": "text/html"})
    with server(page) as receiver:
        result = apply(home, receiver)
        assert (result.acknowledged, result.undelivered) == (0, 3)
        assert result.reasons == {"web_page": 3}
        assert result.stopped is not None and "check its URL" in result.stopped
        receiver.script = answers(b"ok")
        assert home.plan().resends == 3
        assert apply(home, receiver).acknowledged == 3
        assert len({key for key, _ in receiver.seen}) == 1


def test_an_error_with_status_200_is_no_receipt(home: SyncHome) -> None:
    """One bad row stops no other; and who may be at fault is told without anybody's values."""

    def quarrel(connection: socket.socket, document: dict[str, Any]) -> None:
        names = [row["fields"]["first_name"] for row in document["rows"]]
        said = {"error": f"{names[-1]} is no name"} if "Firstname2" in names else {"ok": True}
        answers(json.dumps(said).encode())(connection, document)

    home.publish(members(5))
    with server(quarrel) as receiver:
        result = apply(home, receiver)
    assert (result.acknowledged, result.rejected, result.undelivered) == (4, 1, 0)
    assert result.reasons == {'http_200 {"error": "[value] is no name"}': 1}
    assert home.plan().adds == 1


def test_an_answer_that_drips_does_not_hold_an_apply_forever(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.sync.transport._ATTEMPT_SECONDS", 0.2)

    def drip(connection: socket.socket, document: dict[str, Any]) -> None:
        connection.sendall(b"HTTP/1.1 200 Odd\r\nContent-Length: 100\r\n\r\n")
        for _ in range(100):
            connection.sendall(b" ")
            time.sleep(0.05)

    home.publish(members(3))
    with server(drip) as receiver:
        result = apply(home, receiver)
    assert (result.undelivered, result.reasons) == (3, {"TimeoutError": 3})


def test_of_an_endless_answer_only_the_beginning_is_read(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.sync.transport._ANSWER_BYTES", 10_000)
    sent = 0

    def flood(connection: socket.socket, document: dict[str, Any]) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 Odd\r\nContent-Length: 100000000\r\n\r\n{")
        for _ in range(1_000):
            connection.sendall(b" " * 100_000)
            sent += 100_000

    home.publish(members(3))
    with server(flood) as receiver:
        result = apply(home, receiver)
    assert (result.undelivered, result.reasons) == (3, {"no_answer": 3})
    assert sent < 50_000_000


@pytest.mark.parametrize("location", ["https://other.example/", "javascript:x", "http://[::1", ""])
def test_a_redirect_is_not_followed_wherever_it_leads(home: SyncHome, location: str) -> None:
    home.publish(members(3))
    with server(answers(b"", 307, Location=location)) as receiver:
        result = apply(home, receiver)
        assert result.stopped is not None
        assert result.stopped.startswith("the destination answered http_307; redirects are not")
        assert len(receiver.seen) == 1
