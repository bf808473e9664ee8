"""What the models' YAML files declare, read without dbt."""

from __future__ import annotations

from collections import defaultdict
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


def require_single_exposures(models: Path) -> None:
    """Raises DeclarationError where two exposures have one name.

    Where both stand in a file that is parsed again, dbt keeps one and tells nobody: the other sync
    would never send. The manifest holds no trace of it, so the files are asked.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    places: dict[str, list[str]] = defaultdict(list)
    for path in sorted([*models.rglob("*.yml"), *models.rglob("*.yaml")]):
        text = path.read_text(encoding="utf-8")
        if "exposures" in text:
            root = yaml.compose(text, Loader=loader)
            where = path.relative_to(models.parent)
            for exposures in _of_key(root, "exposures"):
                for exposure in exposures.value:
                    for name in _of_key(exposure, "name"):
                        places[name.value].append(f"{where}, line {name.start_mark.line + 1}")
    for label, found in places.items():
        if len(found) > 1:
            raise DeclarationError(
                f"{len(found)} exposures have the name {label}, and dbt keeps one of them: "
                f"{'; '.join(found)}. Give each a name of its own."
            )


def _of_key(node: yaml.Node | None, key: str) -> list[yaml.Node]:
    """What stands under the key of a mapping; nothing where it is no mapping, or lacks the key."""
    if not isinstance(node, yaml.MappingNode):
        return []
    return [value for name, value in node.value if name.value == key]
