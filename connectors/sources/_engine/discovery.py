"""Finding the sources: every folder beside this one with a ``source.py`` is one."""

from __future__ import annotations

import importlib
from pathlib import Path

import connectors.sources
from connectors.sources.declaration import Source


def source_names() -> list[str]:
    """Names of all sources, sorted."""
    folders = (path for root in connectors.sources.__path__ for path in Path(root).iterdir())
    return sorted(path.name for path in folders if (path / "source.py").is_file())


def find_source(name: str) -> Source:
    """The declaration of one source.

    Raises LookupError for a name that no folder has.
    """
    if name not in source_names():
        raise LookupError(f"There is no source {name!r}; there are {', '.join(source_names())}.")
    source = importlib.import_module(f"connectors.sources.{name}.source").SOURCE
    assert isinstance(source, Source)
    if source.name != name:
        raise ValueError(f"connectors/sources/{name}/source.py declares {source.name!r}.")
    return source
