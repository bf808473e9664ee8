"""A component that may hold two people is settled once, as long as nothing about it changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from goldthread.identity import cluster_records, committed_model
from tests.unit.identity.conftest import linkage_records, numbers

KEPT = "memory.identity_kept"
LEVELS = {f"{name}_level": pa.int8() for name in committed_model().levels}
LIMITS = pa.table(
    {
        "limit_name": ["most_profiles", "established_profiles", "least_bridge_probability"],
        "limit_value": [30.0, 2.0, 0.9],
    }
)
Links = list[tuple[str, str]]


def edges(links: Links, people: Iterable[str]) -> pa.Table:
    count = len(links)
    return pa.table(
        {
            **numbers(links, people),
            "identifier_type": pa.array(["phone"] * count, "string"),
            "identifier_value": pa.array([None] * count, "string"),
            "decision": pa.array(["linked"] * count, "string"),
            "priority": pa.array([3] * count, "int32"),
            "is_certain": pa.array([False] * count, "bool"),
            "match_probability": pa.array([0.9] * count, "float64"),
        }
    )


def cluster(
    con: duckdb.DuckDBPyConnection,
    links: Links,
    users: dict[str, str],
    *,
    prior_weight: float = -12.0,
    kept: str | None = KEPT,
) -> dict[str, str]:
    """Record → first record of its cluster; users: record → the login it tells of."""
    people: dict[str, dict[str, Any]] = {
        key: {"first_name": "Ada", "last_name": "Quist"} for pair in links for key in pair
    }
    scored = {
        **{name: pa.array([99], "int64") for name in ("left_number", "right_number")},
        "numbering": pa.array(["these"], "string"),
        "conflict": pa.array(["a"], "string"),
        **{
            name: pa.array([value], "float64")
            for name, value in (
                ("match_probability", 0.9),
                ("prior_weight", prior_weight),
                ("household_ratio", 0.3),
                ("namesake_ratio", 0.02),
            )
        },
        **{name: pa.array([-1], kind) for name, kind in LEVELS.items()},
    }
    identifiers = {
        "source_record_key": pa.array(list(users), "string"),
        "identifier_type": pa.array(["user_id"] * len(users), "string"),
        "identifier_value": pa.array(list(users.values()), "string"),
        "is_unique_per_person": pa.array([True] * len(users), "bool"),
    }
    found = cluster_records(
        linkage_records(people),
        edges(links, people),
        pa.table(scored),
        pa.table(identifiers),
        LIMITS,
        con,
        committed_model(),
        kept,
    ).to_arrow_table()
    columns = (found[name].to_pylist() for name in ("source_record_key", "cluster_key"))
    return dict(zip(*columns, strict=True))


# Two logins, four records in a chain: the weakest link goes.
CHAIN: Links = [("b", "c"), ("c", "d"), ("d", "e")]
USERS = {"b": "u1", "e": "u2"}


def falsify(con: duckdb.DuckDBPyConnection) -> None:
    """Everybody who was ever in question is a person alone."""
    con.execute(f"update {KEPT}.settlements set places = range(len(places))")


def test_an_unchanged_component_is_not_settled_again(con: duckdb.DuckDBPyConnection) -> None:
    first = cluster(con, CHAIN, USERS)
    assert len(set(first.values())) == 2
    assert first == cluster(con, CHAIN, USERS) == cluster(con, CHAIN, USERS, kept=None)
    falsify(con)
    assert len(set(cluster(con, CHAIN, USERS).values())) == 4


def test_other_records_before_and_beside_it_do_not_matter(con: duckdb.DuckDBPyConnection) -> None:
    cluster(con, CHAIN, USERS)
    falsify(con)
    found = cluster(con, [*CHAIN, ("a", "f"), ("g", "h")], USERS)
    assert len({found[key] for key in "bcde"}) == 4
    assert found["f"] == "a" and found["h"] == "g"


@pytest.mark.parametrize("what", ["link", "login", "prior"])
def test_a_changed_component_is_settled_anew(con: duckdb.DuckDBPyConnection, what: str) -> None:
    cluster(con, CHAIN, USERS)
    falsify(con)
    links = [*CHAIN, ("b", "d")] if what == "link" else CHAIN
    users = {"b": "u1", "d": "u2"} if what == "login" else USERS
    prior = -13.0 if what == "prior" else -12.0
    found = cluster(con, links, users, prior_weight=prior)
    assert found == cluster(con, links, users, prior_weight=prior, kept=None)
    assert len(set(found.values())) == 2


def test_what_became_of_gone_components_is_forgotten(con: duckdb.DuckDBPyConnection) -> None:
    cluster(con, CHAIN, USERS)
    cluster(con, CHAIN[:2], {"b": "u1", "d": "u2"})
    assert con.execute(f"select len(places) from {KEPT}.settlements").fetchall() == [(3,)]
