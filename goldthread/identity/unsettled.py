"""What is known of the components that are to be settled, as Python objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from goldthread.identity.component import Component, Disputed, Edge

if TYPE_CHECKING:
    import duckdb

# Bits of a link between records that hold nothing to compare, less its identifier's priority.
UNCOMPARED = 12.0

# Of each table the columns that are read, and their order within a component: of links people's
# decisions first, then what is certain, then the most probable.
CERTAINTY = "least(priority, if(is_certain, 1, 2))"
BITS = (
    "coalesce(log2(greatest(match_probability, 1e-9) / greatest(1 - match_probability, 1e-9)), "
    f"{UNCOMPARED} - priority)"
)
READ = {
    "linked": (
        "place_l, place_r, priority = 0 as is_decided, is_certain, is_by_details",
        f"{CERTAINTY}, {BITS} desc, priority, place_l, place_r",
    ),
    "compared": ("place_l, place_r, suffixes_differ, {levels}", "place_l, place_r"),
    "identified": ("place, identifier_type, identifier_value", "place"),
    "decided": ("place_l, place_r", "place_l, place_r"),
    "disputes": ("identifier_type, identifier_value, holding, bearing", "identifier_type"),
    "members": ("place, profile", "place"),
}


def read_components(
    cursor: duckdb.DuckDBPyConnection, levels: str
) -> Iterator[tuple[str, int, Component]]:
    """Content hash, number of records and content of the components of table ``unsettled``.

    levels: the columns of table ``compared`` that hold levels. Needs the tables of
    ``write_contested``.
    """
    components = cursor.execute(
        "select label, content_hash, len(ids) from unsettled order by label"
    ).fetchall()
    labels = [label for label, _, _ in components]
    parts = [
        _by_component(cursor, table, columns.format(levels=levels), order, labels)
        for table, (columns, order) in READ.items()
    ]
    for (_, content_hash, size), *content in zip(components, *parts, strict=True):
        yield content_hash, size, _component(*content)


def _by_component(
    cursor: duckdb.DuckDBPyConnection, table: str, columns: str, order: str, labels: list[int]
) -> Iterator[list[Any]]:
    """For each label the rows of the table, in order.

    Columns come as arrays and are cut apart here: rows of tuples take DuckDB four times as long.
    """
    import numpy as np

    found = cursor.execute(
        f"select label, {columns} from {table} semi join unsettled using (label) "
        f"order by label, {order}"
    ).fetchnumpy()
    starts = np.searchsorted(found["label"], labels, "left").tolist()
    ends = np.searchsorted(found.pop("label"), labels, "right").tolist()
    rows = list(zip(*(column.tolist() for column in found.values()), strict=True))
    return (rows[start:end] for start, end in zip(starts, ends, strict=True))


def _component(
    linked: list[Any],
    compared: list[Any],
    identified: list[Any],
    decided: list[Any],
    disputes: list[Any],
    members: list[Any],
) -> Component:
    component = Component(
        [Edge(row[0], row[1], (rank,), *row[2:]) for rank, row in enumerate(linked)],
        {row[:2]: row[3:] for row in compared},
        {row[:2] for row in compared if row[2]},
        apart=set(decided),
        disputed={
            (kind, value): Disputed(set(holding), set(bearing))
            for kind, value, holding, bearing in disputes
        },
        profiles={place: profile for place, profile in members if profile is not None},
    )
    for place, kind, value in identified:
        component.unique_ids.setdefault(place, set()).add((kind, value))
    return component
