"""What people add to a seed holds at once: no check repeats its values."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from goldthread.settings import PROJECT_DIR


def columns_of(seed: Path) -> list[frozenset[str]]:
    """The values of each column."""
    with seed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [frozenset(row[name] for row in rows) for name in rows[0]]


def test_no_check_of_a_model_lists_the_values_of_a_seed(manifest: dict[str, Any]) -> None:
    seeds = {path.stem: columns_of(path) for path in (PROJECT_DIR / "seeds").rglob("*.csv")}
    checks = [
        node
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "accepted_values"
        and node["attached_node"].startswith("model.")
    ]
    assert checks
    offences = [
        f"{check['name']} lists a column of {seed}: test relationships to it"
        for check in checks
        for seed, columns in seeds.items()
        if frozenset(check["test_metadata"]["kwargs"]["values"]) in columns
    ]
    assert offences == []
