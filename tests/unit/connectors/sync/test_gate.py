"""The gate: no row leaves without a fresh, allowing verdict on just that question."""

from __future__ import annotations

from datetime import timedelta

import duckdb
import pytest

from connectors.sync.errors import NotReady, SpecError, UnknownSync
from tests.sync_home import NOW, PURPOSE, SyncHome, members

FRESH = NOW - timedelta(hours=1)


def alter_model(home: SyncHome, change: str) -> None:
    """Change the published table of the model by hand."""
    with duckdb.connect(str(home.settings.activation_path)) as con:
        con.execute(f"alter table activation.activation.webhook__audience_members {change}")


def test_denied_rows_are_held_back_by_reason(home: SyncHome) -> None:
    denied = {"cus_0000": "consent_denied", "cus_0001": "suppressed", "cus_0002": "suppressed"}
    home.publish(members(5), denied=denied)
    plan = home.plan()
    assert plan.adds == 2
    assert plan.held_back == {"consent_denied": 1, "suppressed": 2}


def test_a_row_without_a_verdict_is_held_back(home: SyncHome) -> None:
    home.publish(members(3), unjudged=["cus_0001"])
    plan = home.plan()
    assert (plan.adds, plan.held_back) == (2, {"no_verdict": 1})


def test_a_denial_without_a_reason_still_denies(home: SyncHome) -> None:
    home.publish(members(1), denied={"cus_0000": None})
    assert home.plan().held_back == {"denied": 1}


@pytest.mark.parametrize(
    "verdict",
    [
        ("cus_0000", "sms_marketing", "lapsed_buyers", True, "allowed", FRESH),
        ("cus_0000", PURPOSE, "other_audience", True, "allowed", FRESH),
        ("cus_0000", PURPOSE, None, True, "allowed", FRESH),
        ("cus_9999", PURPOSE, "lapsed_buyers", True, "allowed", FRESH),
    ],
    ids=["other purpose", "other audience", "no audience", "other customer"],
)
def test_a_verdict_on_another_question_opens_nothing(home: SyncHome, verdict: tuple) -> None:
    about_the_purpose = ("cus_5555", PURPOSE, "lapsed_buyers", True, "allowed", FRESH)
    home.publish_exactly(members(1), [verdict, about_the_purpose], [home.spec()])
    assert home.plan().held_back == {"no_verdict": 1}


def test_an_unreadable_verdict_denies(home: SyncHome) -> None:
    verdict = ("cus_0000", PURPOSE, "lapsed_buyers", None, None, FRESH)
    home.publish_exactly(members(1), [verdict], [home.spec()])
    assert home.plan().held_back == {"denied": 1}


def test_of_two_verdicts_the_denying_one_counts(home: SyncHome) -> None:
    allowed = ("cus_0000", PURPOSE, "lapsed_buyers", True, "allowed", FRESH)
    denied = ("cus_0000", PURPOSE, "lapsed_buyers", False, "holdout", FRESH)
    home.publish_exactly(members(1), [allowed, denied], [home.spec()])
    assert home.plan().held_back == {"holdout": 1}


def test_without_an_audience_column_the_customers_own_verdict_decides(home: SyncHome) -> None:
    columns = tuple(column for column in home.spec().columns if column != "audience")
    spec = home.spec(
        columns=columns, audience_column=None, key="customer_id", fields={"id": "customer_id"}
    )
    verdicts = [
        ("cus_0000", PURPOSE, None, True, "allowed", FRESH),
        ("cus_0001", PURPOSE, None, False, "no_address", FRESH),
        ("cus_0001", PURPOSE, "lapsed_buyers", True, "allowed", FRESH),
    ]
    home.publish_exactly(members(2), verdicts, [spec])
    alter_model(home, "drop audience")
    plan = home.plan()
    assert (plan.adds, plan.held_back) == (1, {"no_address": 1})


