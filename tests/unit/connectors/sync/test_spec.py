"""A sync's description: what dbt's manifest says, and every mistake in people's words."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.sync.errors import SpecError
from connectors.sync.manifest import specs_from_manifest
from connectors.sync.spec import SyncSpec, check_spec

MODEL = "model.goldthread.webhook__audience_members"


def manifest(
    sync: dict[str, Any] | None = None,
    *,
    activation: dict[str, Any] | None = None,
    columns: tuple[str, ...] = ("audience", "customer_id", "email"),
    nodes: tuple[str, ...] = (MODEL,),
    schema: str = "activation",
) -> dict[str, Any]:
    known = {
        "destination": "webhook",
        "mode": "mirror",
        "key": ["audience", "customer_id"],
        "fields": {"list": "audience", "id": "customer_id", "email": "email"},
        "settings": {"url_env": "URL", "secret_env": "SECRET"},
    }
    return {
        "nodes": {
            MODEL: {
                "name": "webhook__audience_members",
                "alias": "webhook__audience_members",
                "schema": schema,
                "columns": {name: {"name": name} for name in columns},
                "config": {
                    "meta": {
                        "activation": {"purpose": "email_marketing"}
                        if activation is None
                        else activation
                    }
                },
            }
        },
        "exposures": {
            "exposure.goldthread.sync_webhook__audience_members": {
                "name": "sync_webhook__audience_members",
                "description": "Members of every audience.",
                "owner": {"name": "lifecycle"},
                "depends_on": {"nodes": list(nodes)},
                "config": {"meta": {"sync": {**known, **(sync or {})}}},
            },
            "exposure.goldthread.dashboard": {"name": "dashboard", "config": {"meta": {}}},
        },
    }


def problems(**changes: Any) -> list[str]:
    with pytest.raises(SpecError) as caught:
        specs_from_manifest(manifest(**changes))
    return caught.value.problems


def test_a_good_exposure_becomes_a_spec() -> None:
    (spec,) = specs_from_manifest(manifest())
    assert spec.name == "sync_webhook__audience_members"
    assert spec.object == "audience_members"
    assert spec.purpose == "email_marketing"
    assert spec.owner == "lifecycle"
    assert spec.key_fields == {"list": "audience", "id": "customer_id"}


def test_a_spec_survives_its_json() -> None:
    (spec,) = specs_from_manifest(manifest())
    assert SyncSpec.model_validate_json(spec.model_dump_json()) == spec


def test_an_audience_column_of_the_model_is_taken_unasked() -> None:
    (spec,) = specs_from_manifest(manifest())
    assert spec.audience_column == "audience"


def test_an_audience_column_cannot_be_switched_off() -> None:
    assert "audience_column must name it" in problems(sync={"audience_column": None})[0]


def test_columns_are_found_however_they_are_written() -> None:
    (spec,) = specs_from_manifest(
        manifest(
            {
                "key": ["AUDIENCE", "Customer_id"],
                "fields": {"list": "audience", "id": "CUSTOMER_ID"},
            },
            columns=("Audience", "customer_id", "email"),
        )
    )
    assert spec.audience_column == "Audience"
    assert spec.key_fields == {"list": "Audience", "id": "customer_id"}


def test_an_audience_column_with_a_capital_cannot_be_switched_off() -> None:
    columns = ("Audience", "customer_id", "email")
    found = problems(sync={"audience_column": None}, columns=columns)
    assert "audience_column must name it" in found[0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"config": {"meta": {"synch": {}}}}, "begins with sync_.*meta.synch is not read"),
        ({"name": "crm", "config": {"tags": ["sync"]}}, "has the tag sync.*no config.meta.sync$"),
        ({"name": "crm", "type": "application", "config": {}}, "reads an activation model"),
        ({"name": "crm", "type": "application", "config": {"meta": {"Sync": {}}}}, "meta.Sync is"),
    ],
)
def test_an_exposure_that_is_meant_to_send_never_sends_nothing_in_silence(
    changes: dict[str, Any], said: str
) -> None:
    described = manifest()
    described["exposures"]["exposure.goldthread.sync_webhook__audience_members"].update(changes)
    with pytest.raises(SpecError, match=said):
        specs_from_manifest(described)


@pytest.mark.parametrize(
    "read",
    [
        {"type": "dashboard", "depends_on": {"nodes": [MODEL]}},
        {"type": "application", "depends_on": {"nodes": ["model.goldthread.customers"]}},
    ],
)
def test_a_dashboard_and_an_application_on_marts_are_no_syncs(read: dict[str, Any]) -> None:
    described = manifest()
    described["exposures"]["exposure.goldthread.dashboard"].update(read)
    assert len(specs_from_manifest(described)) == 1


def test_no_syncs_no_specs() -> None:
    assert specs_from_manifest({"nodes": {}, "exposures": {}}) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sync": {"destination": "pigeon"}}, "no destination 'pigeon'; there are "),
        ({"sync": {"fields": {"id": "customer_id", "list": "audience", "x": "phone"}}}, "'phone'"),
        ({"sync": {"key": ["email", "customer_id"], "fields": {"id": "customer_id"}}}, "'email'"),
        ({"sync": {"fields": {"id": "customer_id", "ID": "audience"}}}, "upper and lower case"),
        ({"activation": {}}, "states no purpose"),
        ({"nodes": ()}, "exactly one activation model, this one on nothing"),
        ({"nodes": (MODEL, MODEL)}, "exactly one activation model"),
        ({"schema": "marts"}, "exactly one activation model"),
        ({"columns": ("audience", "email")}, "no column 'customer_id'"),
        ({"sync": {"mode": "replace"}}, "mode"),
        ({"sync": {"guards": {"max_remove_share": 2}}}, "max_remove_share"),
        ({"sync": {"guards": {"max_removed": 2}}}, "max_removed"),
        ({"sync": {"fields": {}}}, "fields"),
        ({"sync": {"fields": {"list": "audience", "id": "customer_id", " ": "email"}}}, "no name"),
        ({"sync": {"settings": {"secret_env": "S"}}}, "url"),
        ({"sync": {"settings": {"url": "ftp://x", "secret_env": "S"}}}, "url"),
        ({"sync": {"settings": {"url": "http://me:pw@x/", "secret_env": "S"}}}, "url"),
        ({"sync": {"settings": {"url": "http://x:99999/", "secret_env": "S"}}}, "url"),
        ({"sync": {"settings": {"url": "http://[::1", "secret_env": "S"}}}, "url"),
        ({"sync": {"settings": {"url": "http://:80/", "secret_env": "S"}}}, "url"),
        ({"sync": {"settings": {"url": "http://\u2603.invalid/", "secret_env": "S"}}}, "url"),
        ({"sync": {"settings": {"url": "http://xn--a.invalid/", "secret_env": "S"}}}, "url"),
        ({"sync": {"guards": {"max_age_hours": 1e13}}}, "max_age_hours"),
        ({"sync": {"guards": {"max_age_hours": float("inf")}}}, "max_age_hours"),
        (
            {
                "sync": {
                    "settings": {"url_env": "U", "secret_env": "S", "required_fields": ["phone"]}
                }
            },
            "requires field 'phone'",
        ),
        ({"sync": {"destination": "files", "mode": "upsert", "settings": {}}}, "must be mirror"),
        *(
            ({"sync": {"destination": "files", "settings": {}, "object": name}}, "name of a file")
            for name in ("../x", "/tmp/x", "a/b", "a\\b", "nul\0", "x" * 250)
        ),
    ],
)
def test_each_mistake_is_named(changes: dict[str, Any], said: str) -> None:
    found = problems(**changes)
    assert any(said in problem for problem in found), found
    assert all(problem.startswith("sync_webhook__audience_members") for problem in found)


def test_all_mistakes_are_told_at_once() -> None:
    found = problems(sync={"fields": {"list": "nowhere", "id": "customer_id"}})
    assert len(found) == 2


def test_mistakes_in_settings_hide_no_others() -> None:
    settings = {"url": "http://x:99999/", "secret_env": "S", "rows": 0}
    fields = {"list": "nowhere", "id": "customer_id"}
    assert len(problems(sync={"settings": settings, "fields": fields})) == 4


def test_a_secret_pasted_into_a_setting_is_not_repeated() -> None:
    found = problems(sync={"settings": {"url_env": "U", "secret": "hunter2hunter2"}})
    assert found and not any("hunter2" in problem for problem in found)


@pytest.mark.parametrize(
    "pasted", ["https://tool.example/hunter2", "Bearer hunter2", "hunter2=", ""]
)
def test_a_variable_is_named_and_what_it_holds_not_repeated(pasted: str) -> None:
    (problem,) = problems(sync={"settings": {"url_env": "URL", "secret_env": pasted}})
    assert "secret_env takes the name of an environment variable" in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize("key", ["name", "model", "columns", "purpose", "owner", "description"])
def test_what_a_sync_does_not_state_itself_is_not_ignored_in_silence(key: str) -> None:
    """A purpose beside the mode looked as if it counted; the model's did."""
    (problem,) = problems(sync={key: "ads"})
    assert problem.startswith(f"sync_webhook__audience_members: {key}: leave it out of meta.sync")


def test_a_string_key_is_a_key_of_one_column() -> None:
    (spec,) = specs_from_manifest(manifest(sync={"key": "customer_id"}))
    assert spec.key == ("customer_id",)
    check_spec(spec)


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ("/srv/exports", "/srv/exports/", True),
        ("../shared", "../shared", True),
        ("../sync_files__more", ".", True),
        (".", ".", False),
        ("/srv/exports/one", "/srv/exports/other", False),
    ],
)
def test_two_syncs_may_not_write_over_each_other(one: str, other: str, is_shared: bool) -> None:
    both = manifest({"destination": "files", "settings": {"folder": one}})
    more = manifest({"destination": "files", "settings": {"folder": other}})
    exposure = more["exposures"].pop("exposure.goldthread.sync_webhook__audience_members")
    both["exposures"]["more"] = {**exposure, "name": "sync_files__more"}
    if is_shared:
        with pytest.raises(SpecError, match="give each its own place"):
            specs_from_manifest(both)
    else:
        assert len(specs_from_manifest(both)) == 2
