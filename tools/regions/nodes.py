"""The nodes of the region trees at the picture's full size: areas, boxes, masks, and which go together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dtwinseger.tools.regions.forest import Forest
from dtwinseger.twin.masks import Mask

# Two masks for one box have areas at least this factor apart: nearly the same mask twice says nothing.
_DISTINCT = 0.5
# Of one point, how likely each node around it is what was meant: predicted IoU^1.5 / (share of picture)^0.4.
# Large things are asked about by many points, each of which would answer with them; so that small ones are
# answered with at all, a point of theirs prefers them. Below the least share, smallness earns nothing more.
_MEANT_BY_SCORE = 1.5
_MEANT_BY_SIZE = -0.4
_LEAST_SHARE = 0.001


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of a forest, with their extents at full size.

    Attributes:
        forest: of the reduced picture.
        ious: float64 (N,), predicted IoU.
        cut: bool (N,), the nodes of the first tree that are whole things.
        ranks: uint16 (T, H, W), the rank of each pixel's leaf in each tree.
        masks: those asked for so far: a region has one Mask however often it is returned.
    """

    forest: Forest = field(repr=False)
    ious: NDArray[np.float64] = field(repr=False)
    cut: NDArray[np.bool_] = field(repr=False)
    ranks: NDArray[np.uint16] = field(repr=False)
    masks: dict[int, Mask] = field(default_factory=dict, repr=False)

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return int(self.ranks.shape[1])

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""
        return int(self.ranks.shape[2])

    @cached_property
    def below_cut(self) -> NDArray[np.bool_]:
        """The nodes of the cut and all that lie below them: bool (N,)."""
        below = self.cut.copy()
        for node in range(len(self.forest) - 1, -1, -1):
            below[node] |= below[self.forest.parents[node]]
        return below

    @cached_property
    def areas(self) -> NDArray[np.int64]:
        """Pixels of every node at full size: int64 (N,)."""
        # Row by row: numpy would widen the whole label map to 64 bits at once.
        n = self.forest.leaves
        of_first_tree = np.zeros(n, np.int64)
        for row in self.ranks[0]:
            of_first_tree += np.bincount(row, minlength=n)
        counts = np.zeros(self.forest.ranks.size, np.int64)
        counts[self.forest.ranks] = of_first_tree[self.forest.ranks[0]]
        sums = np.concatenate(([0], np.cumsum(counts)))
        areas: NDArray[np.int64] = sums[self.forest.last] - sums[self.forest.first]
        return areas

    @cached_property
    def boxes(self) -> NDArray[np.int64]:
        """Tightest boxes (x1, y1, x2, y2), x2 and y2 exclusive: int64 (N, 4); x2 <= x1 where empty."""
        forest, n = self.forest, self.forest.leaves
        nothing = [self.width, self.height, 0, 0]
        boxes = np.tile(np.array(nothing, np.int64), (len(forest), 1))
        # find_objects takes 0 for background.
        found: list[tuple[slice, slice] | None] = ndimage.find_objects(self.ranks[0] + np.uint16(1))
        for leaf, rank in enumerate(forest.ranks[0].tolist()):
            if rank < len(found) and (place := found[rank]) is not None:
                boxes[leaf] = place[1].start, place[0].start, place[1].stop, place[0].stop
        size = len(forest.trees[0])
        for start in range(0, len(forest), size):
            boxes[start : start + n] = boxes[:n]
            for node in range(start + n, start + size):
                one, other = boxes[forest.children[node]]
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
    def meant(self) -> NDArray[np.float64]:
        """How likely each node is what a point in it means, up to a factor: float64 (N,), 0 or more."""
        share = np.maximum(self.areas / (self.height * self.width), _LEAST_SHARE)
        likely: NDArray[np.float64] = self.ious**_MEANT_BY_SCORE * share**_MEANT_BY_SIZE
        return likely

    @cached_property
    def leaf_of_rank(self) -> NDArray[np.int64]:
        """The leaf that has each rank in the first tree: int64 (n,)."""
        return np.argsort(self.forest.ranks[0])

    def mask(self, node: int) -> Mask:
        """A node's pixels."""
        node = int(self.forest.same[node])
        if node not in self.masks:
            tree = node // len(self.forest.trees[0])
            before = tree * self.forest.leaves
            first, last = self.forest.first[node] - before, self.forest.last[node] - before
            x1, y1, x2, y2 = self.boxes[node].tolist()
            window = self.ranks[tree, y1:y2, x1:x2]
            inside = (window >= first) & (window < last)
            self.masks[node] = Mask.from_dense(inside, origin=(x1, y1), size=(self.height, self.width))
        return self.masks[node]

    def leaf_at(self, x: float, y: float) -> int:
        """The leaf at a position (clamped to the picture)."""
        column = min(max(int(np.floor(x)), 0), self.width - 1)
        row = min(max(int(np.floor(y)), 0), self.height - 1)
        return int(self.leaf_of_rank[self.ranks[0, row, column]])

    def box_ious(self, box: NDArray[np.float64]) -> NDArray[np.float64]:
        """IoU of every node's box with a box (x1, y1, x2, y2), clamped to the picture: float64 (N,)."""
        x, y = np.sort(np.clip(box[::2], 0, self.width)), np.sort(np.clip(box[1::2], 0, self.height))
        low, high = np.maximum(self.boxes[:, :2], (x[0], y[0])), np.minimum(self.boxes[:, 2:], (x[1], y[1]))
        shared = np.maximum(high - low, 0).prod(axis=1)
        own = np.maximum(self.boxes[:, 2:] - self.boxes[:, :2], 0).prod(axis=1)
        union = own + (x[1] - x[0]) * (y[1] - y[0]) - shared
        ious: NDArray[np.float64] = shared / np.maximum(union, 1e-9)
        return ious

    def telling(self, chain: NDArray[np.int64], most: int, *, whole: bool = False) -> list[int]:
        """Up to ``most`` nodes of a chain that stand for all of it best, in the order of choice.

        Any node of the chain may be meant; each step takes the node that raises the expected best IoU most.
        Of nested masks that is the ratio of the areas.

        Args:
            chain: nodes (K,), each within the next.
            most: how many.
            whole: take the largest node first in any case.
        """
        areas = np.maximum(self.areas[chain], 1).astype(np.float64)
        overlap = np.minimum(areas[:, None], areas) / np.maximum(areas[:, None], areas)
        likely = self.meant[chain]
        chosen: list[int] = [len(chain) - 1] if whole else []
        answered = overlap[chosen].max(axis=0, initial=0.0)
        while len(chosen) < most:
            gains = np.maximum(overlap - answered, 0.0) @ likely
            best = int(np.argmax(gains))
            if gains[best] <= 0:
                break
            chosen.append(best)
            answered = np.maximum(answered, overlap[best])
        return [int(chain[place]) for place in chosen]

    def best_nested(self, nodes: NDArray[np.int64], values: NDArray[np.float64], most: int) -> list[int]:
        """Up to ``most`` nodes on one branch of a tree, of clearly different size, greatest values first.

        Args:
            nodes: to choose from (K,).
            values: of those nodes (K,).
            most: how many.
        """
        chosen: list[int] = []
        open_ = np.ones(len(nodes), np.bool_)
        while len(chosen) < most and open_.any():
            best = int(nodes[np.argmax(np.where(open_, values, -np.inf))])
            chosen.append(best)
            open_ &= self._goes_with(nodes, best)
        return chosen

    def _goes_with(self, nodes: NDArray[np.int64], one: int) -> NDArray[np.bool_]:
        """Which of the nodes contain ``one`` or lie in it, and are clearly larger or smaller."""
        first, last, areas = self.forest.first, self.forest.last, self.areas
        above = (first[nodes] <= first[one]) & (last[nodes] >= last[one])
        below = (first[nodes] >= first[one]) & (last[nodes] <= last[one])
        larger, smaller = np.maximum(areas[nodes], areas[one]), np.minimum(areas[nodes], areas[one])
        fits: NDArray[np.bool_] = (above | below) & (smaller <= _DISTINCT * larger) & (nodes != one)
        return fits
