"""Settling one component in which not everybody can be the same person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from goldthread.identity.weighing import Judge

# What the details of both sides must make of a join: more likely one person than not.
LEAST_PROBABILITY = 0.5
LARGE_SIDE = 3  # records: from there on the share of linked pairs counts


@dataclass(frozen=True)
class JoinLimits:
    """When a join that nothing contradicts is held back (seed ``join_limits``, docs/adr/0006).

    most_profiles: different named records one person may be known by. established_profiles: a side
    with this many is an established person. least_bridge_probability: what a single link needs to
    join two such sides. least_linked_share (not in the seed): of the pairs between large sides.
    """

    most_profiles: float
    established_profiles: int
    least_bridge_probability: float
    least_linked_share: float = 0.0

    @classmethod
    def of(cls, rows: Iterable[tuple[str, float]]) -> JoinLimits:
        """From limit_name, limit_value. Raises ValueError when one is missing or unknown."""
        found = dict(rows)
        names = {field.name for field in fields(cls) if field.default is MISSING}
        if found.keys() != names:
            raise ValueError(f"join_limits holds {sorted(found)}, not {sorted(names)}")
        return cls(
            int(found["most_profiles"]),
            int(found["established_profiles"]),
            float(found["least_bridge_probability"]),
        )


class Edge(NamedTuple):
    """A link between records ``left`` < ``right``. rank: smaller is followed first. is_decided:
    people decided it. is_certain: no evidence of the details outweighs it. is_by_details: nothing
    but the details makes it."""

    left: int
    right: int
    rank: tuple[Any, ...]
    is_decided: bool = False
    is_certain: bool = False
    is_by_details: bool = False


@dataclass
class Disputed:
    """A value that different people seem to hold. holders: records whose details tell who they are,
    also outside the component; bearers: records of the component that tell nothing else."""

    holders: set[int] = field(default_factory=set)
    bearers: set[int] = field(default_factory=set)


@dataclass
class Component:
    """edges: the links. levels: pair of records → level found for each comparison (-1 missing).
    other_suffix: pairs of "Jr." and "Sr.". apart: pairs that people decided are two persons.
    unique_ids: record → {(identifier_type, identifier_value)} of what a person has only one of.
    disputed: (identifier_type, identifier_value) → who has it. profiles: record → its profile."""

    edges: list[Edge] = field(default_factory=list)
    levels: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    other_suffix: set[tuple[int, int]] = field(default_factory=set)
    unique_ids: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    apart: set[tuple[int, int]] = field(default_factory=set)
    disputed: dict[tuple[str, str], Disputed] = field(default_factory=dict)
    profiles: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class HeldBack:
    """A link that nothing speaks against but the risk. because: oversize_cluster, bridge_link."""

    left: int
    right: int
    because: str


@dataclass(frozen=True)
class Settled:
    """clusters: the records that are one person each, in order. held_back: links for review."""

    clusters: list[list[int]]
    held_back: list[HeldBack]


def settle(component: Component, judge: Judge, limits: JoinLimits) -> Settled:
    """Merge records along the links, strongest first, as long as nothing speaks against it.

    A link is not followed when it would give one person two values of a unique identifier, when
    people decided that somebody on one side is not somebody on the other, or when the details of
    all records on both sides, taken together, make them two people. A risky one is held back: it
    would make a person of too many different records, or is all that joins two established people.
    Links that people decided are stopped only by such a decision. Last, a record that has nothing
    but a disputed value follows the value's holders, if these have become one.
    """
    groups = _Groups(component, judge, limits)
    held_back = []
    for edge in sorted(component.edges, key=attrgetter("rank")):
        left, right = groups.of[edge.left], groups.of[edge.right]
        if left == right or right in groups.apart[left]:
            continue
        if edge.is_decided:
            groups.merge(left, right)
        elif groups.may_join(left, right, is_certain=edge.is_certain):
            risk = None if edge.is_certain else groups.risk(left, right)
            if risk:
                held_back.append(HeldBack(edge.left, edge.right, risk))
            else:
                groups.merge(left, right)
    for _, disputed in sorted(component.disputed.items()):
        # A holder outside the component is a person of its own.
        owners = {groups.of.get(holder, holder) for holder in disputed.holders}
        for bearer in sorted(disputed.bearers) if len(owners) == 1 else ():
            left, right = groups.of[min(disputed.holders)], groups.of[bearer]
            if left != right and groups.may_join(left, right):
                groups.merge(left, right)
    return Settled(
        sorted(sorted(members) for members in groups.members.values()),
        # What came together by another way is no longer in question.
        [held for held in held_back if groups.of[held.left] != groups.of[held.right]],
    )


def contradict(left: set[tuple[str, str]], right: set[tuple[str, str]]) -> bool:
    """Whether each side holds a value of some unique identifier that the other lacks."""
    for kind in {kind for kind, _ in left} & {kind for kind, _ in right}:
        ours = {value for candidate, value in left if candidate == kind}
        theirs = {value for candidate, value in right if candidate == kind}
        if ours - theirs and theirs - ours:
            return True
    return False


class _Groups:
    """The records merged so far, and what is known between any two groups of them."""

    def __init__(self, component: Component, judge: Judge, limits: JoinLimits) -> None:
        self._judge = judge
        self._limits = limits
        nodes = {node for edge in component.edges for node in (edge.left, edge.right)}
        for disputed in component.disputed.values():
            nodes |= disputed.bearers
        self.of = {node: node for node in nodes}
        self.members = {node: {node} for node in nodes}
        self.unique_ids = {node: set(component.unique_ids.get(node, ())) for node in nodes}
        self.apart: dict[int, set[int]] = defaultdict(set)
        self._profiles = {
            node: {component.profiles[node]} if node in component.profiles else set()
            for node in nodes
        }
        self._links: dict[int, dict[int, list[Edge]]] = {node: defaultdict(list) for node in nodes}
        for edge in component.edges:
            self._links[edge.left][edge.right].append(edge)
            self._links[edge.right][edge.left].append(edge)
        self._levels: dict[int, dict[int, tuple[int, ...]]] = {node: {} for node in nodes}
        self._suffix: dict[int, set[int]] = defaultdict(set)
        for (left, right), levels in component.levels.items():
            if left in self.of and right in self.of:
                self._levels[left][right] = self._levels[right][left] = levels
        for pairs, known in ((component.apart, self.apart), (component.other_suffix, self._suffix)):
            for left, right in pairs:
                known[left].add(right)
                known[right].add(left)

    def may_join(self, left: int, right: int, *, is_certain: bool = False) -> bool:
        """Whether nothing that is known of the two groups speaks against one person."""
        if right in self.apart[left] or contradict(self.unique_ids[left], self.unique_ids[right]):
            return False
        if is_certain or self._is_chain(left, right):
            return is_certain
        if (levels := self._levels[left].get(right)) is None:
            return True
        probability = self._judge.probability(levels, right in self._suffix[left])
        return probability >= LEAST_PROBABILITY

    def _is_chain(self, left: int, right: int) -> bool:
        """Whether only few pairs link two large groups: of dozens of records of each of two
        people some two always look alike (chaining of single linkage, Jain and Dubes 1988)."""
        ours, theirs = len(self.members[left]), len(self.members[right])
        least = self._limits.least_linked_share * ours * theirs
        return min(ours, theirs) >= LARGE_SIDE and len(self._links[left].get(right, ())) < least

    def risk(self, left: int, right: int) -> str | None:
        """Why people should decide on this join; None where it is as safe as any."""
        ours, theirs = self._profiles[left], self._profiles[right]
        if len(ours | theirs) > self._limits.most_profiles:
            return "oversize_cluster"
        if (
            min(len(ours), len(theirs)) < self._limits.established_profiles
            or self._ways(left, right) > 1
        ):
            return None
        levels = self._levels[left].get(right)
        if levels is None:
            return "bridge_link"
        probability = self._judge.probability(levels, right in self._suffix[left])
        return "bridge_link" if probability < self._limits.least_bridge_probability else None

    def _ways(self, left: int, right: int) -> int:
        """In how many ways two groups are linked. However many records one record resembles, its
        details are one way: if they are wrong, all of them are."""
        edges = self._links[left].get(right, [])
        alike = [edge for edge in edges if edge.is_by_details]
        ends = [
            {end for edge in alike for end in (edge.left, edge.right) if self.of[end] == group}
            for group in (left, right)
        ]
        return len(edges) - len(alike) + min(map(len, ends))

    def merge(self, left: int, right: int) -> None:
        """Make one group of two."""
        kept, gone = sorted((left, right), key=lambda group: (-len(self.members[group]), group))
        for node in self.members[gone]:
            self.of[node] = kept
        self.members[kept] |= self.members.pop(gone)
        self.unique_ids[kept] |= self.unique_ids.pop(gone)
        self._profiles[kept] |= self._profiles.pop(gone)
        for other, edges in self._links.pop(gone).items():
            del self._links[other][gone]
            if other != kept:
                self._links[kept][other] += edges
                self._links[other][kept] += edges
        for other, levels in self._levels.pop(gone).items():
            del self._levels[other][gone]
            if other != kept:
                known = self._levels[kept].get(other)
                together = self._judge.best(known, levels) if known else levels
                self._levels[kept][other] = self._levels[other][kept] = together
        for relation in (self.apart, self._suffix):
            for other in relation.pop(gone, set()):
                relation[other].discard(gone)
                if other != kept:
                    relation[other].add(kept)
                    relation[kept].add(other)
