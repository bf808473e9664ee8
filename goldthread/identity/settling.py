"""Settling one component in which not everybody can be the same person."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from goldthread.identity.component import Component, JoinLimits
from goldthread.identity.groups import Groups

if TYPE_CHECKING:
    from goldthread.identity.weighing import Judge


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
