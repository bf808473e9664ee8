"""Settling one component in which not everybody can be the same person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from goldthread.identity.groups import Groups

if TYPE_CHECKING:
    from goldthread.identity.weighing import Judge


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
    groups = Groups(component, judge, limits)
    held_back = []
    for edge in sorted(component.edges, key=attrgetter("rank")):
        left, right = groups.of[edge.left], groups.of[edge.right]
        if left == right or groups.are_apart(left, right):
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
