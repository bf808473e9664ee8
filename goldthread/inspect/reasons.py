"""What keeps two customers two, as far as the warehouse tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldthread.inspect.built import EDGES, SCORED, Side
from goldthread.inspect.match_steps import WeightStep, weight_steps
from goldthread.inspect.rows import Row, rows

if TYPE_CHECKING:
    import duckdb

    from goldthread.identity import LinkageModel

IDENTIFIERS = "intermediate.int_identity__identifiers"
VALUES = "intermediate.int_identity__identifier_values"
CLUSTERS = "intermediate.int_identity__clusters"
JOINING = "intermediate.int_identity__joining_identifiers"

# More of one kind would hide the others.
MOST_REASONS = 5


@dataclass(frozen=True)
class Reason:
    """Why two customers are two. kind: cannot_link, conflict_rule, held_back (for its risk), guard,
    below_threshold, no_pair. The keys are of the two records that it is about, null where it is
    about a value."""

    kind: str
    text: str
    left_key: str | None = None
    right_key: str | None = None
    steps: list[WeightStep] = field(default_factory=list)


def reasons_against(
    con: duckdb.DuckDBPyConnection, model: LinkageModel, first: Side, second: Side
) -> list[Reason]:
    """Everything on record between the two sides' customers, the decisive first."""
    con.execute("create temp table ours as " + _members(1), [list(first.customers)])
    con.execute("create temp table theirs as " + _members(1), [list(second.customers)])
    edges = rows(
        con, f"select * from {EDGES} where {_BETWEEN} order by priority, left_key, right_key"
    )
    best_first = "match_probability desc, left_key, right_key"
    scored = rows(con, f"select * from {SCORED} where {_BETWEEN} order by {best_first}")
    reasons = [
        Reason("cannot_link", edge["reason"], edge["left_key"], edge["right_key"])
        for edge in edges
        if edge["decision"] == "apart"
    ]
    reasons.extend(_contradictions(con))
    kind, why = _held_back(con) or ("conflict_rule", "joining them would contradict stronger links")
    reasons.extend(
        Reason(kind, f"linked by {_named(edge)}, but {why}", edge["left_key"], edge["right_key"])
        for edge in edges
        if edge["decision"] == "linked"
    )
    reasons.extend(
        Reason("guard", f"{_named(edge)}: {edge['reason']}", edge["left_key"], edge["right_key"])
        for edge in edges
        if edge["decision"] in ("dropped", "deferred")
    )
    excluded = list(_excluded_values(con))
    reasons.extend(excluded)
    reasons.extend(_below(model, pair) for pair in scored if not pair["is_link"])
    if not (edges or scored or excluded):
        text = "they share no identifier, and too little else for a comparison"
        reasons.append(Reason("no_pair", text))
    return list(_few_of_each(reasons))


def _members(number: int) -> str:
    return (
        "select source_record_key from marts.customer_source_records "
        f"where list_contains(${number}, customer_id)"
    )


_BETWEEN = (
    "(left_key in (from ours) and right_key in (from theirs)) "
    "or (left_key in (from theirs) and right_key in (from ours))"
)


def _held_back(con: duckdb.DuckDBPyConnection) -> tuple[str, str] | None:
    """Kind and text of a reason where nothing but the risk speaks against joining the two."""
    found = con.execute(
        f"""
        select held_back_because from {CLUSTERS}
        where (source_record_key in (from ours) and held_back_from in (from theirs))
            or (source_record_key in (from theirs) and held_back_from in (from ours))
        order by 1 limit 1
        """
    ).fetchone()
    if found is None:
        return None
    risk = {
        "bridge_link": "nothing else joins two known people",
        "oversize_cluster": "together they would have too many different records",
    }
    return "held_back", f"held back for review: {risk.get(found[0], found[0])}"


def _contradictions(con: duckdb.DuckDBPyConnection) -> Iterable[Reason]:
    """Identifiers a person has only one of, where each side has a value that the other lacks."""
    for kind, ours, theirs in con.execute(
        f"""
        with held as (
            select identifier_type, identifier_value, source_record_key
            from {JOINING} where is_unique_per_person
        ),
        sides as (
            select
                l.identifier_type,
                list(distinct l.identifier_value order by l.identifier_value) as here,
                list(distinct r.identifier_value order by r.identifier_value) as there
            from held as l join held as r using (identifier_type)
            where l.source_record_key in (from ours) and r.source_record_key in (from theirs)
            group by 1
        )
        from sides where not list_has_all(here, there) and not list_has_all(there, here) order by 1
        """
    ).fetchall():
        yield Reason(
            "conflict_rule",
            f"a person has one {kind} only; here {', '.join(ours)} meets {', '.join(theirs)}",
        )


def _excluded_values(con: duckdb.DuckDBPyConnection) -> Iterable[Reason]:
    """Values that both sides hold and that join nobody."""
    for kind, value, because, count in con.execute(
        f"""
        select identifier_type, identifier_value, excluded_because, record_count from {VALUES}
        where excluded_because is not null and (identifier_type, identifier_value) in (
            select identifier_type, identifier_value from {IDENTIFIERS}
            where source_record_key in (from ours)
            intersect
            select identifier_type, identifier_value from {IDENTIFIERS}
            where source_record_key in (from theirs)
        ) order by all
        """
    ).fetchall():
        text = f"{kind} {value} joins nobody: {because.replace('_', ' ')} ({count} records)"
        yield Reason("guard", text)


def _below(model: LinkageModel, pair: Row) -> Reason:
    steps = weight_steps(model, pair)
    keys = pair["left_key"], pair["right_key"]
    if pair["conflict"]:
        return Reason("conflict_rule", f"{pair['conflict']} conflicts", *keys, steps)
    text = f"probability {pair['match_probability']:.4f} of one person"
    if pair["match_probability"] < pair["threshold"]:
        text += f"; {pair['threshold']:.4f} is needed"
    else:
        text += " would do, but nothing besides the name agrees"
    return Reason("below_threshold", text, *keys, steps)


def _named(edge: Row) -> str:
    value = edge["identifier_value"]
    return f"{edge['identifier_type']} {value or ''}".rstrip()


def _few_of_each(reasons: list[Reason]) -> Iterable[Reason]:
    seen: dict[str, int] = {}
    for reason in reasons:
        seen[reason.kind] = seen.get(reason.kind, 0) + 1
        if seen[reason.kind] <= MOST_REASONS:
            yield reason
