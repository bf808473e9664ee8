"""Secrets come from the environment as files and shells write them, and stay out of words."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from connectors.sync.errors import SpecError
from connectors.sync.reasons import scrubbed
from connectors.sync.secrets import read_secrets, telling_parts
from tests.sync_home import SyncHome

GOOD = {"TEST_URL": "https://tool.example/in?token=abcdef", "TEST_SECRET": "s3cret value"}


def test_blanks_and_line_ends_around_a_value_are_no_part_of_it(tmp_path: Path) -> None:
    around = {name: f" {value}\r\n" for name, value in GOOD.items()}
    secrets = read_secrets(SyncHome(tmp_path).spec(), around)
    assert {name: secret.get_secret_value() for name, secret in secrets.items()} == {
        "url": GOOD["TEST_URL"],
        "secret": GOOD["TEST_SECRET"],
    }


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("TEST_SECRET", "", "TEST_SECRET is not set"),
        ("TEST_SECRET", " \n", "TEST_SECRET is not set"),
        ("TEST_SECRET", "caf\udcff", "TEST_SECRET is not UTF-8"),
        ("TEST_URL", "tool.example/hidden", "TEST_URL holds no http:// or https:// address"),
        ("TEST_URL", "ftp://tool.example/hidden", "TEST_URL holds no http"),
        ("TEST_URL", "https://tool.example:99999/hidden", "TEST_URL holds no http"),
        ("TEST_URL", "http://[::1/hidden", "TEST_URL holds no http"),
        ("TEST_URL", "http://\u2603.invalid/hidden", "TEST_URL holds no http"),
        ("TEST_URL", "http://xn--a.invalid/hidden", "TEST_URL holds no http"),
        ("TEST_URL", "https://tool.example/hid\nden", "TEST_URL holds no http"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_without_its_value(
    tmp_path: Path, name: str, value: str, problem: str
) -> None:
    with pytest.raises(SpecError, match=problem) as caught:
        read_secrets(SyncHome(tmp_path).spec(), GOOD | {name: value})
    assert "hidden" not in str(caught.value)


def test_what_a_destination_repeats_of_a_secret_is_struck_out() -> None:
    parts = telling_parts(
        [SecretStr("Bearer t0ken1"), SecretStr("https://me:passw0rd@tool.example/hook?key=abcdef")]
    )
    said = "t0ken1 is wrong: Cannot POST /hook?key=abcdef, abcdef is known, passw0rd is not"
    assert scrubbed(said, parts) == (
        "[value] is wrong: Cannot POST [value], [value] is known, [value] is not"
    )


def test_a_single_step_of_a_secret_address_is_struck_out_too() -> None:
    parts = telling_parts(
        [SecretStr("https://tool.example/services/T00/s3cr3tT0ken?key=ab%2Fcdef")]
    )
    said = scrubbed(
        r'{"error": "no hook S3CR3TT0KEN", "path": "\/T00\/s3cr3tT0ken?ab/cdef"}', parts
    )
    assert said == '{"error": "no hook [value]", "path": "/T00/[value]?[value]"}'


@pytest.mark.parametrize("value", ["Bearer schl\u00fcssel", "Bearer x\r\nOther: y", "Bearer x\x01"])
def test_an_authorization_that_no_header_can_hold_is_told(tmp_path: Path, value: str) -> None:
    names = {"url_env": "TEST_URL", "secret_env": "TEST_SECRET", "authorization_env": "TEST_AUTH"}
    spec = SyncHome(tmp_path).spec(settings=names)
    with pytest.raises(SpecError, match=r"TEST_AUTH holds a character that no header may have$"):
        read_secrets(spec, {**GOOD, "TEST_AUTH": value})
