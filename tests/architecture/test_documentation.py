"""Public models promise their columns, say what they mean and mark personal data."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from goldthread.settings import PROJECT_DIR
from tests.architecture.rules import PERSONAL

MODELS = PROJECT_DIR / "models"


def public(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [model for model in models if model["config"]["access"] == "public"]


def test_every_public_model_enforces_a_contract(models: list[dict[str, Any]]) -> None:
    assert public(models)
    assert [m["name"] for m in public(models) if not m["config"]["contract"]["enforced"]] == []


def test_every_public_model_and_column_is_described(models: list[dict[str, Any]]) -> None:
    missing = [model["name"] for model in public(models) if not model["description"].strip()]
    missing += [
        f"{model['name']}.{name}"
        for model in public(models)
        for name, column in model["columns"].items()
        if not column["description"].strip() or not column["data_type"]
    ]
    assert missing == []


def test_personal_columns_of_public_models_are_marked(models: list[dict[str, Any]]) -> None:
    unmarked = [
        f"{model['name']}.{name}"
        for model in public(models)
        for name, column in model["columns"].items()
        if name in PERSONAL and not column["config"].get("meta", {}).get("pii")
    ]
    assert unmarked == []


def test_every_model_that_is_not_public_says_what_a_row_is(models: list[dict[str, Any]]) -> None:
    assert [m["name"] for m in models if not m["description"].strip()] == []


def test_every_key_of_a_public_table_is_tested(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    tested = Counter(
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["test_metadata"]["name"].startswith("unique")
        if node.get("test_metadata")
    )
    assert [m["name"] for m in public(models) if not tested[m["unique_id"]]] == []


def test_each_folder_has_one_models_yaml_named_after_it() -> None:
    wrong = []
    for folder in {path.parent for path in MODELS.rglob("*.sql")}:
        expected = folder / f"_{folder.name}__models.yml"
        others = [p for p in folder.glob("*__models.yml") if p != expected]
        if not expected.exists() or others:
            wrong.append(str(folder.relative_to(PROJECT_DIR)))
    assert wrong == []


def test_each_macro_stands_in_a_file_of_its_name() -> None:
    wrong = []
    for path in (PROJECT_DIR / "macros").rglob("*.sql"):
        if f"macro {path.stem}(" not in path.read_text():
            wrong.append(path.name)
    assert wrong == []


def test_each_file_stays_small() -> None:
    limits = {".sql": 110, ".py": 250, ".yml": 420}
    rooms = ["models", "macros", "goldthread", "connectors", "orchestration"]
    large = [
        f"{path.relative_to(PROJECT_DIR)}: {count} lines"
        for room in rooms
        for path in (PROJECT_DIR / room).rglob("*")
        if path.suffix in limits and (count := lines(path)) > limits[path.suffix]
    ]
    assert large == []


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())
