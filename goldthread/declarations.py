"""What the models' YAML files declare, read without dbt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class DeclarationError(ValueError):
    """A model's YAML is none or declares something wrongly; the message names the file."""


@dataclass(frozen=True)
class Declared:
    """One model as its YAML declares it: name, its own ``config.meta``, file.

    columns: ``config.meta`` of each column. types: ``data_type`` of each, None where none is given.
    """

    name: str
    columns: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, str | None]
    meta: Mapping[str, Any]
    path: Path

    def identifiers(self) -> dict[str, str]:
        """Identifier type to the column that holds it, for columns with ``meta.identifier``."""
        return {
            str(meta["identifier"]): column
            for column, meta in self.columns.items()
            if "identifier" in meta
        }


def read_declared(models: Path, word: str = "") -> Iterator[Declared]:
    """Every model that any YAML file under ``models/`` describes, in order of file and position.

    word: files that do not hold it are passed over; to parse all of them takes time.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted(models.rglob("*.yml")):
        text = path.read_text(encoding="utf-8")
        try:
            content = (yaml.load(text, Loader=loader) or {}) if word in text else {}
        except yaml.YAMLError as error:
            raise DeclarationError(f"{path} is no YAML: {error}") from error
        try:
            found = [_declared(model, path) for model in content.get("models") or []]
        except (AttributeError, KeyError, TypeError) as error:
            raise DeclarationError(
                f"{path}: `models` is a list of models, each with a `name`; their `columns` are "
                "a list of columns, each with a `name`; what stands there is of another shape"
            ) from error
        yield from found


def _declared(model: Mapping[str, Any], path: Path) -> Declared:
    columns = model.get("columns") or []
    return Declared(
        name=model["name"],
        columns={
            column["name"]: (column.get("config") or {}).get("meta") or {} for column in columns
        },
        types={column["name"]: column.get("data_type") for column in columns},
        meta=(model.get("config") or {}).get("meta") or {},
        path=path,
    )
