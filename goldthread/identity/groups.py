"""Groups of records that were merged so far, and what is known between any two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from goldthread.identity.component import Component, Edge, JoinLimits
    from goldthread.identity.weighing import Judge

# What the details of both sides must make of a join: more likely one person than not.
LEAST_PROBABILITY = 0.5
LARGE_SIDE = 3  # records: from there on the share of linked pairs counts
SMALL = 16  # records: two groups of them are looked at again sooner than looked up

Found = TypeVar("Found")


class Groups:
    """The records merged so far. What is known between two groups is put together when it is asked
    for, from the records of the smaller one: most groups are never asked about."""

    def __init__(self, component: Component, judge: Judge, limits: JoinLimits) -> None:
        self._judge = judge
        self._limits = limits
        self._edges = component.edges
        nodes = {node for edge in component.edges for node in (edge.left, edge.right)}
        for disputed in component.disputed.values():
            nodes |= disputed.bearers
        self.of = {node: node for node in nodes}
        self.members = {node: [node] for node in nodes}
        self._apart = _by_node(component.apart)
        self._unique_ids = {node: set(ids) for node, ids in component.unique_ids.items()}
        self._profiles = {node: {profile} for node, profile in component.profiles.items()}
        self._suffix = component.other_suffix
        self._compared: dict[int, list[int]] = {}
        for left, right in component.levels:
            if left in nodes and right in nodes:
                self._compared.setdefault(left, []).append(right)
                self._compared.setdefault(right, []).append(left)
        self._levels = component.levels
        self._links: dict[int, list[Edge]] | None = None
        self._known: dict[tuple[str, int, int], tuple[int, object]] = {}

    def are_apart(self, left: int, right: int) -> bool:
        """Whether people decided that somebody on one side is not somebody on the other."""
        return right in self._apart.get(left, ())

    def may_join(self, left: int, right: int, *, is_certain: bool = False) -> bool:
        """Whether nothing that is known of the two groups speaks against one person."""
        ours, theirs = self._unique_ids.get(left), self._unique_ids.get(right)
        if (ours and theirs and contradict(ours, theirs)) or self.are_apart(left, right):
            return False
        if is_certain or self._is_chain(left, right):
            return is_certain
        probability = self._probability(left, right)
        return probability is None or probability >= LEAST_PROBABILITY

    def _probability(self, left: int, right: int) -> float | None:
        """What the details of both groups make of one person; None where nothing is compared."""
        return self._once(self._weighed, left, right)

    def _once(self, find: Callable[[int, int], Found], left: int, right: int) -> Found:
        """What ``find`` finds of two groups, once: until one of them has grown."""
        size = len(self.members[left]) + len(self.members[right])
        if size <= SMALL:
            return find(left, right)
        key = (find.__name__, left, right) if left < right else (find.__name__, right, left)
        known = self._known.get(key)
        if known is None or known[0] != size:
            known = self._known[key] = size, find(left, right)
        return cast("Found", known[1])

    def _weighed(self, left: int, right: int) -> float | None:
        few, many = self._by_size(left, right)
        found, suffixes_differ = None, False
        for node in self.members[few]:
            for other in self._compared.get(node, ()):
                if self.of[other] == many:
                    pair = (node, other) if node < other else (other, node)
                    levels = self._levels[pair]
                    found = self._judge.best(found, levels) if found else levels
                    suffixes_differ = suffixes_differ or pair in self._suffix
        return self._judge.probability(found, suffixes_differ) if found else None

    def _is_chain(self, left: int, right: int) -> bool:
        """Whether only few pairs link two large groups: of dozens of records of each of two
        people some two always look alike (chaining of single linkage, Jain and Dubes 1988)."""
        ours, theirs = len(self.members[left]), len(self.members[right])
        least = self._limits.least_linked_share * ours * theirs
        if least == 0 or min(ours, theirs) < LARGE_SIDE:
            return False
        return self._once(self._link_count, left, right) < least

    def risk(self, left: int, right: int) -> str | None:
        """Why people should decide on this join; None where it is as safe as any."""
        nobody: set[int] = set()
        ours = self._profiles.get(left, nobody)
        theirs = self._profiles.get(right, nobody)
        if len(ours | theirs) > self._limits.most_profiles:
            return "oversize_cluster"
        if (
            min(len(ours), len(theirs)) < self._limits.established_profiles
            or self._once(self._ways, left, right) > 1
        ):
            return None
        probability = self._probability(left, right)
        if probability is None or probability < self._limits.least_bridge_probability:
            return "bridge_link"
        return None

    def _ways(self, left: int, right: int) -> int:
        """In how many ways two groups are linked. However many records one record resembles, its
        details are one way: if they are wrong, all of them are."""
        edges = self._between(left, right)
        alike = [edge for edge in edges if edge.is_by_details]
        ends = [
            {end for edge in alike for end in (edge.left, edge.right) if self.of[end] == group}
            for group in (left, right)
        ]
        return len(edges) - len(alike) + min(map(len, ends))

    def _link_count(self, left: int, right: int) -> int:
        return len(self._between(left, right))

    def _between(self, left: int, right: int) -> list[Edge]:
        """The links between two groups."""
        if self._links is None:
            self._links = {node: [] for node in self.of}
            for edge in self._edges:
                self._links[edge.left].append(edge)
                self._links[edge.right].append(edge)
        few, many = self._by_size(left, right)
        return [
            edge
            for node in self.members[few]
            for edge in self._links[node]
            if self.of[edge.right if edge.left == node else edge.left] == many
        ]

    def _by_size(self, left: int, right: int) -> tuple[int, int]:
        """The smaller group and the larger one; of equal ones the second is the smaller."""
        is_first = (-len(self.members[left]), left) < (-len(self.members[right]), right)
        return (right, left) if is_first else (left, right)

    def merge(self, left: int, right: int) -> None:
        """Make one group of two."""
        gone, kept = self._by_size(left, right)
        members = self.members.pop(gone)
        for node in members:
            self.of[node] = kept
        self.members[kept] += members
        if gone in self._unique_ids:
            self._unique_ids.setdefault(kept, set()).update(self._unique_ids.pop(gone))
        if gone in self._profiles:
            self._profiles.setdefault(kept, set()).update(self._profiles.pop(gone))
        for other in self._apart.pop(gone, ()):
            self._apart[other].discard(gone)
            if other != kept:
                self._apart[other].add(kept)
                self._apart.setdefault(kept, set()).add(other)


def _by_node(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Node → the others of its pairs."""
    found: dict[int, set[int]] = {}
    for left, right in pairs:
        found.setdefault(left, set()).add(right)
        found.setdefault(right, set()).add(left)
    return found


def contradict(left: set[tuple[str, str]], right: set[tuple[str, str]]) -> bool:
    """Whether each side holds a value of some unique identifier that the other lacks."""
    for kind in {kind for kind, _ in left} & {kind for kind, _ in right}:
        ours = {value for candidate, value in left if candidate == kind}
        theirs = {value for candidate, value in right if candidate == kind}
        if ours - theirs and theirs - ours:
            return True
    return False
