"""What every destination keeps to, whichever they are: found, not listed."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import Field, SecretStr

import connectors.destinations
from connectors.destinations.base import (
    Batch,
    Destination,
    DestinationSettings,
    HttpRequest,
    Response,
    Snapshots,
)
from connectors.destinations.registry import destination_class, destination_names

SECRET = "hunter2-never-seen"


def settings_for(name: str) -> Any:
    """Settings with every environment variable a destination can take."""
    return example_of(destination_class(name).settings_model)


def example_of(model: type[DestinationSettings]) -> DestinationSettings:
    """Every environment variable it can take, and the first example of all else it requires."""
    known: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name.endswith("_env"):
            known[name] = name.upper()
        elif field.is_required():
            assert field.examples, f"{model.__name__}.{name} is required: give Field(examples=[…])"
            known[name] = field.examples[0]
    return model.model_validate(known)


def destination(name: str) -> Destination:
    settings = settings_for(name)
    secrets = {each: SecretStr(f"https://{SECRET}") for each in settings.variables()}
    return destination_class(name)(settings, secrets)


def batch(rows: int, operation: Any = "upsert") -> Batch:
    numbers = range(rows)
    return Batch(
        sync="sync_x__members",
        object_name="members",
        operation=operation,
        idempotency_key="key-of-the-batch",
        table=pa.table(
            {
                "id": pa.array([f"c{number}" for number in numbers], pa.string()),
                "email": pa.array(
                    [f"person{number}@example.com" for number in numbers], pa.string()
                ),
            }
        ),
        keys=[f"c{number}" for number in numbers],
        run="000001-20260101T000000Z",
    )


def operations(name: str) -> list[Any]:
    return ["snapshot"] if isinstance(destination(name), Snapshots) else ["upsert", "remove"]


every_destination = pytest.mark.parametrize("name", destination_names())


def test_a_destination_may_require_other_settings_than_variables() -> None:
    class Needy(DestinationSettings):
        list_id: int = Field(examples=[7])
        key_env: str

    assert example_of(Needy) == Needy(list_id=7, key_env="KEY_ENV")


def test_some_destination_is_found() -> None:
    assert {"files", "webhook"} <= set(destination_names())


@every_destination
@pytest.mark.parametrize("operation", ["upsert", "remove"])
def test_an_empty_batch_makes_no_call(name: str, operation: Any) -> None:
    assert list(destination(name).requests(batch(0, operation))) == []


@every_destination
def test_rows_make_requests_that_are_the_same_every_time(name: str) -> None:
    for operation in operations(name):
        first = list(destination(name).requests(batch(3, operation)))
        assert first and first == list(destination(name).requests(batch(3, operation)))


@every_destination
def test_a_request_carries_the_key_of_its_batch(name: str) -> None:
    for operation in operations(name):
        requests = list(destination(name).requests(batch(2, operation)))
        assert any(b"key-of-the-batch" in pickle.dumps(request) for request in requests)


@every_destination
def test_each_row_of_a_good_answer_has_one_outcome(name: str) -> None:
    for operation in operations(name):
        outcomes = list(destination(name).outcomes(Response(200), batch(5, operation)))
        assert sorted(outcome.position for outcome in outcomes) == list(range(5))


@every_destination
@pytest.mark.parametrize("status", [400, 422, 500])
def test_no_row_of_a_bad_answer_is_taken(name: str, status: int) -> None:
    for body in (b"", b"<html>", b'{"results": [{"key": "c0", "status": "ok"}]}'):
        outcomes = destination(name).outcomes(Response(status, body=body), batch(2))
        assert not [outcome for outcome in outcomes if outcome.status == "ok"]


@every_destination
def test_a_row_error_is_returned_and_not_raised(name: str) -> None:
    document = b'{"results": [{"key": "c1", "status": "invalid", "reason": "malformed"}]}'
    for status in (200, 422):
        response = Response(status, body=document)
        list(destination(name).outcomes(response, batch(2)))


@every_destination
def test_nothing_shows_a_secret_or_a_person(name: str) -> None:
    settings, found = settings_for(name), destination(name)
    shown = [repr(settings), str(settings), repr(found), repr(vars(found))]
    for operation in operations(name):
        rows = batch(2, operation)
        _ = rows.rows
        requests = list(found.requests(rows))
        shown += [repr(rows), repr(requests), str(requests)]
        shown.append(repr([HttpRequest("POST", SECRET, {"Authorization": SECRET}, b"person1")]))
        shown.append(repr(Response(200, {"Set-Cookie": SECRET}, b"person1@example.com")))
    for text in shown:
        assert SECRET not in text
        assert "person1" not in text


@every_destination
def test_unknown_settings_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="Extra inputs"):
        destination_class(name).settings_model.model_validate({"no_such_setting": 1})


@every_destination
def test_limits_make_sense(name: str) -> None:
    limits = destination(name).limits
    assert limits.rows >= 1 and limits.bytes >= 1 and limits.concurrency >= 1


@every_destination
def test_a_destination_is_pure_and_stands_alone(name: str) -> None:
    """No sockets, files, clocks or chance; nothing of the engine or another destination."""
    folder = Path(connectors.destinations.__path__[0]) / name
    others = {f"connectors.destinations.{other}" for other in destination_names() if other != name}
    impure = {"asyncio", "httpx", "os", "random", "requests", "socket", "time", "uuid"}
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                continue
            for module in modules:
                assert module.split(".")[0] not in impure, f"{path.name} imports {module}"
                assert not module.startswith("connectors.sync"), f"{path.name} imports {module}"
                assert not any(module.startswith(other) for other in others), path


def test_an_unknown_destination_names_the_known_ones() -> None:
    with pytest.raises(LookupError, match=", ".join(destination_names())):
        destination_class("pigeon")
