"""Files that no person writes: exchange rates and the decisions of data stewards."""

from __future__ import annotations

from typing import Final

from goldthread.demo_data.collected import csv_line
from goldthread.demo_data.people import Person
from goldthread.demo_data.stamps import DAY, day_text, iso_seconds

#: Dollars for one unit. CHF has no rate at all, PLN and SEK none before this year: their orders
#: stay out of lifetime value and are reported.
_RATES: Final = {"EUR": 1.09, "GBP": 1.27, "JPY": 0.0067, "PLN": 0.25, "SEK": 0.095}
_LATE_CURRENCIES: Final = ("PLN", "SEK")


def rates_file(as_of: int) -> bytes:
    """One rate a month and currency; the two late currencies begin 300 days before the end."""
    lines = [csv_line(("currency", "rate_to_base", "valid_from"))]
    for step in range(20, -1, -1):
        day = (as_of - step * 30 * DAY) // DAY
        for number, (currency, rate) in enumerate(_RATES.items()):
            if currency in _LATE_CURRENCIES and step > 10:
                continue
            drift = 1 + 0.002 * ((step * 7 + number * 5) % 11 - 5)
            lines.append(csv_line((currency, f"{rate * drift:.6f}", day_text(day))))
    return b"".join(lines)


HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "stewardship/identity_overrides.csv": (
        "override_id", "override_type", "left_source", "left_source_record_id", "right_source",
        "right_source_record_id", "decided_by", "reason", "decided_at", "expires_at",
    ),
    "stewardship/attribute_corrections.csv": (
        "correction_id", "source", "source_record_id", "attribute", "value", "decided_by",
        "reason", "decided_at",
    ),
    "stewardship/suppressions.csv": (
        "suppression_id", "identifier_type", "identifier_value", "purpose", "reason",
        "suppressed_at",
    ),
}  # fmt: skip


def stewardship_files(
    people: list[Person], records: list[tuple[str, str, str | None]], as_of: int
) -> dict[str, bytes]:
    """A few decisions about people of the first block, all of them right by the truth."""
    day = iso_seconds(as_of - 5 * DAY)
    owned: dict[str, list[tuple[str, str]]] = {}
    for source, record_id, owner in records:
        if owner is not None and source in ("crm", "app", "signups"):
            owned.setdefault(owner, []).append((source, record_id))
    pairs = [(owner, rows[0], rows[1]) for owner, rows in owned.items() if len(rows) > 1][:2]
    rows: dict[str, list[tuple[str, ...]]] = {path: [] for path in HEADERS}
    overrides = rows["stewardship/identity_overrides.csv"]
    for number, (_, left, right) in enumerate(pairs, 1):
        overrides.append((f"ov-{number}", "must_link", *left, *right, "dana@shop.example",
                          "Confirmed on the phone", day, ""))  # fmt: skip
    relatives = _relatives(people, owned)
    for number, (left, right) in enumerate(relatives[:2], 3):
        overrides.append((f"ov-{number}", "cannot_link", *left, *right, "dana@shop.example",
                          "Two people of one household", day, ""))  # fmt: skip
    by_id = {person.person_id: person for person in people}
    corrections = rows["stewardship/attribute_corrections.csv"]
    for number, (owner, left, _) in enumerate(pairs, 1):
        corrections.append((f"co-{number}", *left, "city", by_id[owner].facts.address.city,
                            "dana@shop.example", "Letter came back", day))  # fmt: skip
    written = [person for person in people if person.person_id in owned]
    suppressions = rows["stewardship/suppressions.csv"]
    for number, person in enumerate(written[5:9], 1):
        purpose = "" if number == 1 else "email_marketing"
        suppressions.append((f"sp-{number}", "email", person.facts.email, purpose,
                             "Asked by letter", day))  # fmt: skip
    return {
        path: csv_line(HEADERS[path]) + b"".join(map(csv_line, lines))
        for path, lines in rows.items()
    }


def _relatives(
    people: list[Person], owned: dict[str, list[tuple[str, str]]]
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Records of two people of one household, for the decision that they are two."""
    return [
        (owned[one.person_id][0], owned[other.person_id][0])
        for one, other in zip(people, people[1:], strict=False)
        if one.household is other.household and one.person_id in owned and other.person_id in owned
    ]
