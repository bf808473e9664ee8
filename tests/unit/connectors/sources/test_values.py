"""The rules of a broken row and of a value issue, table by table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.connectors.sources.samples import Staged, lines, message

Stager = Callable[..., Staged]


def csv_value(staged: Stager, column: str, text: str) -> tuple[Any, bool]:
    """(value, whether it is an issue) of one cell of a sign-up."""
    header = ["signup_id", "first_name", column]
    content = f'{",".join(header)}\ns1,Ann,"{text}"\n'
    result = staged("signups", "signups", "a.csv", content)
    assert result.broken == {}
    (row,) = result.rows
    assert result.issues in ({}, {("s1", column): text})
    return row[column], bool(result.issues)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        ("birth_date", "1990-02-03", date(1990, 2, 3)),
        ("birth_date", " 1990-02-03 ", date(1990, 2, 3)),
        ("birth_date", "1990-02-03T00:00:00+02:00", date(1990, 2, 3)),
        ("birth_date", "1900-01-01", date(1900, 1, 1)),
        ("birth_date", "2026-11-15", date(2026, 11, 15)),
        ("marketing_opt_in", "true", True),
        ("marketing_opt_in", "FALSE", False),
        ("marketing_opt_in", "1", True),
        ("marketing_opt_in", "no", False),
        ("email", "Ann.O'Hara+x@Mail.Example.org", "Ann.O'Hara+x@Mail.Example.org"),
        ("email", "jörg@müller.example", "jörg@müller.example"),
        ("phone", "+1 (212) 555-0100", "+1 (212) 555-0100"),
        ("phone", "212.555.0100 ext. 12", "212.555.0100 ext. 12"),
        ("phone", "0049/30/1234567", "0049/30/1234567"),
        ("phone", "(+49) 30 1234567", "(+49) 30 1234567"),
        ("phone", "+123456789012345.0", "+123456789012345.0"),
        ("signed_up_at", "2026-11-01T10:00:00+02:00", datetime(2026, 11, 1, 8)),
        ("signed_up_at", "2026-11-01 10:00", datetime(2026, 11, 1, 10)),
        ("signed_up_at", "2026-11-01", datetime(2026, 11, 1)),
        (
            "signed_up_at",
            " 2026-11-01T10:00:00.123456789Z",
            datetime(2026, 11, 1, 10, 0, 0, 123456),
        ),
        ("signed_up_at", "2026-11-01T10:00Z", datetime(2026, 11, 1, 10)),
        ("signed_up_at", "2026-11-01T10:00+02:00", datetime(2026, 11, 1, 8)),
        ("signed_up_at", "2026-11-01T10:00:00 -05:30", datetime(2026, 11, 1, 15, 30)),
        ("signed_up_at", "2026-11-01t10:00:00z", datetime(2026, 11, 1, 10)),
        ("signed_up_at", "20261101T100000Z", datetime(2026, 11, 1, 10)),
        ("signed_up_at", "20261101T1000+0200", datetime(2026, 11, 1, 8)),
        ("signed_up_at", "2026-11-01T10:00:00,5Z", datetime(2026, 11, 1, 10, 0, 0, 500000)),
        ("signed_up_at", "\t2026-11-01T10:00:00Z\n", datetime(2026, 11, 1, 10)),
        ("signed_up_at", "2026-11-01T10:00:00-18:00", datetime(2026, 11, 2, 4)),
        ("birth_date", "1990-02-03\t", date(1990, 2, 3)),
        ("marketing_opt_in", "no\n", False),
        ("email", "ann@example.org\t", "ann@example.org\t"),
        ("city", "  ", "  "),
        ("city", "", None),
    ],
)
def test_sound_values(staged: Stager, column: str, text: str, value: Any) -> None:
    assert csv_value(staged, column, text) == (value, False)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("birth_date", "1990-02-31"),
        ("birth_date", "31/02/1990"),
        ("birth_date", "1899-12-31"),
        ("birth_date", "2026-11-16"),
        ("birth_date", "0000-00-00"),
        ("birth_date", "epoch"),
        ("birth_date", "unknown"),
        ("marketing_opt_in", "maybe"),
        ("email", "ann"),
        ("email", "ann@"),
        ("email", "@example.org"),
        ("email", "a b@example.org"),
        ("email", "ann@example"),
        ("email", "ann@@example.org"),
        ("email", "ann@example..org"),
        ("phone", "12345"),
        ("phone", "1234567890123456"),
        ("phone", "call me"),
        ("phone", "030-1234567+8"),
        ("phone", "+49 30 1234567 / +49 30 1234568"),
        ("phone", "1.5112345678E10"),
        ("phone", "555-HOME-NOW"),
    ],
)
def test_a_bad_optional_value_becomes_null_and_an_issue(
    staged: Stager, column: str, text: str
) -> None:
    assert csv_value(staged, column, text) == (None, True)


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2026-02-29T10:00:00Z",
        "2026-13-01",
        "1899-12-31T23:59:59Z",
        "2099-01-01",
        "infinity",
        "2026-11-01T10:00:00+25:00",
        "2026-11-01T10:00:00-18:01",
        "2026-11-01T10:00+02:99",
        "2026-02-30T10:00Z",
    ],
)
def test_a_bad_time_of_the_row_itself_breaks_it(staged: Stager, text: str) -> None:
    content = f"signup_id,email,signed_up_at\ns1,a@b.co,{text}\n"
    result = staged("signups", "signups", "a.csv", content)
    assert result.rows == []
    assert result.broken[2].startswith(f"signed_up_at is {text}: it must be a possible time")


def test_a_sign_up_needs_its_id_and_something_that_names_the_person(staged: Stager) -> None:
    content = "\n".join(
        [
            "signup_id,email,first_name,last_name,phone,city",
            "s1,a@b.co,,,,",
            "s2,,,Lee,,",
            "s3,,,,,Rome",
            ",a@b.co,,,,",
            "s5,not an address,,,,",
        ]
    )
    result = staged("signups", "signups", "a.csv", content + "\n")
    assert result.keys("signup_id") == ["s1", "s2", "s5"]
    assert "email, phone, first_name, last_name are all missing" in result.broken[4]
    assert "signup_id is missing" in result.broken[5]
    assert result.issues == {("s5", "email"): "not an address"}


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"messageId": None}, "messageId is missing"),
        ({"messageId": " "}, "messageId is missing"),
        ({"messageId": " \t\r\n"}, "messageId is missing"),
        ({"messageId": 12}, "messageId is 12: it must be a text"),
        ({"messageId": True}, "messageId is true: it must be a text"),
        ({"messageId": {"id": "m1"}}, 'messageId is {"id":"m1"}: it must be a text'),
        ({"type": None}, "type is missing"),
        ({"type": "visit"}, "type is visit: it must be one of identify"),
        ({"type": ["page"]}, 'type is ["page"]'),
        ({"anonymousId": None}, "anonymousId, userId are all missing"),
        ({"anonymousId": "", "userId": " "}, "anonymousId, userId are all missing"),
        ({"timestamp": "yesterday"}, "timestamp is yesterday"),
        ({"timestamp": 1793527200}, "timestamp is 1793527200"),
        ({"timestamp": None}, "timestamp, receivedAt, sentAt are all missing"),
        ({"timestamp": None, "receivedAt": "2199-01-01"}, "impossible: at least one must say"),
        ({"timestamp": "9999-12-31T00:00:00Z"}, "impossible: at least one must say when it was"),
        (
            {"timestamp": "0001-01-01T00:00:00Z", "sentAt": "9999-01-01T00:00:00Z"},
            "impossible: at least one must say",
        ),
    ],
)
def test_broken_messages(staged: Stager, members: dict[str, Any], reason: str) -> None:
    result = staged("web", "messages", "a.jsonl", lines({**message("m1"), **members}))
    assert result.rows == []
    assert reason in result.broken[1]


def test_a_message_by_a_wrong_clock_or_without_one_is_sound(staged: Stager) -> None:
    received = "2026-11-01T10:00:00Z"
    content = lines(
        message("m1", timestamp="1970-01-01T00:00:00Z", receivedAt=received),
        message("m2", timestamp="2038-01-19T03:14:07Z", receivedAt=received),
        message("m3", timestamp=None, receivedAt=received),
        message("m4", anonymousId=None, userId=17),
        message("12"),
    )
    result = staged("web", "messages", "a.jsonl", content)
    assert (result.broken, result.issues) == ({}, {})
    assert result.keys("message_id") == ["m1", "m2", "m3", "m4", "12"]
    assert result.keys("user_id") == [None, None, None, "17", None]


def test_bad_optional_members_of_a_message(staged: Stager) -> None:
    content = lines(
        message("m1", userId={"id": 1}, event=["x"], properties="none", receivedAt="2199-01-01")
    )
    result = staged("web", "messages", "a.jsonl", content)
    assert result.broken == {}
    assert result.issues == {
        ("m1", "user_id"): '{"id":1}',
        ("m1", "event"): '["x"]',
        ("m1", "properties"): '"none"',
        ("m1", "received_at"): "2199-01-01",
    }


def event(**members: Any) -> dict[str, Any]:
    return {
        "email": "ann@example.org",
        "timestamp": 1793527200,
        "event": "open",
        "sg_event_id": "e1",
        **members,
    }


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"sg_event_id": None}, "sg_event_id is missing"),
        ({"email": None}, "email is missing: it must name the person"),
        ({"event": "opened"}, "event is opened"),
        ({"timestamp": None}, "timestamp is missing"),
        ({"timestamp": -1}, "timestamp is -1"),
        ({"timestamp": 0}, "timestamp is 0"),
        ({"timestamp": "1793527200"}, 'timestamp is "1793527200"'),
        ({"timestamp": 1793527200000}, "timestamp is 1793527200000"),
        ({"timestamp": [1]}, "timestamp is [1]"),
        ({"timestamp": True}, "timestamp is true"),
    ],
)
def test_broken_email_events(staged: Stager, members: dict[str, Any], reason: str) -> None:
    result = staged("email", "events", "a.jsonl", lines(event(**members)))
    assert result.rows == []
    assert reason in result.broken[1]


def test_an_email_event_tells_its_second(staged: Stager) -> None:
    content = lines(event(), event(timestamp=1793527200.5), event(timestamp="2026-11-01T10:00:00Z"))
    result = staged("email", "events", "a.jsonl", content)
    assert result.keys("timestamp") == [
        datetime(2026, 11, 1, 10),
        datetime(2026, 11, 1, 10, 0, 0, 500000),
        datetime(2026, 11, 1, 10),
    ]


def charge(**members: Any) -> dict[str, Any]:
    return {
        "id": "ch_1",
        "object": "charge",
        "customer": "cus_1",
        "amount": 1250,
        "currency": "usd",
        "status": "succeeded",
        "created": 1793527200,
        **members,
    }


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"amount": -1}, "amount is -1: it must be a whole number of at least 0"),
        ({"amount": 12.5}, "amount is 12.5"),
        ({"amount": "1250"}, 'amount is "1250"'),
        ({"amount": None}, "amount is missing"),
        ({"currency": None}, "currency is missing"),
        ({"currency": "us"}, "currency is us"),
        ({"status": "paid"}, "status is paid"),
        ({"created": None}, "created is missing"),
        ({"created": "never"}, 'created is "never"'),
        ({"customer": None}, "at least one must name the person"),
        ({"customer": None, "metadata": {"user_id": ""}}, "at least one must name the person"),
    ],
)
def test_broken_charges(staged: Stager, members: dict[str, Any], reason: str) -> None:
    result = staged("stripe", "charges", "charges.jsonl", lines(charge(**members)))
    assert result.rows == []
    assert reason in result.broken[1]


@pytest.mark.parametrize(
    "members",
    [
        {"amount": 0},
        {"customer": None, "receipt_email": "ann@example.org"},
        {"customer": None, "billing_details": {"phone": "+12125550100"}},
        {"customer": None, "metadata": {"purchase_id": "p1"}},
        {"amount_refunded": None, "metadata": None, "billing_details": {}},
    ],
)
def test_sound_charges(staged: Stager, members: dict[str, Any]) -> None:
    result = staged("stripe", "charges", "charges.jsonl", lines(charge(**members)))
    assert (result.broken, result.issues) == ({}, {})
    assert result.keys("created") == [datetime(2026, 11, 1, 10)]


def test_bad_values_inside_the_documents_of_a_charge_are_listed(staged: Stager) -> None:
    details = {"email": "see notes", "name": "Ann Lee"}
    content = lines(
        charge(billing_details=details, metadata={"user_id": ["x"], "purchase_id": {"id": 1}}),
        charge(id="ch_2", billing_details={"email": "ann@example.org"}, metadata={"user_id": 17}),
        charge(id="ch_3", billing_details={"email": " "}, metadata={"user_id": None}),
    )
    result = staged("stripe", "charges", "charges.jsonl", content)
    assert (len(result.rows), result.broken) == (3, {})
    assert result.issues == {
        ("ch_1", "billing_details.email"): "see notes",
        ("ch_1", "metadata.user_id"): '["x"]',
        ("ch_1", "metadata.purchase_id"): '{"id":1}',
    }


def test_a_rate_is_a_number_from_a_day_on(staged: Stager) -> None:
    content = "currency,rate_to_base,valid_from\nEUR,1.0825,2026-01-01\nGBP,0,2026-01-01\n"
    result = staged("fx", "rates", "rates.csv", content)
    assert result.keys("rate_to_base") == [Decimal("1.0825")]
    assert result.keys("valid_from") == [date(2026, 1, 1)]
    assert result.broken[3] == "rate_to_base is 0: it must be a number above 0 and at most 100000"
    assert result.broken_rows[0]["row_key"] == "GBP:2026-01-01"


def test_a_rate_of_a_small_currency_keeps_its_digits(staged: Stager) -> None:
    content = (
        "currency,rate_to_base,valid_from\nVND,0.0000391427,2026-01-01\nIRR,2.38e-5,2026-01-01\n"
    )
    result = staged("fx", "rates", "rates.csv", content)
    assert result.keys("rate_to_base") == [Decimal("0.0000391427"), Decimal("0.0000238")]


def test_an_amount_beyond_all_measure_breaks_its_row_only(staged: Stager) -> None:
    huge = charge(id="ch_2", amount=9_223_372_036_854_775_807)
    content = lines(charge(amount=999_999_999_999), huge, charge(id="ch_3", amount_refunded=10**12))
    result = staged("stripe", "charges", "charges.jsonl", content)
    assert list(result.broken) == [2]
    assert "of at least 0 and at most 999999999999" in result.broken[2]
    assert result.keys("amount_refunded") == [None, None]


def test_receipts_tell_the_purposes_of_their_tcf_string(staged: Stager) -> None:
    sound = "CP9_GsAP9_GsAEsABBENAwFgAIIAAAAAAAwIF5wAQF5gAAAA.YAAAAAAAAAAA"
    receipt = {
        "receipt_id": "r1",
        "identifier_type": "email",
        "identifier_value": "ann@example.org",
        "purposes": {"C0001": True},
        "gpc": False,
        "tcf": sound,
        "collected_at": "2026-11-01T10:00:00Z",
    }
    content = lines(
        receipt,
        receipt | {"receipt_id": "r2", "tcf": sound[:20], "gpc": "?"},
        receipt | {"receipt_id": "r3", "tcf": None, "gpc": None, "purposes": None},
        receipt | {"receipt_id": "r4", "identifier_type": "cookie"},
        receipt | {"receipt_id": "r5", "identifier_value": ""},
        receipt | {"receipt_id": "r6", "collected_at": None},
    )
    result = staged("consent", "receipts", "a.jsonl", content)
    assert result.keys("tcf_purposes") == ["1,7", None, None]
    assert result.keys("tcf") == [sound, None, None]
    assert result.keys("gpc") == [False, None, None]
    assert result.issues == {("r2", "tcf"): sound[:20], ("r2", "gpc"): "?"}
    assert list(result.broken) == [4, 5, 6]


def test_a_row_says_all_that_is_wrong_with_it(staged: Stager) -> None:
    result = staged("web", "messages", "a.jsonl", lines({"type": "visit"}))
    assert [part.split(" ")[0] for part in result.broken[1].split("; ")] == [
        "messageId",
        "type",
        "anonymousId,",
        "timestamp,",
    ]


def test_a_long_value_is_shortened_in_the_reason(staged: Stager) -> None:
    header = "signup_id,email,signed_up_at"
    result = staged("signups", "signups", "a.csv", f"{header}\ns1,a@b.co,{'9' * 500}\n")
    assert len(result.broken[2]) < 200
