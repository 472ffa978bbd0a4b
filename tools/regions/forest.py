"""Several region trees over the same leaves as one table of nodes.

One binary tree has one reading of a picture: it joins the stripes of a shirt first, or the stripes of the
shirt to those of the wall. Trees that weigh the cues differently disagree exactly where that is unclear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.regions.hierarchy import Tree


@dataclass(frozen=True, eq=False)
class Forest:
    """T trees over n leaves. Nodes are numbered tree by tree; the leaves of all trees are the same regions.

    Attributes:
        trees: the trees.
        parents: int64 (N,), N = T (2n - 1); a root is its own parent.
        children: int64 (N, 2), -1 for leaves.
        first, last: int64 (N,), a node's leaves are those of rank first <= rank < last; ranks of tree t lie
            in [t n, (t + 1) n), so that ranges of different trees never meet.
        ranks: int64 (T, n), rank of each leaf in each tree.
        same: int64 (N,), the first node with the same leaves: itself, or a node of an earlier tree.
    """

    trees: tuple[Tree, ...]
    parents: NDArray[np.int64] = field(repr=False)
    children: NDArray[np.int64] = field(repr=False)
    first: NDArray[np.int64] = field(repr=False)
    last: NDArray[np.int64] = field(repr=False)
    ranks: NDArray[np.int64] = field(repr=False)
    same: NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def leaves(self) -> int:
        """How many leaves each tree has."""
        return int(self.ranks.shape[1])

    def chain(self, tree: int, leaf: int) -> list[int]:
        """A leaf and its ancestors in one of the trees, smallest first."""
        start = tree * len(self.trees[0])
        return [start + node for node in self.trees[tree].chain(leaf)]


def forest(trees: Sequence[Tree]) -> Forest:
    """Put trees together.

    Args:
        trees: at least one, all over the same leaves.
    """
    size, n = len(trees[0]), trees[0].leaves
    first = np.concatenate([tree.first + k * n for k, tree in enumerate(trees)])
    return Forest(
        trees=tuple(trees),
        parents=np.concatenate([tree.parents + k * size for k, tree in enumerate(trees)]),
        children=np.concatenate(
            [np.where(tree.children < 0, -1, tree.children + k * size) for k, tree in enumerate(trees)]
        ),
        first=first,
        last=np.concatenate([tree.last + k * n for k, tree in enumerate(trees)]),
        ranks=np.stack([tree.ranks + k * n for k, tree in enumerate(trees)]),
        same=_same(trees),
    )


def _same(trees: Sequence[Tree]) -> NDArray[np.int64]:
    """For every node of every tree, the first node of any that has the same leaves: (N,)."""
    seen: dict[bytes, int] = {}
    same: list[int] = []
    for tree in trees:
        inside = (tree.ranks >= tree.first[:, None]) & (tree.ranks < tree.last[:, None])
        for packed in np.packbits(inside, axis=1):
            same.append(seen.setdefault(packed.tobytes(), len(same)))
    return np.array(same, np.int64)
