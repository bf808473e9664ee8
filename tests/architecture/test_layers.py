"""Data flows down: staging, intermediate, marts, audiences, activation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.architecture.rules import MART_ORDER, MAY_READ, NAMES, domain, room


def parents(model: dict[str, Any], manifest: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for key in model["depends_on"]["nodes"]:
        if key.startswith("source."):
            found.append(("source", manifest["sources"][key]))
        elif key.startswith("seed."):
            found.append(("seed", manifest["nodes"][key]))
        else:
            node = manifest["nodes"][key]
            found.append((room(node), node))
    return found


def test_every_room_is_known(models: list[dict[str, Any]]) -> None:
    assert {room(model) for model in models} <= set(MAY_READ)


def test_every_model_reads_only_what_its_room_may(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    offences = [
        f"{model['name']} reads {parent['name']} ({kind})"
        for model in models
        for kind, parent in parents(model, manifest)
        if kind not in MAY_READ[room(model)]
    ]
    assert offences == []


def test_staging_reads_only_its_own_source(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    offences = [
        f"{model['name']} reads {parent['source_name']}.{parent['name']}"
        for model in models
        if room(model) == "staging"
        for kind, parent in parents(model, manifest)
        if kind == "source" and parent["source_name"] != f"raw_{domain(model)}"
    ]
    assert offences == []


def test_only_staging_reads_sources_but_for_restored_state(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    offences = [
        f"{model['name']} reads {parent['source_name']}.{parent['name']}"
        for model in models
        if room(model) != "staging"
        for kind, parent in parents(model, manifest)
        if kind == "source" and not parent["name"].startswith("state_")
    ]
    assert offences == []


def test_intermediate_reads_another_domain_only_through_a_mart(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    offences = [
        f"{model['name']} reads {parent['name']}"
        for model in models
        if room(model) in {"intermediate", "marts"}
        for kind, parent in parents(model, manifest)
        if kind == "intermediate" and domain(parent) != domain(model)
    ]
    assert offences == []


def test_marts_flow_from_identity_to_behavior_to_customer_360(
    models: list[dict[str, Any]], manifest: dict[str, Any]
) -> None:
    offences = [
        f"{model['name']} ({domain(model)}) reads {parent['name']} ({domain(parent)})"
        for model in models
        if room(model) in {"intermediate", "marts"} and domain(model) in MART_ORDER
        for kind, parent in parents(model, manifest)
        if kind == "marts"
        and domain(parent) in MART_ORDER
        and MART_ORDER.index(domain(parent)) > MART_ORDER.index(domain(model))
    ]
    assert offences == []


def test_every_exposure_with_a_sync_reads_exactly_one_activation_model(
    manifest: dict[str, Any],
) -> None:
    syncs = [e for e in manifest["exposures"].values() if e["config"]["meta"].get("sync")]
    assert syncs
    for exposure in syncs:
        keys = exposure["depends_on"]["nodes"]
        assert len(keys) == 1, exposure["name"]
        assert room(manifest["nodes"][keys[0]]) == "activation", exposure["name"]
        assert exposure["name"].startswith("sync_")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_names_follow_their_room(name: str, models: list[dict[str, Any]]) -> None:
    wrong = [m["name"] for m in models if room(m) == name and not NAMES[name].match(m["name"])]
    assert wrong == []
