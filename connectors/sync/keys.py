"""The ledger's key, keyed hashes in SQL, and masks for what people see."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING, Any

from pydantic import SecretBytes

from connectors.sync.errors import LedgerUnreadable, SpecError

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings

KEY_VARIABLE = "GOLDTHREAD_LEDGER_KEY"
_BLOCK = 64  # bytes of a SHA-256 block


def ledger_key(settings: Settings, *, create: bool) -> SecretBytes:
    """The key of all hashes in the ledgers: ``GOLDTHREAD_LEDGER_KEY``, else ``ledger/.key`` (0600).

    create: write a random key when there is none; otherwise a throw-away one is returned, good for
    planning a first sync and nothing else.
    Raises SpecError when the variable is not UTF-8, LedgerUnreadable when the file is empty.
    """
    named = os.environ.get(KEY_VARIABLE)
    if named:
        try:
            return SecretBytes(named.encode())
        except UnicodeEncodeError:
            raise SpecError([f"environment variable {KEY_VARIABLE} is not UTF-8"]) from None
    path = settings.ledger_dir / ".key"
    if not path.exists():
        fresh = secrets.token_hex(32).encode()
        if not create:
            return SecretBytes(fresh)
        settings.ledger_dir.mkdir(parents=True, exist_ok=True)
        # Written aside and linked: two first applies end with one key, a crash with none or all.
        aside = path.with_name(f".key.{os.getpid()}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    key = path.read_bytes().strip()
    if not key:
        raise LedgerUnreadable(
            f"The key in {path} is empty. Put back a copy of it. Without one, move it and the "
            "ledgers away to start over: then every row is sent again, and rows that left are not "
            "removed."
        )
    return SecretBytes(key)


def fingerprint(key: SecretBytes) -> str:
    """Tells one key from another without giving it away."""
    return hmac.digest(key.get_secret_value(), b"goldthread ledger", hashlib.sha256).hex()[:16]


def install_keyed_hash(con: duckdb.DuckDBPyConnection, key: SecretBytes) -> None:
    """Define ``keyed_hash(text)`` on this in-memory connection: 128 bits of HMAC-SHA256, as UUID.

    DuckDB has SHA-256 but no HMAC, which is two rounds of it (RFC 2104). The padded keys stay in a
    table in memory, so that no SQL text, and no error message, holds them. As UUIDs the hashes are
    compared, joined and stored as 16 bytes.
    """
    secret = key.get_secret_value()
    block = (hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret).ljust(
        _BLOCK, b"\0"
    )
    con.execute("create table hmac_pads (inner_pad blob, outer_pad blob)")
    con.execute(
        "insert into hmac_pads values (?, ?)",
        [bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)],
    )
    con.execute(
        "create macro keyed_hash(message) as cast(left(sha256((select outer_pad from hmac_pads) || "
        "unhex(sha256((select inner_pad from hmac_pads) || encode(message)))), 32) as uuid)"
    )


def masked(value: Any) -> str:
    """Enough of a key to recognise it, too little to use it."""
    text = str(value)
    if "@" in text:
        local, _, domain = text.partition("@")
        return f"{local[:1]}***@***.{domain.rsplit('.', 1)[-1]}"
    return f"{text[:4]}***" if len(text) > 6 else "***"
