"""Finding the sources: every folder beside this one with a ``source.py`` is one."""

from __future__ import annotations

import importlib
import traceback
from pathlib import Path

import connectors.sources
from connectors.sources.declaration import Source
from connectors.sources.results import SourceWrong


def source_names() -> list[str]:
    """Names of all sources, sorted."""
    folders = (path for root in connectors.sources.__path__ for path in Path(root).iterdir())
    return sorted(path.name for path in folders if (path / "source.py").is_file())


def find_source(name: str) -> Source:
    """The declaration of one source.

    Raises LookupError for a name that no folder has, SourceWrong for one whose file is no
    declaration.
    """
    if name not in source_names():
        raise LookupError(f"There is no source {name!r}; there are {', '.join(source_names())}.")
    file = f"connectors/sources/{name}/source.py"
    try:
        source = importlib.import_module(f"connectors.sources.{name}.source").SOURCE
    except Exception as error:
        # A declaration is Python that people edit, and a slip in it may raise anything. Nothing is
        # swallowed: it is raised again with its file and line.
        raise SourceWrong(f"{file}{_line(error, file)}: {type(error).__name__}: {error}") from error
    if not isinstance(source, Source):
        raise SourceWrong(f"{file}: SOURCE is no Source.")
    if source.name != name:
        raise SourceWrong(f"{file} declares {source.name!r}: its name must be that of its folder.")
    return source


def _line(error: Exception, file: str) -> str:
    """Where in the file it happened, as `` line 7``; nothing where that cannot be told."""
    if isinstance(error, SyntaxError):
        return f" line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename.endswith(file)]
    return f" line {lines[-1]}" if lines else ""
