"""Keyed hashes, masks, and the file that holds the key."""

from __future__ import annotations

import hashlib
import hmac
import stat

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretBytes

from connectors.sync.errors import LedgerUnreadable, SpecError
from connectors.sync.keys import install_keyed_hash, ledger_key, masked
from tests.sync_home import SyncHome


@settings(deadline=None, max_examples=40)
@given(
    st.binary(min_size=1, max_size=200),
    st.text(st.characters(codec="utf-8", exclude_characters="\0")),
)
def test_the_sql_hash_is_hmac_sha256(key: bytes, message: str) -> None:
    with duckdb.connect() as con:
        install_keyed_hash(con, SecretBytes(key))
        row = con.execute("select keyed_hash(?)", [message]).fetchone()
    wanted = hmac.digest(key, message.encode(), hashlib.sha256).hex()
    assert row is not None and row[0].hex == wanted[:32]


def test_the_key_is_made_once_and_for_its_owner_only(home: SyncHome) -> None:
    first = ledger_key(home.settings, create=True)
    assert ledger_key(home.settings, create=True) == first
    path = home.settings.ledger_dir / ".key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in home.settings.ledger_dir.iterdir()] == [".key"]


def test_looking_for_a_key_makes_none(home: SyncHome) -> None:
    ledger_key(home.settings, create=False)
    assert not home.settings.ledger_dir.exists()


def test_the_environment_may_hold_the_key(home: SyncHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDTHREAD_LEDGER_KEY", "from elsewhere")
    assert ledger_key(home.settings, create=True).get_secret_value() == b"from elsewhere"
    assert not home.settings.ledger_dir.exists()
    assert "elsewhere" not in repr(ledger_key(home.settings, create=True))


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ("jane.doe@example.co.uk", "j***@***.uk"),
        ("cus_0123456", "cus_***"),
        ("+15550001111", "+155***"),
        ("short", "***"),
        (12, "***"),
    ],
)
def test_masks(value: object, seen: str) -> None:
    assert masked(value) == seen


def test_an_empty_key_file_is_refused(home: SyncHome) -> None:
    home.settings.ledger_dir.mkdir(parents=True)
    (home.settings.ledger_dir / ".key").write_bytes(b"\n")
    for create in (True, False):
        with pytest.raises(LedgerUnreadable, match=r"is empty\. Put back a copy"):
            ledger_key(home.settings, create=create)


def test_a_key_that_is_no_text_is_refused_unseen(
    home: SyncHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDTHREAD_LEDGER_KEY", "hidden\udcff")
    with pytest.raises(SpecError, match="GOLDTHREAD_LEDGER_KEY is not UTF-8") as caught:
        ledger_key(home.settings, create=False)
    assert "hidden" not in str(caught.value)
