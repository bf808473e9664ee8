"""Reasons why two are two name what speaks against one person, and nothing that does not."""

from __future__ import annotations

import pytest

from goldthread.inspect.built import Side
from goldthread.inspect.reasons import Reason, reasons_against
from tests.identity_scenarios.engine import Engine, Records

KEPT_APART = [("cannot_link", "app:1", "stripe:2")]


def reasons(models: dict[str, str], records: Records) -> list[Reason]:
    """What keeps app:1 and stripe:2 two, whom people keep apart."""
    engine = Engine(models)
    customers = engine.run(records, KEPT_APART)
    assert customers["app:1"] != customers["stripe:2"]
    left, right = (Side(key, "record", (key,), (customers[key],)) for key in ("app:1", "stripe:2"))
    return reasons_against(engine.con, engine.linkage, left, right)


@pytest.mark.parametrize(
    ("here", "there", "is_contradiction"),
    [("u1", "u2", True), ("u1", "u1", False), ("guest", "unknown", False)],
)
def test_a_user_id_that_both_have_or_that_is_none_speaks_against_nobody(
    models: dict[str, str], here: str, there: str, is_contradiction: bool
) -> None:
    found = reasons(models, {"app:1": {"user_id": here}, "stripe:2": {"user_id": there}})
    assert found[0].kind == "cannot_link"
    told = [reason.text for reason in found if reason.text.startswith("a person has one user_id")]
    assert told == (
        [f"a person has one user_id only; here {here} meets {there}"] * is_contradiction
    )