def test_a_row_without_its_key_is_held_back(home: SyncHome) -> None:
    rows = members(3)
    rows[0]["email"] = None
    rows[1]["email"] = "  "
    home.publish(rows, home.spec(key=["email"]))
    assert home.plan().held_back == {"no_key": 2}


def test_of_rows_with_one_key_the_first_customer_passes(home: SyncHome) -> None:
    rows = members(4)
    for row in rows[1:]:
        row["email"] = "shared@example.com"
    home.publish(reversed(rows), home.spec(key=["email"]))
    plan = home.plan()
    assert (plan.adds, plan.held_back) == (2, {"duplicate_key": 2})
    assert {row.customer_id for row in plan.sample} == {"cus_0000", "cus_0001"}


def test_old_decisions_are_refused_even_when_forced(home: SyncHome) -> None:
    home.publish(members(1), decided_at=NOW - timedelta(hours=49))
    with pytest.raises(NotReady, match="older than 48 hours"):
        home.apply("files__members", force=True)


def test_the_age_of_decisions_counts_from_the_moment_given(home: SyncHome) -> None:
    home.publish(members(1), decided_at=NOW - timedelta(days=400))
    assert home.plan(now=NOW - timedelta(days=399)).adds == 1


def test_a_spec_may_allow_older_decisions(home: SyncHome) -> None:
    spec = home.spec(guards={"max_age_hours": 72})
    home.publish(members(1), spec, decided_at=NOW - timedelta(hours=49))
    assert home.plan().adds == 1


def test_a_purpose_that_no_verdict_knows_is_a_mistake(home: SyncHome) -> None:
    home.publish(members(1), home.spec(purpose="email_marketting"))
    with pytest.raises(SpecError, match="no verdict is about purpose 'email_marketting'"):
        home.plan()


@pytest.mark.parametrize("documented", ["Audience", "audience"])
def test_an_audience_column_decides_however_it_is_written(home: SyncHome, documented: str) -> None:
    for_all = ("cus_0000", PURPOSE, None, True, "allowed", FRESH)
    holdout = ("cus_0000", PURPOSE, "lapsed_buyers", False, "holdout", FRESH)
    columns = ("customer_id", documented, "email")
    spec = home.spec(columns=columns, fields={"id": "Customer_Id", "list": "audience"})
    home.publish_exactly(members(1), [for_all, holdout], [spec])
    alter_model(home, 'rename audience to "Audience"')
    assert home.plan().held_back == {"holdout": 1}


@pytest.mark.parametrize("columns", [("customer_id", "Audience"), ("customer_id",)])
def test_an_audience_column_that_the_sync_leaves_out_closes_the_gate(
    home: SyncHome, columns: tuple[str, ...]
) -> None:
    spec = home.spec(
        columns=columns, audience_column=None, key="customer_id", fields={"id": "customer_id"}
    )
    home.publish(members(1), spec)
    alter_model(home, 'rename audience to "Audience"')
    with pytest.raises(SpecError, match="audience_column must name it"):
        home.plan()


def test_without_any_verdict_everything_is_held_back(home: SyncHome) -> None:
    home.publish_exactly(members(2), [], [home.spec()])
    assert home.plan().held_back == {"no_verdict": 2}


def test_nothing_published_says_what_to_do(home: SyncHome) -> None:
    with pytest.raises(NotReady, match="run `goldthread run` first"):
        home.plan()


def test_an_unknown_sync_names_the_known_ones(home: SyncHome) -> None:
    home.publish(members(1))
    with pytest.raises(UnknownSync, match="sync_files__members, sync_webhook__audience_members"):
        home.plan("klaviyo__profiles")


def test_the_full_name_is_as_good_as_the_short_one(home: SyncHome) -> None:
    home.publish(members(1))
    assert home.plan("sync_webhook__audience_members") == home.plan("webhook__audience_members")


def test_a_published_table_that_lost_a_column_is_refused(home: SyncHome) -> None:
    spec = home.spec(columns=(*home.spec().columns, "phone"))
    home.publish(members(1), spec)
    with pytest.raises(SpecError, match="lacks 'phone'"):
        home.plan()
