"""From links to clusters: connected components, and care where a component holds two people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from goldthread.identity.components import component_of
from goldthread.identity.workspace import adopt, scratch

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Evidence of one pair counts up to these many bits, so that no pair outvotes all others.
MOST_BITS = 12.0
LOG_ODDS = (
    f"case when match_probability is not null then greatest(-{MOST_BITS}, least({MOST_BITS}, "
    "log2(greatest(match_probability, 1e-9) / greatest(1 - match_probability, 1e-9)))) end"
)

# What sharing an identifier counts for where the records say nothing else to compare.
UNSCORED = 8.0

# A shared identifier that is one person's alone, or a person's decision, outvotes the rest.
CERTAIN = 200.0


@dataclass(frozen=True)
class Edge:
    """A link between records ``left`` and ``right`` (positions). rank: smaller is taken first."""

    left: int
    right: int
    rank: tuple[Any, ...]
    is_decided: bool


@dataclass
class Contested:
    """One component in which somebody must be kept apart.

    edges: its links. evidence: bits for (positive) or against one person, by pair of records.
    unique_ids: record → {(identifier_type, identifier_value)} of identifiers one person has one of.
    apart: pairs that people decided are different persons.
    """

    edges: list[Edge] = field(default_factory=list)
    evidence: dict[tuple[int, int], float] = field(default_factory=dict)
    unique_ids: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    apart: set[tuple[int, int]] = field(default_factory=set)


def cluster_records(
    records: Any, edges: Any, scored_pairs: Any, identifiers: Any, session: Any
) -> pa.Table:
    """Put every source record into one cluster.

    records: source_record_key. edges: left_key, right_key, decision (linked, apart: people decided
    that these are two persons; others are ignored), priority (0: people decided), is_certain,
    match_probability (null when the records cannot be compared). scored_pairs: left_key, right_key,
    match_probability. identifiers: source_record_key, identifier_type, identifier_value,
    is_unique_per_person.
    Returns source_record_key, cluster_key (the smallest source_record_key of the cluster).
    The result depends on the set of rows only, never on their order.
    """
    with scratch(session) as cursor:
        for name, table in (
            ("records_in", records),
            ("edges_in", edges),
            ("scored_in", scored_pairs),
            ("identifiers_in", identifiers),
        ):
            adopt(cursor, name, table)
        _write_graph(cursor)
        moved = _settled(cursor)
        cursor.register("moved", moved)
        result = cursor.execute(
            """
            with labelled as (
                select
                    nodes.source_record_key,
                    coalesce(moved.label, components.label, nodes.id) as label,
                    case
                        when moved.label is not null then 'settled'
                        when components.label is not null then 'component'
                        else 'alone'
                    end as kind
                from nodes
                left join components using (id)
                left join moved using (id)
            )
            select
                source_record_key,
                min(source_record_key) over (partition by kind, label) as cluster_key
            from labelled
            order by source_record_key
            """
        ).to_arrow_table()
        cursor.unregister("moved")
        return result


def _write_graph(cursor: duckdb.DuckDBPyConnection) -> None:
    """Write tables nodes (id by key), links, components (id, label) and contested (label)."""
    import pyarrow as pa

    cursor.execute(
        "create table nodes as select source_record_key, "
        "row_number() over (order by source_record_key) as id from records_in"
    )
    cursor.execute(
        f"""
        create table links as
        select
            least(l.id, r.id) as id_l,
            greatest(l.id, r.id) as id_r,
            edges_in.priority,
            coalesce({LOG_ODDS}, {UNSCORED}) as bits,
            edges_in.is_certain
        from edges_in
        join nodes as l on edges_in.left_key = l.source_record_key
        join nodes as r on edges_in.right_key = r.source_record_key
        where edges_in.decision = 'linked'
        """
    )
    pairs = cursor.execute("select id_l, id_r from links").fetchnumpy()
    found = component_of(pairs["id_l"], pairs["id_r"])
    cursor.register("found", pa.table({"id": found.nodes, "label": found.labels}))
    cursor.execute("create table components as select * from found")
    cursor.unregister("found")
    cursor.execute(
        f"""
        create table evidence as
        select l.id as id_l, r.id as id_r, {LOG_ODDS} as bits
        from scored_in
        join nodes as l on scored_in.left_key = l.source_record_key
        join nodes as r on scored_in.right_key = r.source_record_key
        """
    )
    cursor.execute(
        "create table unique_ids as select nodes.id, identifier_type, identifier_value "
        "from identifiers_in join nodes using (source_record_key) where is_unique_per_person"
    )
    cursor.execute(
        """
        create table kept_apart as
        select l.id as id_l, r.id as id_r
        from edges_in
        join nodes as l on edges_in.left_key = l.source_record_key
        join nodes as r on edges_in.right_key = r.source_record_key
        where edges_in.decision = 'apart'
        """
    )
    cursor.execute(
        """
        create table contested as
        select label
        from unique_ids join components using (id)
        group by label, identifier_type
        having count(distinct identifier_value) > 1
        union
        select l.label
        from (
            select id_l, id_r from evidence where bits < -1
            union all select id_l, id_r from kept_apart
        ) as against
        join components as l on against.id_l = l.id
        join components as r on against.id_r = r.id and l.label = r.label
        """
    )


def _settled(cursor: duckdb.DuckDBPyConnection) -> pa.Table:
    """Cluster the records of contested components one component at a time: id, label."""
    import pyarrow as pa

    ids: list[int] = []
    labels: list[int] = []
    for component in _contested(cursor):
        for cluster in settle(component):
            ids.extend(cluster)
            labels.extend([min(cluster)] * len(cluster))
    return pa.table({"id": pa.array(ids, "int64"), "label": pa.array(labels, "int64")})


def _contested(cursor: duckdb.DuckDBPyConnection) -> Iterator[Contested]:
    components: dict[int, Contested] = defaultdict(Contested)
    of_contested = "join components on id_l = components.id join contested using (label)"
    for label, left, right, priority, bits, certain in cursor.execute(
        f"select label, id_l, id_r, priority, bits, is_certain from links {of_contested}"
    ).fetchall():
        component = components[label]
        component.edges.append(
            Edge(left, right, (priority, -bits, left, right), is_decided=priority == 0)
        )
        known = component.evidence.get((left, right), bits)
        component.evidence[(left, right)] = CERTAIN if certain else max(known, bits)
    for label, left, right, bits in cursor.execute(
        f"select label, id_l, id_r, bits from evidence {of_contested}"
    ).fetchall():
        known = components[label].evidence
        if known.get((left, right)) != CERTAIN:
            known[(left, right)] = bits
    for label, record, kind, value in cursor.execute(
        "select label, id, identifier_type, identifier_value from unique_ids "
        "join components using (id) join contested using (label)"
    ).fetchall():
        components[label].unique_ids.setdefault(record, set()).add((kind, value))
    for label, left, right in cursor.execute(
        f"select label, id_l, id_r from kept_apart {of_contested}"
    ).fetchall():
        components[label].apart.add((left, right))
    yield from (components[label] for label in sorted(components))


def settle(component: Contested) -> Iterable[list[int]]:
    """Merge records along the links, strongest first, as long as nothing speaks against it.

    A link is not followed when it would give one person two values of a unique identifier, when
    people decided that somebody on one side is not somebody on the other, or when the evidence
    of all pairs across is against one person. Links that people decided pass but for a decision.
    """
    members: dict[int, set[int]] = {}
    cluster_of: dict[int, int] = {}
    across: dict[int, dict[int, float]] = defaultdict(dict)
    banned: dict[int, set[int]] = defaultdict(set)
    unique: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for edge in component.edges:
        for node in (edge.left, edge.right):
            members.setdefault(node, {node})
            cluster_of.setdefault(node, node)
            unique[node] = set(component.unique_ids.get(node, ()))
    for (left, right), bits in component.evidence.items():
        if left in members and right in members:
            across[left][right] = across[right][left] = bits
    for left, right in component.apart:
        banned[left].add(right)
        banned[right].add(left)
    for edge in sorted(component.edges, key=lambda edge: edge.rank):
        left, right = cluster_of[edge.left], cluster_of[edge.right]
        if left == right or right in banned[left]:
            continue
        if not edge.is_decided and (
            _contradict(unique[left], unique[right]) or across[left].get(right, 0.0) <= 0
        ):
            continue
        if len(members[left]) < len(members[right]):
            left, right = right, left
        for node in members[right]:
            cluster_of[node] = left
        members[left] |= members.pop(right)
        unique[left] |= unique.pop(right)
        for other, bits in across.pop(right).items():
            across[other].pop(right, None)
            if other != left:
                total = across[left].get(other, 0.0) + bits
                across[left][other] = across[other][left] = total
        for other in banned.pop(right, set()):
            banned[other].discard(right)
            banned[other].add(left)
            banned[left].add(other)
    return [sorted(cluster) for cluster in members.values()]


def _contradict(left: set[tuple[str, str]], right: set[tuple[str, str]]) -> bool:
    """Whether each side holds a value of some unique identifier that the other lacks."""
    kinds = {kind for kind, _ in left} & {kind for kind, _ in right}
    for kind in kinds:
        ours = {value for candidate, value in left if candidate == kind}
        theirs = {value for candidate, value in right if candidate == kind}
        if ours - theirs and theirs - ours:
            return True
    return False
