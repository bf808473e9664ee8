"""The dbt project as Dagster sees it: parsed before anything is defined, keyed as it is named.

`prepare_if_dev` of dagster-dbt does nothing headless, so the manifest is made here when it is
missing or was made of another state of the project.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import dagster as dg
from packaging.version import Version

from goldthread.settings import Settings
from goldthread.warehouse.dbt_process import (
    dbt_executable,
    ensure_manifest,
    start_dbt,
    target_dir,
)
from orchestration.dbt_assets import (
    DagsterDbtTranslator,
    DbtCliInvocation,
    DbtCliResource,
    DbtProject,
)

SETTINGS = Settings.load()
MANIFEST: dict[str, Any] = json.loads(ensure_manifest(SETTINGS).read_bytes())
PROJECT = DbtProject(
    SETTINGS.project_dir,
    target_path=target_dir(SETTINGS),
    profiles_dir=os.environ.get("DBT_PROFILES_DIR") or SETTINGS.project_dir,
)


class Translator(DagsterDbtTranslator):
    """Assets are keyed and grouped by schema: ``[marts, customers]``, ``[raw_crm, contacts]``."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        return str(dbt_resource_props["schema"])


class Dbt(DbtCliResource):
    """dagster-dbt's resource, without what costs seconds and serves nothing here."""

    @property
    def _cli_version(self) -> Version:
        # Else a second dbt process tells dbt Core from Fusion, and asks the package index for news.
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        # Only row counts and column metadata would need dbt in this process; publishing reports
        # them. dagster-dbt itself does without an adapter under Fusion.
        return None

    def whole(
        self, arguments: Sequence[str], context: dg.AssetExecutionContext
    ) -> DbtCliInvocation:
        """Like ``cli`` for a command on the whole project, by the dbt that waits, if one does."""
        return DbtCliInvocation(
            process=start_dbt(SETTINGS, arguments),
            manifest=MANIFEST,
            dagster_dbt_translator=Translator(),
            project_dir=PROJECT.project_dir,
            target_path=target_dir(SETTINGS),
            raise_on_error=False,
            cli_version=self._cli_version,
            project=PROJECT,
            context=context,
        )


def dbt_resource() -> Dbt:
    return Dbt(
        project_dir=str(PROJECT.project_dir),
        profiles_dir=str(PROJECT.profiles_dir),
        dbt_executable=dbt_executable(),
    )


def model_keys(*schemas: str) -> Iterator[dg.AssetKey]:
    """Keys of all models in these schemas."""
    for node in MANIFEST["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] in schemas:
            yield dg.AssetKey([node["schema"], node["name"]])


@cache
def ancestors(unique_id: str) -> frozenset[str]:
    """Ids of everything a dbt node follows from, near and far."""
    parents = MANIFEST["parent_map"].get(unique_id, [])
    return frozenset(parents).union(*map(ancestors, parents))


def node_count() -> int:
    """How many nodes a full build runs: for progress."""
    kinds = ("model", "seed", "test", "snapshot")
    return sum(1 for node in MANIFEST["nodes"].values() if node["resource_type"] in kinds)
