"""The truth covers the files exactly, and the story holds what the audiences need."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections import Counter
from decimal import Decimal

from goldthread.demo_data.generate import Pack
from goldthread.demo_data.stamps import iso_millis, parse_moment
from tests.unit.demo_data.conftest import broken_places, json_rows, lines_of, truth


def test_every_good_identity_record_is_owned_exactly_once(pack: Pack) -> None:
    known = [(row["source"], row["source_record_id"]) for row in truth(pack, "source_records")]
    assert len(known) == len(set(known))
    assert set(known) == {
        *(("signups", key) for key in _csv_keys(pack, "signups")),
        *(("crm", key) for key in _csv_keys(pack, "crm")),
        *(("app", key) for key in _user_ids(pack)),
        *(("stripe", row["id"]) for row in json_rows(pack, "stripe/customers.jsonl")),
        *(
            ("stripe", f"guest:{row['id']}")
            for row in json_rows(pack, "stripe/charges.jsonl")
            if row["customer"] is None
        ),
        *(("web", row["anonymousId"] or f"user:{row['userId']}") for row in json_rows(pack, "web")),
        *(("email", row["email"].strip().lower()) for row in json_rows(pack, "email")),
    }


def _csv_keys(pack: Pack, folder: str) -> set[str]:
    """Keys of the good rows: broken lines are taken out before the rest is parsed."""
    broken = broken_places(pack)
    keys: set[str] = set()
    for path in (pack.folder / folder).glob("*.csv"):
        name = path.relative_to(pack.folder).as_posix()
        good = [
            line + b"\n"
            for number, line in enumerate(lines_of(path), 1)
            if line and number > 1 and (name, number) not in broken
        ]
        text = b"".join(good).decode()
        keys |= {row[0] for row in csv.reader(io.StringIO(text, newline=""))}
    return keys


def _user_ids(pack: Pack) -> set[str]:
    broken = broken_places(pack)
    with sqlite3.connect(pack.folder / "app/app.sqlite") as database:
        rows = database.execute("select rowid, user_id from users").fetchall()
    return {key for number, key in rows if ("app/app.sqlite:users", number) not in broken}


def test_broken_rows_stand_where_the_truth_says(pack: Pack) -> None:
    rows = truth(pack, "broken_rows")
    assert len(broken_places(pack)) == len(rows)
    for row in rows:
        if row["source"] == "app":
            continue
        line = lines_of(pack.folder / row["source_file"])[row["row_number"] - 1]
        reason = row["reason"]
        if reason == "invalid UTF-8":
            assert not _is_utf8(line)
        elif reason == "NUL byte":
            assert b"\0" in line
        elif reason == "unclosed quote":
            assert line.count(b'"') == 1
        elif not reason.startswith(("missing", "not an object")):
            assert b"roken" in line or b"lost." in line or b"BROKEN" in line or b'"id":' in line


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_every_kind_of_broken_row_is_in_the_pack(pack: Pack) -> None:
    reasons = {row["reason"] for row in truth(pack, "broken_rows")}
    assert {
        "invalid UTF-8", "invalid JSON", "not an object", "wrong number of columns",
        "unclosed quote", "NUL byte", "field over 256 KiB", "missing key", "no identifying field",
        "unknown type", "unknown event", "unknown status", "unknown identifier_type",
        "negative amount", "negative quantity", "missing currency", "cut off",
    } <= reasons  # fmt: skip


def test_bad_values_are_in_good_rows(pack: Pack) -> None:
    issues = truth(pack, "value_issues")
    assert {row["source"] for row in issues} >= {"signups", "crm", "app"}
    signups = b"".join(path.read_bytes() for path in (pack.folder / "signups").glob("*.csv"))
    for row in issues:
        if row["source"] == "signups":
            assert row["row_key"].encode() in signups
            assert row["raw_value"].encode() in signups


def test_people_have_about_three_records_and_some_only_one(pack: Pack) -> None:
    owners = Counter(row["person_id"] for row in truth(pack, "source_records") if row["person_id"])
    people = {row["person_id"] for row in truth(pack, "people")}
    assert len(people) == 1500
    assert set(owners) <= people
    assert 2.6 < sum(owners.values()) / len(people) < 3.4
    assert sum(count == 1 for count in owners.values()) > 150


def test_shared_devices_and_mailboxes_belong_to_nobody(pack: Pack) -> None:
    nobody = [row for row in truth(pack, "source_records") if row["person_id"] is None]
    assert {"web", "email"} == {row["source"] for row in nobody}
    kiosks = [row for row in nobody if row["source_record_id"].startswith("kiosk-")]
    assert kiosks
    users = {
        row["userId"]
        for row in json_rows(pack, "web")
        if row["anonymousId"] == kiosks[0]["source_record_id"] and row.get("userId")
    }
    assert len(users) > 3


def test_identifiers_of_different_people_never_meet(pack: Pack) -> None:
    people = truth(pack, "people")
    for column in ("email", "phone"):
        assert len({row[column] for row in people}) == len(people)


def test_order_amounts_follow_from_the_app_and_the_cards(pack: Pack) -> None:
    broken = broken_places(pack)
    with sqlite3.connect(pack.folder / "app/app.sqlite") as database:
        rows = database.execute(
            "select rowid, purchase_id, quantity, unit_price, status, updated_at from purchases"
        ).fetchall()
    newest: dict[str, tuple[str, Decimal]] = {}
    for number, key, quantity, price, status, _ in sorted(rows, key=lambda row: str(row[5])):
        if ("app/app.sqlite:purchases", number) not in broken:
            newest[key] = (status, quantity * Decimal(str(price)))
    refunds: dict[str | None, Decimal] = {None: Decimal(0)}
    charges = {row["id"]: row for row in json_rows(pack, "stripe/charges.jsonl")}
    orders = truth(pack, "orders")
    for order in orders:
        if order["charge_id"]:
            charge = charges[order["charge_id"]]
            scale = 1 if order["currency"] == "JPY" else 100
            refunds[order["charge_id"]] = Decimal(charge["amount_refunded"]) / scale
    bought = {order["purchase_id"]: order for order in orders if order["purchase_id"]}
    assert set(bought) == set(newest)
    for key, (status, amount) in newest.items():
        order = bought[key]
        assert order["status"] == status
        expected = amount - refunds[order["charge_id"]] if status == "completed" else Decimal(0)
        assert order["order_amount"] == expected


def test_the_story_has_members_for_the_audiences(pack: Pack) -> None:
    members = Counter(row["audience"] for row in truth(pack, "audiences"))
    assert members["high_value_customers"] >= 5
    assert members["high_intent_browsers"] >= 3
    as_of = parse_moment(pack.options.as_of)
    days = 24 * 3600 * 1000
    recent_carts = {
        row["anonymousId"]
        for row in json_rows(pack, "web")
        if row.get("event") == "Product Added" and row["timestamp"] > iso_millis(as_of - 7 * days)
    }
    assert len(recent_carts) > 10
    last_order = {order["person_id"]: order["ordered_at"] for order in truth(pack, "orders")}
    ages = [as_of / 1000 - moment.timestamp() for moment in last_order.values()]
    assert sum(age > 180 * 86400 for age in ages) > 10


def test_nothing_happens_after_the_story_ends(pack: Pack) -> None:
    end = iso_millis(parse_moment(pack.options.as_of))
    assert all((row["receivedAt"] or "") <= end for row in json_rows(pack, "web"))
    seconds = parse_moment(pack.options.as_of) // 1000
    assert all(row["timestamp"] <= seconds for row in json_rows(pack, "email"))
    assert all(row["created"] <= seconds for row in json_rows(pack, "stripe/charges.jsonl"))
    assert (pack.folder / "_truth/as_of.txt").read_text().strip() == pack.options.as_of
