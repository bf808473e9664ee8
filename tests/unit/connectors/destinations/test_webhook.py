"""The webhook's requests and how it reads answers, byte for byte."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa
import pytest
from pydantic import SecretStr, ValidationError

from connectors.destinations.base import Batch, HttpRequest, Response
from connectors.destinations.webhook import DESTINATION as Webhook
from connectors.destinations.webhook.settings import WebhookSettings

SECRETS = {"url": SecretStr("https://tool.example/in"), "secret": SecretStr("s3cret")}


def webhook(**settings: Any) -> Webhook:
    known = {"url_env": "URL", "secret_env": "SECRET", **settings}
    secrets = dict(SECRETS)
    if "authorization_env" in settings:
        secrets["authorization"] = SecretStr("Bearer t0ken")
    return Webhook(WebhookSettings(**known), secrets)


def batch(rows: list[dict[str, Any]] | None = None, **changes: Any) -> Batch:
    rows = [{"id": "c1", "email": "a@example.com"}] if rows is None else rows
    known: dict[str, Any] = {
        "sync": "sync_webhook__members",
        "object_name": "list_members",
        "operation": "upsert",
        "idempotency_key": "k" * 64,
        "table": pa.Table.from_pylist(rows),
        "keys": [str(row["id"]) for row in rows],
    }
    return Batch(**(known | changes))


def request(sent: Batch, **settings: Any) -> HttpRequest:
    (one,) = webhook(**settings).requests(sent)
    return one


def statuses(response: Response, rows: int = 3, **settings: Any) -> dict[int, str]:
    sent = batch([{"id": f"c{number}"} for number in range(rows)])
    return {row.position: row.status for row in webhook(**settings).outcomes(response, sent)}


def answer(results: list[dict[str, Any]], status: int = 200) -> Response:
    return Response(status, body=orjson.dumps({"results": results}))


def test_the_body_to_the_letter() -> None:
    sent = request(batch())
    assert sent.body == (
        b'{"sync":"sync_webhook__members","object":"list_members","operation":"upsert",'
        b'"rows":[{"key":"c1","fields":{"id":"c1","email":"a@example.com"}}]}'
    )
    assert (sent.method, sent.url) == ("POST", "https://tool.example/in")
    assert sent.headers == {
        "Content-Type": "application/json",
        "User-Agent": "goldthread",
        "Idempotency-Key": "k" * 64,
    }


def test_every_kind_of_value() -> None:
    row = {
        "id": "c1",
        "amount": Decimal("1234567890123.10"),
        "seen_at": datetime(2026, 1, 2, 3, 4, 5),
        "born": date(1990, 2, 3),
        "member": True,
        "share": 0.5,
        "count": 7,
        "nothing": None,
        "tags": ["a", "b"],
        "address": {"city": "Łódź"},
    }
    body = request(batch([row])).body.decode()
    assert body.endswith(
        '"fields":{"id":"c1","amount":1234567890123.10,"seen_at":"2026-01-02T03:04:05Z",'
        '"born":"1990-02-03","member":true,"share":0.5,"count":7,"nothing":null,'
        '"tags":["a","b"],"address":{"city":"Łódź"}}}]}'
    )


def test_an_authorization_header_when_one_is_wanted() -> None:
    sent = request(batch(), authorization_env="TOKEN")
    assert sent.headers["Authorization"] == "Bearer t0ken"


def test_the_signature_covers_timestamp_and_raw_body() -> None:
    sent = webhook().sign(request(batch()), 1_700_000_000)
    wanted = hmac.new(b"s3cret", b"1700000000." + sent.body, hashlib.sha256).hexdigest()
    assert sent.headers["Goldthread-Timestamp"] == "1700000000"
    assert sent.headers["Goldthread-Signature"] == f"sha256={wanted}"
    assert sent.headers["Idempotency-Key"] == "k" * 64


def test_the_same_rows_make_the_same_body() -> None:
    assert request(batch()).body == request(batch()).body


@pytest.mark.parametrize("body", [b"", b"ok", b"{}", b"[1]", b'{"results": 3}', b'{"results": []}'])
def test_a_good_answer_without_results_takes_every_row(body: bytes) -> None:
    assert statuses(Response(200, body=body)) == {0: "ok", 1: "ok", 2: "ok"}


@pytest.mark.parametrize("body", [b'{"results": [', b' {"results": [{"key": "c1", "sta', b"[1,"])
def test_a_good_answer_that_was_cut_off_takes_no_row(body: bytes) -> None:
    assert statuses(Response(200, body=body)) == {}


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "quota exceeded"}',
        b'{"errors": [{"message": "no such list"}]}',
        b'{"ok": false}',
        b'{"success": false, "results": []}',
    ],
)
def test_a_good_status_whose_body_tells_of_an_error_is_a_refusal(body: bytes) -> None:
    assert webhook().refuses(Response(200, body=body))


@pytest.mark.parametrize(
    ("body", "settings"),
    [
        (b'{"error": null, "errors": [], "ok": true}', {}),
        (b'{"error": "of one row", "results": [{"key": "c1", "status": "bad"}]}', {}),
        (b'{"errors": [{"key": "c1", "status": "bad"}]}', {"results_path": "errors"}),
        (b"ok", {}),
        (b"[]", {}),
        (b"", {}),
    ],
)
def test_other_good_answers_are_no_refusal(body: bytes, settings: dict[str, Any]) -> None:
    assert not webhook(**settings).refuses(Response(200, body=body))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_results_are_read_in_whatever_encoding_json_may_have(encoding: str) -> None:
    said = '{"took": NaN, "results": [{"key": "c1", "status": "invalid"}]}'
    assert statuses(Response(200, body=said.encode(encoding)))[1] == "rejected"
    assert statuses(Response(200, body=said[:-5].encode(encoding))) == {}


def test_of_two_words_on_one_row_the_worse_is_not_lost() -> None:
    said = answer([{"key": "c1", "status": "invalid"}, {"key": "c1", "status": "ok"}])
    found = [row.status for row in webhook().outcomes(said, batch([{"id": "c1"}]))]
    assert found == ["rejected", "ok"]


def test_a_good_answer_may_refuse_single_rows() -> None:
    said = answer(
        [
            {"key": "c0", "status": "created"},
            {"key": "c1", "status": "invalid", "reason": "no"},
            {"key": "c2", "status": "RETRY"},
            {"key": "c9", "status": "invalid"},
            "nonsense",
        ]
    )
    assert statuses(said) == {0: "ok", 1: "rejected", 2: "retryable"}


@pytest.mark.parametrize(
    ("code", "status"), [(200, "ok"), (204, "ok"), (400, "rejected"), (429, "retryable")]
)
def test_a_row_may_be_told_by_http_status(code: int, status: str) -> None:
    assert statuses(answer([{"key": "c0", "status": code}]), rows=1) == {0: status}


def test_rows_a_good_answer_leaves_out_are_taken_or_not_as_the_settings_say() -> None:
    said = answer([{"key": "c1", "status": "error"}])
    assert statuses(said) == {0: "ok", 1: "rejected", 2: "ok"}
    assert statuses(said, unlisted="retryable") == {1: "rejected"}


@pytest.mark.parametrize("results", [[], [{"key": "of another batch", "status": "ok"}], ["c1"]])
def test_a_list_that_names_nobody_leaves_all_rows_out(results: list[Any]) -> None:
    assert statuses(answer(results)) == dict.fromkeys(range(3), "ok")
    assert statuses(answer(results), unlisted="retryable") == {}
    without_a_list = Response(200, body=b'{"results": null}')
    assert statuses(without_a_list, unlisted="retryable") == dict.fromkeys(range(3), "ok")


def test_results_lie_where_the_settings_say() -> None:
    body = {"data": {"rows": [{"id": "c1", "state": "bad", "why": "because"}]}}
    names = {
        "results_path": "data.rows",
        "result_key": "id",
        "result_status": "state",
        "result_reason": "why",
    }
    sent = batch([{"id": "c0"}, {"id": "c1"}])
    rows = sorted(webhook(**names).outcomes(Response(200, body=orjson.dumps(body)), sent))
    assert [(row.status, row.reason) for row in rows] == [("ok", None), ("rejected", "because")]


def test_a_refusal_tells_only_of_the_rows_at_fault() -> None:
    said = answer([{"key": "c0", "status": "ok"}, {"key": "c1", "status": "invalid"}], status=422)
    assert statuses(said) == {1: "rejected"}


def test_a_refusal_without_results_tells_nothing_of_rows() -> None:
    assert statuses(Response(422, body=b"<html>")) == {}


@pytest.mark.parametrize(
    "settings",
    [
        {"secret_env": "S"},
        {"url": "https://x/", "url_env": "U", "secret_env": "S"},
        {"url": "https://x/"},
        {"url": "x", "secret_env": "S"},
        {"url": "https://user:password@x/", "secret_env": "S"},
        {"url_env": "U", "secret_env": "S", "rows": 0},
        {"url_env": "U", "secret_env": "S", "token": "abc"},
    ],
)
def test_settings_that_cannot_work(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WebhookSettings.model_validate(settings)


def test_settings_name_their_variables() -> None:
    settings = WebhookSettings(url="http://localhost:1/a?b=c", secret_env="S")
    assert settings.variables() == {"secret": "S"}
    assert webhook().limits.rows == 1_000
