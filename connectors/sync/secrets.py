"""A sync's secrets: read from the environment, and kept out of everything that is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import unquote, unquote_plus, urlsplit

from pydantic import SecretStr

from connectors.destinations.address import is_address
from connectors.sync.errors import SpecError
from connectors.sync.spec import SyncSpec, destination_settings

# Shorter ones stand in ordinary words as well.
_SHORTEST_PART = 6


def read_secrets(spec: SyncSpec, environment: Mapping[str, str]) -> dict[str, SecretStr]:
    """The secrets that the spec's settings name, by their name without ``_env``.

    Blanks and line ends around a value, as files of secrets have them, are no part of it. Raises
    SpecError naming the variables that are not set, or hold what cannot be used.
    """
    variables = destination_settings(spec).variables()
    values = {name: environment.get(variable, "").strip() for name, variable in variables.items()}
    problems = {
        f"{spec.name}: environment variable {variables[name]} {problem}"
        for name, value in values.items()
        if (problem := _problem(name, value))
    }
    if problems:
        raise SpecError(sorted(problems))
    return {name: SecretStr(value) for name, value in values.items()}


def telling_parts(secrets: Iterable[SecretStr]) -> set[str]:
    """The secrets, and parts of them that tell something: to be struck out of any words."""
    return {part for secret in secrets for part in _parts(secret.get_secret_value())}


def _problem(name: str, value: str) -> str | None:
    if not value:
        return "is not set"
    if any("\ud800" <= char <= "\udfff" for char in value):
        return "is not UTF-8"
    if name == "url" and not is_address(value):
        return "holds no http:// or https:// address that can be asked"
    if name == "authorization" and not (value.isascii() and value.isprintable()):
        return "holds a character that no header may have"
    return None


def _parts(secret: str) -> set[str]:
    """A secret, and what of it may be a secret by itself: of ``Bearer x`` the x, of an address its
    user and password, its path with each step, its query with each value."""
    parts = {secret, secret.rpartition(" ")[2]}
    if is_address(secret):
        url = urlsplit(secret)
        target = f"{url.path}?{url.query}" if url.query else url.path
        parts |= {target, url.path, url.query, url.username or "", url.password or ""}
        parts |= {*url.path.split("/"), *(pair.partition("=")[2] for pair in url.query.split("&"))}
        parts |= {unquote_plus(part) for part in parts} | {unquote(part) for part in parts}
    return {part for part in parts if len(part) >= _SHORTEST_PART}
