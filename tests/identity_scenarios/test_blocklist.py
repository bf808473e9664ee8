"""What people write into the blocklist blocks, however they write it."""

from __future__ import annotations

import pytest

from tests.identity_scenarios.engine import Engine

SHARED = {
    "crm:1": {"first_name": "Ada", "email": "frontdesk@shop.example"},
    "crm:2": {"email": "frontdesk@shop.example"},
}


@pytest.mark.parametrize(
    ("identifier_type", "pattern", "reason"),
    [
        ("email", "FrontDesk@%", "a shop"),
        ("email", " frontdesk@shop.example", "a shop"),
        ("Email ", "frontdesk@%", "a shop"),
        ("email", "frontdesk@%", None),
        ("any", "FRONTDESK@shop.example", None),
    ],
)
def test_a_pattern_blocks_however_it_is_written(
    models: dict[str, str], identifier_type: str, pattern: str, reason: str | None
) -> None:
    engine = Engine(models)
    assert len(set(engine.run(SHARED).values())) == 1
    engine.con.execute(
        "insert into seeds.identifier_blocklist values (?, ?, ?)",
        [identifier_type, pattern, reason],
    )
    assert len(set(engine.run(SHARED).values())) == 2
