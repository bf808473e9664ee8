"""``goldthread identity explain`` tells of each scenario why it came out as it did."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from goldthread.cli import main
from goldthread.inspect.explain import Explanation, NobodyMeant, explain
from tests.identity_scenarios.conftest import Built


def told(built: Built, left: str, right: str) -> Explanation:
    return explain(built.home.settings, left, right)


def kinds(explanation: Explanation) -> set[str]:
    assert not explanation.is_one
    return {reason.kind for reason in explanation.reasons}


def ask(built: Built, *arguments: str) -> Result:
    settings = built.home.settings
    environment = {
        "GOLDTHREAD_HOME": str(settings.home),
        "GOLDTHREAD_INPUT_DIR": str(settings.input_dir),
        "COLUMNS": "160",
    }
    return CliRunner().invoke(main, ["identity", "explain", *arguments], env=environment)


def test_records_that_share_a_value_are_one_link_apart(built: Built) -> None:
    explanation = told(built, "signups/simple-1", "crm/simple-2")
    assert [step.identifier_value for step in explanation.path] == ["greta.lindqvist@mail.example"]


def test_a_chain_is_told_link_by_link(built: Built) -> None:
    path = told(built, "signups/long-1", "signups/long-6").path
    assert [step.left_key for step in path] == [f"signups:long-{n}" for n in range(1, 6)]
    assert [step.identifier_type for step in path] == ["phone", "email"] * 2 + ["phone"]


def test_a_link_by_details_shows_what_each_attribute_adds(built: Built) -> None:
    (step,) = told(built, "crm/moved-1", "crm/moved-2").path
    found = {each.attribute: each for each in step.steps}
    assert step.identifier_type == "details"
    assert (found["first_name"].found, found["birth_date"].found) == ("same", "same")
    steps = [each.bits or 0 for each in step.steps]
    assert steps[-1] == pytest.approx(sum(steps[:-1]), abs=0.05)


def test_a_decision_comes_before_every_other_reason(built: Built) -> None:
    explanation = told(built, "crm/part-1", "signups/part-2")
    assert explanation.reasons[0].kind == "cannot_link"
    assert "mother and daughter" in explanation.reasons[0].text


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("app/limit-a", "stripe/cus_limit", "conflict_rule"),
        ("crm/house-1", "crm/house-2", "guard"),
        ("signups/shared-1", "signups/shared-2", "guard"),
        ("signups/block-1", "signups/block-2", "guard"),
        ("crm/twin-1", "crm/twin-2", "conflict_rule"),
        ("signups/disjoint-1", "signups/disjoint-2", "no_pair"),
        ("crm/bridge-1", "crm/bridge-3", "held_back"),
    ],
)
def test_two_people_are_told_why(built: Built, left: str, right: str, kind: str) -> None:
    assert kind in kinds(told(built, left, right))


def test_a_join_held_back_is_told_as_the_review_queue_has_it(built: Built) -> None:
    (reason,) = told(built, "crm/bridge-1", "crm/bridge-3").reasons
    assert reason.text.startswith("linked by phone +14155550241, but held back for review")
    queued = built.home.query(
        "select source_record_key, other_source_record_key from marts.identity_review "
        "where review_type = 'bridge_link'"
    )
    assert (reason.left_key, reason.right_key) in queued


def test_an_identifier_or_an_id_means_its_records(built: Built) -> None:
    customer = built.states["after_4"].customers[("crm", "simple-2")]
    for asked in (customer, "Greta.Lindqvist@mail.example", "crm:simple-2"):
        side = told(built, asked, "signups/simple-1").left
        assert side.customers == (customer,)


def test_a_phone_number_and_a_source_may_be_written_as_people_do(built: Built) -> None:
    ((phone, record),) = built.home.query(
        "select identifier_value, source_record_key from intermediate.int_identity__identifiers "
        "where identifier_type = 'phone' and source_record_key like 'crm:%' order by 2 limit 1"
    )
    written = f"{phone[:2]} ({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    assert record in told(built, written, record).left.records
    assert told(built, record.replace("crm:", "CRM/"), record).left.records == (record,)


def test_a_former_id_means_whom_it_leads_to(built: Built) -> None:
    former = built.states["after_2"].customers[("crm", "chain-3")]
    survivor = built.states["after_4"].customers[("crm", "chain-3")]
    before = {built.states["after_2"].customers[key] for key in _chain(built)}
    (gone,) = before - {survivor}
    assert told(built, gone, survivor).left.how == "former id"
    assert former in before


def _chain(built: Built) -> list[tuple[str, str]]:
    return [key for key in built.states["after_2"].customers if key[1].startswith("chain-")]


def test_nobody_is_said_to_be_nobody(built: Built) -> None:
    with pytest.raises(NobodyMeant):
        told(built, "nobody@mail.example", "crm/simple-2")
    assert ask(built, "nobody@mail.example", "crm/simple-2").exit_code == 4


def test_the_command_prints_text_and_json(built: Built) -> None:
    text = ask(built, "crm/house-1", "crm/house-2")
    assert text.exit_code == 0
    assert "Two customers." in text.stdout
    assert "oakes.family@mail.example" in text.stdout
    assert "first_name" in text.stdout
    document: dict[str, Any] = json.loads(
        ask(built, "signups/simple-1", "crm/simple-2", "--json").stdout
    )
    assert document["is_one"]
    assert document["path"][0]["identifier_type"] == "email"
