"""Every layout of the inputs is there, in the shapes the loaders are told to expect."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter

import pytest

from goldthread.demo_data.generate import Pack
from tests.unit.demo_data.conftest import broken_places, json_rows, lines_of, truth

HEADERS = {
    "signups": "signup_id,email,first_name,last_name,phone,birth_date,postal_code,city,country,"
    "marketing_opt_in,signup_source,signed_up_at",
    "crm": "contact_id,email,first_name,last_name,phone,birth_date,company,address_line,"
    "postal_code,city,country,lifecycle_stage,updated_at",
    "fx": "currency,rate_to_base,valid_from",
}


@pytest.mark.parametrize("folder", HEADERS)
def test_csv_files_have_their_header(pack: Pack, folder: str) -> None:
    paths = sorted((pack.folder / folder).glob("*.csv"))
    assert paths
    for path in paths:
        header = lines_of(path)[0].decode()
        assert header == HEADERS[folder] or header == HEADERS[folder] + ",referral_code"


def test_signups_come_in_several_files_and_the_crm_in_two_exports(pack: Pack) -> None:
    assert len(list((pack.folder / "signups").glob("*.csv"))) > 4
    exports = sorted((pack.folder / "crm").glob("*.csv"))
    assert len(exports) == 2
    keys = [{line[:14] for line in lines_of(path) if line.startswith(b"C-")} for path in exports]
    assert keys[0] - keys[1] == set()
    changed = Counter(
        row["contact_id"]
        for path in exports
        for row in {
            tuple(row.items()): row
            for row in csv.DictReader(path.read_text(errors="replace").splitlines())
        }.values()
    )
    assert max(changed.values()) > 1


def test_the_app_database_has_both_tables(pack: Pack) -> None:
    with sqlite3.connect(pack.folder / "app/app.sqlite") as database:
        users = [row[1] for row in database.execute("pragma table_info(users)")]
        purchases = [row[1] for row in database.execute("pragma table_info(purchases)")]
        statuses = {row[0] for row in database.execute("select distinct status from purchases")}
    assert " ".join(users) == (
        "user_id email phone first_name last_name birth_date address_line postal_code city country "
        "created_at updated_at"
    )
    assert " ".join(purchases) == (
        "purchase_id user_id product_id product_name category quantity unit_price currency status "
        "purchased_at updated_at"
    )
    assert {"completed", "refunded", "cancelled"} <= statuses


def test_web_messages_of_every_type_come_plain_and_packed(pack: Pack) -> None:
    names = {path.name.partition(".")[2] for path in (pack.folder / "web").iterdir()}
    assert names == {"jsonl", "jsonl.gz"}
    kinds = Counter(row["type"] for row in json_rows(pack, "web"))
    assert set(kinds) == {"identify", "track", "page", "screen", "group", "alias"}
    events = Counter(row.get("event") for row in json_rows(pack, "web"))
    assert {"Product Viewed", "Product Added", "Checkout Started", "Order Completed"} <= set(events)


def test_email_events_of_every_kind_are_there(pack: Pack) -> None:
    kinds = {row["event"] for row in json_rows(pack, "email")}
    expected = "processed delivered open click bounce dropped spamreport unsubscribe"
    assert set(expected.split()) <= kinds


def test_stripe_charges_come_in_every_state(pack: Pack) -> None:
    charges = list(json_rows(pack, "stripe/charges.jsonl"))
    assert {charge["status"] for charge in charges} == {"succeeded", "failed", "pending"}
    assert any(charge["amount_refunded"] for charge in charges)
    assert any(charge["customer"] is None for charge in charges)
    named = [charge for charge in charges if charge["metadata"].get("purchase_id")]
    assert 0 < len(named) < len(charges)
    assert len({charge["currency"] for charge in charges}) >= 5


def test_consent_receipts_conflict_and_use_every_identifier(pack: Pack) -> None:
    receipts = list(json_rows(pack, "consent"))
    kinds = {receipt["identifier_type"] for receipt in receipts}
    assert kinds == {"email", "user_id", "anonymous_id", "phone"}
    assert any(receipt["gpc"] for receipt in receipts)
    assert any(receipt["tcf"] for receipt in receipts)
    answers: dict[str, set[bool]] = {}
    for receipt in receipts:
        answers.setdefault(receipt["identifier_value"], set()).add(receipt["purposes"]["C0004"])
    assert {True, False} in answers.values()


def test_stewards_have_decided_a_few_things(pack: Pack) -> None:
    for name in ("identity_overrides", "attribute_corrections", "suppressions"):
        assert len(lines_of(pack.folder / f"stewardship/{name}.csv")) > 3
    owners = {
        (row["source"], row["source_record_id"]): row["person_id"]
        for row in truth(pack, "source_records")
    }
    with (pack.folder / "stewardship/identity_overrides.csv").open() as file:
        for row in csv.DictReader(file):
            left = owners[row["left_source"], row["left_source_record_id"]]
            right = owners[row["right_source"], row["right_source_record_id"]]
            assert (left == right) == (row["override_type"] == "must_link")


def test_rows_are_repeated_and_arrive_late(pack: Pack) -> None:
    broken = broken_places(pack)
    assert broken
    keys = Counter(row["messageId"] for row in json_rows(pack, "web"))
    assert max(keys.values()) > 1
    late = [
        row
        for row in json_rows(pack, "web")
        if row.get("sentAt") and row["timestamp"][:10] < row["sentAt"][:10]
    ]
    assert late
