"""What is known of each component that may hold two people, read from the clustering's tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from goldthread.identity.settling import Component, Disputed, Edge

if TYPE_CHECKING:
    import duckdb

# Bits of a link between records that hold nothing to compare, less its identifier's priority.
UNCOMPARED = 12.0


def contested_components(
    cursor: duckdb.DuckDBPyConnection, comparisons: list[str]
) -> Iterator[Component]:
    """The components of table ``contested``, by label.

    comparisons: the model's, in the order of its levels. Needs the tables that
    ``cluster_records`` makes of its input.
    """
    components: dict[int, Component] = defaultdict(Component)
    of_contested = "join components on id_l = components.id join contested using (label)"
    # People's decisions first, then what is certain, then the most probable.
    for label, left, right, priority, first, bits, certain, details in cursor.execute(
        f"""
        select label, id_l, id_r, priority, least(priority, if(is_certain, 1, 2)) as first,
            coalesce(log2(greatest(match_probability, 1e-9)
                / greatest(1 - match_probability, 1e-9)), {UNCOMPARED} - priority) as bits,
            is_certain, identifier_type = 'details'
        from links {of_contested} where decision = 'linked'
        order by label, first, bits desc, priority, id_l, id_r
        """
    ).fetchall():
        rank = (first, -bits, priority, left, right)
        components[label].edges.append(Edge(left, right, rank, priority == 0, certain, details))
    for label, kind, value, disputed in _disputed(cursor):
        components[label].disputed[(kind, value)] = disputed
    levels = ", ".join(f"{name}_level" for name in comparisons)
    for label, left, right, conflict, *found in cursor.execute(
        f"select label, id_l, id_r, conflict, {levels} from scored {of_contested}"
    ).fetchall():
        components[label].levels[(left, right)] = tuple(found)
        if conflict == "name_suffix":
            components[label].other_suffix.add((left, right))
    for label, record, kind, value in cursor.execute(
        "select label, id, identifier_type, identifier_value from unique_ids "
        "join components using (id) join contested using (label)"
    ).fetchall():
        components[label].unique_ids.setdefault(record, set()).add((kind, value))
    for label, left, right in cursor.execute(
        f"select label, id_l, id_r from kept_apart {of_contested}"
    ).fetchall():
        components[label].apart.add((left, right))
    for label, record, profile in cursor.execute(
        "select label, id, profile from nodes join components using (id) "
        "join contested using (label) where profile is not null"
    ).fetchall():
        components[label].profiles[record] = profile
    yield from (components[label] for label in sorted(components))


def _disputed(
    cursor: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[int, str, str, Disputed]]:
    """Each disputed value by the component of the records that have nothing but it.

    Its holders may stand in other components; then they are different people for certain.
    """
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    for kind, value, left, right in cursor.execute(
        "select identifier_type, identifier_value, id_l, id_r from disputed "
        "where decision <> 'deferred'"
    ).fetchall():
        holders[(kind, value)].update((left, right))
    bearers: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for label, kind, value, left, right in cursor.execute(
        "select label, identifier_type, identifier_value, id_l, id_r from disputed "
        "join components on id_l = components.id where decision = 'deferred'"
    ).fetchall():
        bearers[(label, kind, value)].update((left, right))
    for (label, kind, value), records in sorted(bearers.items()):
        held_by = holders[(kind, value)]
        yield label, kind, value, Disputed(held_by, records - held_by)
