"""A component in which not everybody can be the same person, and the limits of what is joined."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, NamedTuple


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
