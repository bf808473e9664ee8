"""Why two records or customers are one person, or why they are not."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldthread.identity import LinkageModel, current_model
from goldthread.inspect.built import EDGES, SCORED, Side, built_warehouse, find_side
from goldthread.inspect.match_steps import WeightStep, weight_steps
from goldthread.inspect.reasons import Reason, reasons_against
from goldthread.inspect.rows import Row, rows

if TYPE_CHECKING:
    import duckdb

    from goldthread.settings import Settings


@dataclass(frozen=True)
class Step:
    """One link of the path; steps: of its match weight, empty where nothing was compared."""

    left_key: str
    right_key: str
    identifier_type: str
    identifier_value: str | None
    reason: str
    match_probability: float | None
    steps: list[WeightStep]


@dataclass(frozen=True)
class Explanation:
    """is_one: both sides are one customer. path: the links from left to right, where they are;
    empty when one record is meant by both. reasons: why not, the decisive first, where they are
    not."""

    left: Side
    right: Side
    is_one: bool
    path: list[Step]
    reasons: list[Reason]


class NobodyMeant(LookupError):
    """No record, customer id or identifier is what was asked for."""


def explain(settings: Settings, left: str, right: str) -> Explanation:
    """What holds two together or keeps them apart, in the warehouse as last built.

    left, right: see ``built.find_side``. Where a side means several customers (a shared mailbox),
    they are one when any of them are.
    Raises NobodyMeant, NothingLoaded before the first build, WarehouseBusy.
    """
    with built_warehouse(settings) as con:
        sides = []
        for asked in (left, right):
            side = find_side(con, asked)
            if side is None:
                raise NobodyMeant(
                    f"No source record, customer id or identifier is {asked!r}. Records are asked "
                    "for as source/source_record_id."
                )
            sides.append(side)
        first, second = sides
        model = current_model()
        shared = sorted(set(first.customers) & set(second.customers))
        if shared:
            return Explanation(first, second, True, _path(con, model, first, second, shared), [])
        return Explanation(first, second, False, [], reasons_against(con, model, first, second))


def _path(
    con: duckdb.DuckDBPyConnection,
    model: LinkageModel,
    first: Side,
    second: Side,
    customers: list[str],
) -> list[Step]:
    """The fewest links from one side to the other; of equally many, the strongest first."""
    links = rows(
        con,
        f"select edges.* from {EDGES} as edges "
        "join marts.customer_source_records as l on left_key = l.source_record_key "
        "join marts.customer_source_records as r on right_key = r.source_record_key "
        "where l.customer_id = r.customer_id and list_contains($customers, l.customer_id) "
        "and decision in ('linked', 'deferred') "
        "order by priority, match_probability desc nulls last, left_key, right_key",
        customers=customers,
    )
    neighbours: dict[str, list[tuple[str, Row]]] = {}
    for link in links:
        neighbours.setdefault(link["left_key"], []).append((link["right_key"], link))
        neighbours.setdefault(link["right_key"], []).append((link["left_key"], link))
    goals = set(second.records)
    came_by: dict[str, tuple[str, Row] | None] = {record: None for record in first.records}
    queue = deque(first.records)
    while queue:
        record = queue.popleft()
        if record in goals:
            found: list[tuple[str, str, Row]] = []
            while (before := came_by[record]) is not None:
                found.append((before[0], record, before[1]))
                record = before[0]
            return [_step(con, model, *each) for each in reversed(found)]
        for other, link in neighbours.get(record, ()):
            if other not in came_by:
                came_by[other] = (record, link)
                queue.append(other)
    return []


def _step(
    con: duckdb.DuckDBPyConnection, model: LinkageModel, left: str, right: str, link: Row
) -> Step:
    pair = rows(
        con,
        f"select * from {SCORED} where left_key = least($a, $b) and right_key = greatest($a, $b)",
        a=left,
        b=right,
    )
    return Step(
        left,
        right,
        link["identifier_type"],
        link["identifier_value"],
        link["reason"],
        link["match_probability"],
        weight_steps(model, pair[0]) if pair else [],
    )
