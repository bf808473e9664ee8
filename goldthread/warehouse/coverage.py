"""Whether a dbt command of somebody's own left nothing out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from goldthread.warehouse.dbt_process import read_artifact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# What a full build makes and checks; unit tests judge the code.
_KINDS = ("model", "seed", "snapshot", "test")


def covers_project(results: Mapping[str, Any], manifest_path: Path) -> bool:
    """Whether dbt's results tell of every model, seed and test of the manifest beside them.

    What it was told does not say so: besides ``--select`` there are a dozen options, variables and
    files by which dbt leaves out nodes, all tests among them.
    """
    manifest = read_artifact(manifest_path)
    if manifest is None:
        return False
    ran = {result["unique_id"] for result in results["results"]}
    return all(
        name in ran
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in _KINDS and node["config"].get("materialized") != "ephemeral"
    )
