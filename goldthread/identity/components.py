"""Connected components of pairs, by scipy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Components:
    """nodes: every id that occurs in a pair, ascending. labels: its component, same length."""

    nodes: Ids
    labels: Ids

    @property
    def firsts(self) -> Ids:
        """For each node the smallest one of its component."""
        import numpy as np

        first = np.empty(self.labels.max(initial=-1) + 1, dtype=np.int64)
        # Of several values for one place the last one written stays.
        first[self.labels[::-1]] = self.nodes[::-1]
        return first[self.labels]


def component_of(left: Ids, right: Ids) -> Components:
    """Components of the graph whose edges are (left[i], right[i]); ids from 0 on."""
    import numpy as np
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    # Ids are positions in a table: marking them is quicker than sorting them.
    occurs = np.zeros(max(left.max(initial=-1), right.max(initial=-1)) + 1, dtype=bool)
    occurs[left] = occurs[right] = True
    nodes = np.flatnonzero(occurs).astype(np.int64)
    if not len(nodes):
        return Components(nodes, nodes)
    position = np.cumsum(occurs) - 1
    rows, columns = position[left], position[right]
    graph = coo_matrix(
        (np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(len(nodes), len(nodes))
    )
    _, labels = connected_components(graph, directed=False)
    return Components(nodes, labels.astype(np.int64))
