"""Decisions of data stewards: a few rows in each of their files."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from goldthread.demo_data.collected import csv_line
from goldthread.demo_data.people import Person
from goldthread.demo_data.stamps import DAY, iso_seconds

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
        for one, other in pairwise(people)
        if one.household is other.household and one.person_id in owned and other.person_id in owned
    ]
