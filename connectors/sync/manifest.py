"""The syncs of a dbt manifest: its exposures with ``config.meta.sync``, each checked."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from connectors.sync.errors import SpecError
from connectors.sync.spec import (
    SyncSpec,
    audience_column,
    check_spec,
    destination_settings,
    sentences,
)

# What a sync does not state itself: ignored in silence, it would seem to count.
_FROM_ELSEWHERE = {
    "name": "the exposure's name counts",
    "model": "depends_on names it",
    "columns": "the model documents them",
    "purpose": "the model's config.meta.activation.purpose counts",
    "owner": "the exposure states it",
    "description": "the exposure states it",
}


def specs_from_manifest(manifest: dict[str, Any]) -> list[SyncSpec]:
    """The syncs of a dbt manifest, by name, each checked.

    Raises SpecError with the mistakes of all of them.
    """
    specs: list[SyncSpec] = []
    problems: list[str] = []
    for exposure in manifest.get("exposures", {}).values():
        meta = {**exposure.get("meta", {}), **exposure.get("config", {}).get("meta", {})}
        if "sync" in meta:
            try:
                spec = _spec(exposure, meta["sync"], manifest)
                check_spec(spec)
                specs.append(spec)
            except SpecError as error:
                problems += error.problems
        elif why := _meant_as_sync(exposure, manifest):
            problems.append(_without_sync(exposure["name"], why, meta))
    problems += _shared_places(specs)
    if problems:
        raise SpecError(sorted(problems))
    return sorted(specs, key=lambda spec: spec.name)


def _meant_as_sync(exposure: dict[str, Any], manifest: dict[str, Any]) -> str:
    """What says that an exposure is to be a sync; empty for a dashboard or whatever else reads.

    One without ``meta.sync`` would send nothing, and nobody would be told.
    """
    if exposure["name"].startswith("sync_"):
        return "its name begins with sync_"
    tags = exposure.get("tags") or exposure.get("config", {}).get("tags") or []
    if "sync" in tags:
        return "it has the tag sync"
    read = exposure.get("depends_on", {}).get("nodes", [])
    models = [manifest["nodes"].get(node, {}) for node in read]
    if exposure.get("type") == "application" and any(
        model.get("schema") == "activation" for model in models
    ):
        return "it is an application that reads an activation model"
    return ""


def _without_sync(name: str, why: str, meta: dict[str, Any]) -> str:
    """One sentence for an exposure that lacks its sync, with the word that may be it misspelt."""
    keys = {str(key).lower(): key for key in meta}
    near = get_close_matches("sync", keys, 1)
    hint = f"; meta.{keys[near[0]]} is not read, is it meant?" if near else ""
    return f"{name}: it would send nothing: {why}, but it has no config.meta.sync{hint}"


def _shared_places(specs: list[SyncSpec]) -> list[str]:
    """One sentence for each sync that writes where another one does."""
    owners: dict[tuple[str, str], str] = {}
    problems = []
    for spec in sorted(specs, key=lambda spec: spec.name):
        place = destination_settings(spec).place(spec.name)
        owner = place and owners.setdefault((spec.destination, place), spec.name)
        if owner and owner != spec.name:
            problems.append(f"{spec.name}: {owner} writes to {place} too; give each its own place")
    return problems


def _spec(exposure: dict[str, Any], sync: Any, manifest: dict[str, Any]) -> SyncSpec:
    name = exposure["name"]
    if not isinstance(sync, dict):
        raise SpecError([f"{name}: meta.sync must be a mapping"])
    nodes = exposure.get("depends_on", {}).get("nodes", [])
    model = manifest["nodes"].get(nodes[0]) if len(nodes) == 1 else None
    if model is None or model.get("schema") != "activation":
        named = ", ".join(node.rsplit(".", 1)[-1] for node in nodes) or "nothing"
        raise SpecError(
            [f"{name}: a sync depends on exactly one activation model, this one on {named}"]
        )
    activation = {**model.get("meta", {}), **model.get("config", {}).get("meta", {})}.get(
        "activation"
    )
    if not isinstance(activation, dict) or not activation.get("purpose"):
        raise SpecError(
            [f"{name}: {model['name']} states no purpose (config.meta.activation.purpose)"]
        )
    if stated := sorted(_FROM_ELSEWHERE.keys() & sync.keys()):
        raise SpecError(
            [f"{name}: {key}: leave it out of meta.sync, {_FROM_ELSEWHERE[key]}" for key in stated]
        )
    columns = list(model.get("columns", {}))
    known: dict[str, Any] = {
        "name": name,
        "object": name.rsplit("__", 1)[-1],
        "audience_column": audience_column(columns),
        **sync,
        "model": model.get("alias") or model["name"],
        "columns": columns,
        "purpose": activation["purpose"],
        "owner": (exposure.get("owner") or {}).get("name"),
        "description": exposure.get("description") or None,
    }
    try:
        return SyncSpec.model_validate(known)
    except ValidationError as error:
        raise SpecError(sentences(name, error)) from error
