"""A region tree at the picture's full size: areas, boxes and masks of its nodes, and which go together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dtwinseger.tools.regions.hierarchy import Tree
from dtwinseger.tools.regions.scores import Scores
from dtwinseger.twin.masks import Mask

# Two masks for one prompt have areas at least this factor apart: nearly the same mask twice says nothing.
_DISTINCT = 0.5


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of a tree, with their extents at full size.

    Attributes:
        tree: of the reduced picture.
        scores: of its nodes.
        cut: bool (N,), the nodes that are whole things.
        ranks: uint16 (H, W), the rank of each pixel's leaf.
        masks: those asked for so far: a node has one Mask however often it is returned.
    """

    tree: Tree = field(repr=False)
    scores: Scores = field(repr=False)
    cut: NDArray[np.bool_] = field(repr=False)
    ranks: NDArray[np.uint16] = field(repr=False)
    masks: dict[int, Mask] = field(default_factory=dict, repr=False)

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return int(self.ranks.shape[0])

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""
        return int(self.ranks.shape[1])

    @cached_property
    def below_cut(self) -> NDArray[np.bool_]:
        """The nodes of the cut and all that lie below them: bool (N,)."""
        below = self.cut.copy()
        for node in range(self.tree.root - 1, -1, -1):
            below[node] |= below[self.tree.parents[node]]
        return below

    @cached_property
    def areas(self) -> NDArray[np.int64]:
        """Pixels of every node at full size: int64 (N,)."""
        # Row by row: numpy would widen the whole label map to 64 bits at once.
        counts = np.zeros(self.tree.leaves + 1, np.int64)
        for row in self.ranks:
            counts[1:] += np.bincount(row, minlength=self.tree.leaves)
        sums = np.cumsum(counts)
        areas: NDArray[np.int64] = sums[self.tree.last] - sums[self.tree.first]
        return areas

    @cached_property
    def boxes(self) -> NDArray[np.int64]:
        """Tightest boxes (x1, y1, x2, y2), x2 and y2 exclusive: int64 (N, 4); x2 <= x1 where empty."""
        nothing = [self.width, self.height, 0, 0]
        boxes = np.tile(np.array(nothing, np.int64), (len(self.tree), 1))
        # find_objects takes 0 for background.
        found: list[tuple[slice, slice] | None] = ndimage.find_objects(self.ranks + np.uint16(1))
        for leaf, rank in enumerate(self.tree.ranks.tolist()):
            if rank < len(found) and (place := found[rank]) is not None:
                boxes[leaf] = place[1].start, place[0].start, place[1].stop, place[0].stop
        for node in range(self.tree.leaves, len(self.tree)):
            one, other = boxes[self.tree.children[node]]
            boxes[node, :2] = np.minimum(one[:2], other[:2])
            boxes[node, 2:] = np.maximum(one[2:], other[2:])
        return boxes

    @cached_property
    def fill(self) -> NDArray[np.float64]:
        """Of every node, the share of its box that it covers: float64 (N,), in [0, 1]."""
        extents = np.maximum(self.boxes[:, 2:] - self.boxes[:, :2], 0).prod(axis=1)
        filled: NDArray[np.float64] = self.areas / np.maximum(extents, 1)
        return filled

    @cached_property
    def leaf_of_rank(self) -> NDArray[np.int64]:
        """The leaf that has each rank: int64 (n,)."""
        return np.argsort(self.tree.ranks)

    def mask(self, node: int) -> Mask:
        """A node's pixels."""
        if node not in self.masks:
            x1, y1, x2, y2 = self.boxes[node].tolist()
            window = self.ranks[y1:y2, x1:x2]
            inside = (window >= self.tree.first[node]) & (window < self.tree.last[node])
            self.masks[node] = Mask.from_dense(inside, origin=(x1, y1), size=(self.height, self.width))
        return self.masks[node]

    def chain_at(self, x: float, y: float) -> list[int]:
        """The leaf at a position (clamped to the picture) and its ancestors, smallest first."""
        column = min(max(int(np.floor(x)), 0), self.width - 1)
        row = min(max(int(np.floor(y)), 0), self.height - 1)
        return self.tree.chain(int(self.leaf_of_rank[self.ranks[row, column]]))

    def box_ious(self, box: NDArray[np.float64]) -> NDArray[np.float64]:
        """IoU of every node's box with a box (x1, y1, x2, y2), clamped to the picture: float64 (N,)."""
        x, y = np.sort(np.clip(box[::2], 0, self.width)), np.sort(np.clip(box[1::2], 0, self.height))
        low, high = np.maximum(self.boxes[:, :2], (x[0], y[0])), np.minimum(self.boxes[:, 2:], (x[1], y[1]))
        shared = np.maximum(high - low, 0).prod(axis=1)
        own = np.maximum(self.boxes[:, 2:] - self.boxes[:, :2], 0).prod(axis=1)
        union = own + (x[1] - x[0]) * (y[1] - y[0]) - shared
        ious: NDArray[np.float64] = shared / np.maximum(union, 1e-9)
        return ious

    def best_nested(
        self, nodes: NDArray[np.int64], values: NDArray[np.float64], most: int, start: int | None = None
    ) -> list[int]:
        """Up to ``most`` nodes on one branch of the tree, of clearly different size, greatest values first.

        Args:
            nodes: to choose from (K,).
            values: of those nodes (K,).
            most: how many.
            start: a node that is taken first whatever its value.
        """
        chosen = [] if start is None else [start]
        open_ = np.ones(len(nodes), np.bool_) if start is None else self._goes_with(nodes, start)
        while len(chosen) < most and open_.any():
            best = int(nodes[np.argmax(np.where(open_, values, -np.inf))])
            chosen.append(best)
            open_ &= self._goes_with(nodes, best)
        return chosen

    def _goes_with(self, nodes: NDArray[np.int64], one: int) -> NDArray[np.bool_]:
        """Which of the nodes contain ``one`` or lie in it, and are clearly larger or smaller."""
        first, last, areas = self.tree.first, self.tree.last, self.areas
        above = (first[nodes] <= first[one]) & (last[nodes] >= last[one])
        below = (first[nodes] >= first[one]) & (last[nodes] <= last[one])
        larger, smaller = np.maximum(areas[nodes], areas[one]), np.minimum(areas[nodes], areas[one])
        fits: NDArray[np.bool_] = (above | below) & (smaller <= _DISTINCT * larger) & (nodes != one)
        return fits
