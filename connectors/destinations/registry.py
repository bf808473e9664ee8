"""Finds destinations: every package beside this file that names a class as ``DESTINATION``."""

from __future__ import annotations

import importlib
import pkgutil

import connectors.destinations
from connectors.destinations.base import Destination


def destination_names() -> list[str]:
    """The names a sync may use, in alphabetical order."""
    modules = pkgutil.iter_modules(connectors.destinations.__path__)
    return sorted(module.name for module in modules if module.ispkg)


def destination_class(name: str) -> type[Destination]:
    """The class of one destination.

    Raises LookupError, naming those that exist, when there is none of that name.
    """
    known = destination_names()
    if name not in known:
        raise LookupError(f"there is no destination {name!r}; there are {', '.join(known)}")
    found: type[Destination] = importlib.import_module(
        f"connectors.destinations.{name}"
    ).DESTINATION
    return found
