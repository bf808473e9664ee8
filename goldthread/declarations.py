"""What the models' YAML files declare, read without dbt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


class DeclarationError(ValueError):
    """A model's YAML declares an identity or an audience wrongly; the message names the file."""


@dataclass(frozen=True)
class Declared:
    """One model as its YAML declares it: name, ``config.meta`` of the columns and its own, file."""

    name: str
    columns: Mapping[str, Mapping[str, Any]]
    meta: Mapping[str, Any]
    path: Path

    def identifiers(self) -> dict[str, str]:
        """Identifier type to the column that holds it, for columns with ``meta.identifier``."""
        return {
            str(meta["identifier"]): column
            for column, meta in self.columns.items()
            if "identifier" in meta
        }


def read_declared(models: Path) -> Iterator[Declared]:
    """Every model that any YAML file under ``models/`` describes, in order of file and position."""
    for path in sorted(models.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for model in content.get("models") or []:
            yield Declared(
                name=model["name"],
                columns={
                    column["name"]: (column.get("config") or {}).get("meta") or {}
                    for column in model.get("columns") or []
                },
                meta=(model.get("config") or {}).get("meta") or {},
                path=path,
            )
