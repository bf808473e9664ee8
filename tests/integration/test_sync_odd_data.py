"""Delivery of data as models may hold it, and of what disk and environment may hold."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from connectors.sync import transport
from connectors.sync.errors import SyncError
from tests.faulty_receiver import SECRET
from tests.integration.test_sync_odd_answers import answers, apply, server
from tests.sync_home import NOW, SyncHome, members

FILES = "files__members"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyncHome:
    monkeypatch.setenv("TEST_SECRET", SECRET)
    return SyncHome(tmp_path / "home")


def alter_column(home: SyncHome, column: str, kind: str, value: str) -> None:
    """Give a published column this type, and this value in every row."""
    with duckdb.connect(str(home.settings.activation_path)) as con:
        con.execute(
            "alter table activation.activation.webhook__audience_members "
            f"alter {column} type {kind} using {value}"
        )


def test_a_key_may_use_all_of_64_bits(home: SyncHome) -> None:
    spec = home.spec(key="spent_amount", fields={"id": "spent_amount"})
    largest = 2**64 - 1
    value = f"case when email like 'person0%' then {largest}::ubigint else 1 end"
    with server(answers(b"")) as receiver:
        for rows in (2, 0):
            home.publish(members(rows), spec)
            alter_column(home, "spent_amount", "ubigint", value)
            assert apply(home, receiver).acknowledged == 2
        (_, sent), (_, removed) = receiver.seen
    assert removed["operation"] == "remove"
    for document in (sent, removed):
        assert {row["fields"]["id"] for row in document["rows"]} == {1, largest}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("json", """('{"' || repeat('\\"', 500) || '":1}')::json"""),
        ("json[]", """[('{"' || repeat('\\"', 500) || '":1}')::json]"""),
        ("timestamp[]", "list_transform(range(50), lambda i: timestamp '2026-10-01 12:00:00.5')"),
        (
            "map(integer, time)",
            "map(range(50), list_transform(range(50), lambda i: time '12:00:00.5'))",
        ),
        (
            "struct(a double[])",
            "{'a': list_transform(range(400), lambda i: -4.593829183618856e16)}",
        ),
        ("blob", "encode(repeat('a', 500))"),
        ("varchar", "repeat(':%', 200) || customer_id"),
    ],
)
def test_no_request_is_larger_than_the_destination_takes(
    home: SyncHome, kind: str, value: str
) -> None:
    settings = {"url_env": "TEST_URL", "secret_env": "TEST_SECRET", "bytes": 10_000}
    key = ["customer_id", "first_name"] if kind == "varchar" else ["customer_id"]
    fields = {"id": "customer_id", "x": "first_name"}
    spec = home.spec(key=key, fields=fields, settings=settings)
    with server(answers(b"")) as receiver:
        for rows in (40, 0):
            home.publish(members(rows), spec)
            alter_column(home, "first_name", kind, value)
            assert apply(home, receiver).acknowledged == 40
        sizes = [len(json.dumps(document, separators=(",", ":"))) for _, document in receiver.seen]
    assert max(sizes) <= 10_000


def test_a_ledger_that_was_lost_takes_no_place_of_a_finished_snapshot(home: SyncHome) -> None:
    for _ in range(2):
        home.publish(members(2))
        home.apply(FILES)
        home.publish(members(3))
        home.apply(FILES)
        (home.settings.ledger_dir / "sync_files__members.duckdb").unlink()
    names = sorted(
        path.name for path in (home.settings.home / "exports" / "sync_files__members").iterdir()
    )
    assert names == [f"{number:06d}-{NOW:%Y%m%dT%H%M%SZ}" for number in range(1, 5)]


@pytest.mark.parametrize("content", [b"[]", b'"done"', b"\xff\xfe", b"null"])
def test_a_manifest_that_is_none_is_no_receipt(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    def fails_at_the_manifest(path: Path, data: bytes) -> None:
        if path.name == "manifest.json":
            path.write_bytes(content)
            raise OSError(5, "Input/output error")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    home.publish(members(2))
    with monkeypatch.context() as patch:
        patch.setattr(transport, "write_file", fails_at_the_manifest)
        assert home.apply(FILES).undelivered == 2
    assert home.plan(FILES).to_send == 2
    assert home.apply(FILES).acknowledged == 2


def test_a_proxy_that_cannot_be_used_is_told_before_anything_is_written(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.publish(members(2))
    with server(answers(b"")) as receiver:
        with monkeypatch.context() as patch:
            patch.setenv("ALL_PROXY", "foo://127.0.0.1")
            with pytest.raises(SyncError, match="ALL_PROXY"):
                apply(home, receiver)
            assert home.apply(FILES).acknowledged == 2, "files need no connection"
        plan = home.plan()
        assert (plan.adds, plan.resends) == (2, 0)
        assert apply(home, receiver).run_id.startswith("sync_webhook__audience_members/000001-")
