"""The signing secret the demo's sender and receiver share: made once a home, kept out of git."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def webhook_secret(folder: Path) -> str:
    """The secret kept in ``folder``; made, readable by its owner only, when there is none yet."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "webhook_secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text(encoding="ascii")
        if kept:
            return kept
        # The process that made the file died before it wrote.
        handle = os.open(path, os.O_WRONLY)
    secret = secrets.token_hex(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secret)
    return secret
