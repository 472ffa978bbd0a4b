"""The region tree: superpixels merged two by two, the least different neighbours first, up to the whole.

How different two neighbours are is read from the outline between them, from their histograms of lightness,
colour and texture, and from their sizes: a small region has to be far more different than a large one to
stay on its own, else the top of the tree would be specks against the rest.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.regions.leaves import Leaves, apart
from dtwinseger.tools.regions.superpixels import Contacts


@dataclass(frozen=True)
class MergeRule:
    """What sets two neighbours apart: weighted parts (each in [0, 1]) times powers of their sizes.

    Tuned, coarsely, on even-ranked BSDS500 val names; the mean best IoU over all nodes is flat around these.

    Attributes:
        boundary: of the mean boundary strength along the shared outline.
        lightness, colour, texture: of the distances between the histograms.
        smaller_power: of the smaller one's share of the picture.
        larger_power: of the larger one's.
        enclosed: how far the difference sinks as the smaller outline is shared: bays and holes close early.
    """

    boundary: float = 2.5
    lightness: float = 0.25
    colour: float = 0.5
    texture: float = 1.0
    smaller_power: float = 0.2
    larger_power: float = 0.1
    enclosed: float = 0.3


OUTLINES_FIRST = MergeRule()
TEXTURE_FIRST = MergeRule(boundary=0.3, lightness=0.1, colour=0.3)
"""A second reading: shading and patterns within a thing are joined earlier, things of like texture too."""


@dataclass(frozen=True, eq=False)
class Tree:
    """A binary tree of regions. Nodes 0 to n - 1 are the leaves; children precede parents, the root is last.

    Attributes:
        parents: int64 (N,), N = 2n - 1; the root is its own parent.
        children: int64 (N, 2), -1 for leaves.
        areas: float64 (N,), pixels of the reduced picture.
        outlines: float64 (N,), length of the outline inside the picture, in pixel pairs.
        strengths: float64 (N,), mean boundary strength along it, in [0, 1]; 0 for the root.
        seams: float64 (N,), the same along the outline on which the children met; 0 for leaves.
        first, last: int64 (N,), a node's leaves are those of rank first <= rank < last.
        ranks: int64 (n,), rank of each leaf in depth-first order.
    """

    parents: NDArray[np.int64] = field(repr=False)
    children: NDArray[np.int64] = field(repr=False)
    areas: NDArray[np.float64] = field(repr=False)
    outlines: NDArray[np.float64] = field(repr=False)
    strengths: NDArray[np.float64] = field(repr=False)
    seams: NDArray[np.float64] = field(repr=False)
    first: NDArray[np.int64] = field(repr=False)
    last: NDArray[np.int64] = field(repr=False)
    ranks: NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def leaves(self) -> int:
        """How many leaves there are."""
        return len(self.ranks)

    @property
    def root(self) -> int:
        """The whole picture's node."""
        return len(self.parents) - 1

    def chain(self, node: int) -> list[int]:
        """A node and its ancestors, smallest first."""
        found = [node]
        while (above := int(self.parents[node])) != node:
            found.append(above)
            node = above
        return found


def region_tree(leaves: Leaves, contacts: Contacts, rule: MergeRule) -> Tree:
    """Merge the superpixels into one tree.

    Args:
        leaves: n of them, connected by their contacts.
        contacts: of the same leaves.
        rule: which neighbours go together first.
    """
    merger = _Merger(leaves, contacts, rule)
    merger.run()
    return merger.tree()


class _Merger:
    """The state of greedy merging. Node n + k is the k-th merge."""

    def __init__(self, leaves: Leaves, contacts: Contacts, rule: MergeRule) -> None:
        self.n = len(leaves)
        total = 2 * self.n - 1
        self.rule = rule
        self.groups = leaves.groups
        self.weights = np.array([getattr(rule, name) for name in leaves.groups])
        self.areas = np.zeros(total)
        self.areas[: self.n] = leaves.areas
        self.picture = leaves.areas.sum()
        self.histograms = np.zeros((total, leaves.histograms.shape[1]))
        self.histograms[: self.n] = leaves.histograms
        self.children = np.full((total, 2), -1, np.int64)
        self.parents = np.arange(total)
        self.seams = np.zeros(total)
        self.outlines = np.zeros(total)
        self.outline_sums = np.zeros(total)
        # Per living node: neighbour -> (length of the shared outline, summed strength along it).
        self.near: dict[int, dict[int, tuple[float, float]]] = {i: {} for i in range(self.n)}
        for (a, b), length, strength in zip(
            contacts.pairs.tolist(), contacts.lengths.tolist(), contacts.strengths.tolist(), strict=True
        ):
            self.near[a][b] = self.near[b][a] = (length, length * strength)
            for i in (a, b):
                self.outlines[i] += length
                self.outline_sums[i] += length * strength

    def run(self) -> None:
        """Merge until one region is left. Ties go to the older pair, so the order is fixed."""
        heap: list[tuple[float, int, int]] = []
        for a, around in self.near.items():
            later = sorted(b for b in around if b > a)
            heap.extend((d, a, b) for d, b in zip(self._differences(a, later), later, strict=True))
        heapq.heapify(heap)
        for new in range(self.n, 2 * self.n - 1):
            while True:
                _, a, b = heapq.heappop(heap)
                if a in self.near and b in self.near:
                    break
            self._merge(a, b, new)
            others = sorted(self.near[new])
            for d, b in zip(self._differences(new, others), others, strict=True):
                heapq.heappush(heap, (d, b, new))

    def _differences(self, node: int, others: list[int]) -> list[float]:
        """How different a living node is from some of its neighbours."""
        if not others:
            return []
        index, rule = np.array(others), self.rule
        shared = np.array([self.near[node][i] for i in others])
        looks = apart(self.histograms[node], self.histograms[index], self.groups) @ self.weights
        boundary = rule.boundary * shared[:, 1] / shared[:, 0]
        smaller = np.minimum(self.areas[node], self.areas[index]) / self.picture
        larger = np.maximum(self.areas[node], self.areas[index]) / self.picture
        sizes = smaller**rule.smaller_power * larger**rule.larger_power
        inside = shared[:, 0] / np.minimum(self.outlines[node], self.outlines[index])
        found: list[float] = ((boundary + looks) * sizes * (1 - rule.enclosed * inside)).tolist()
        return found

    def _merge(self, a: int, b: int, new: int) -> None:
        length, strength_sum = self.near[a][b]
        self.children[new] = a, b
        self.parents[[a, b]] = new
        self.areas[new] = self.areas[a] + self.areas[b]
        share = self.areas[a] / self.areas[new]
        self.histograms[new] = share * self.histograms[a] + (1 - share) * self.histograms[b]
        self.seams[new] = strength_sum / length
        self.outlines[new] = self.outlines[a] + self.outlines[b] - 2 * length
        self.outline_sums[new] = self.outline_sums[a] + self.outline_sums[b] - 2 * strength_sum
        joined: dict[int, tuple[float, float]] = {}
        for old in (a, b):
            for other, (more, more_sum) in self.near.pop(old).items():
                if other in (a, b):
                    continue
                had, had_sum = joined.get(other, (0.0, 0.0))
                joined[other] = (had + more, had_sum + more_sum)
                del self.near[other][old]
        for other, edge in joined.items():
            self.near[other][new] = edge
        self.near[new] = joined

    def tree(self) -> Tree:
        """What was found, with the leaves ranked depth first."""
        total = len(self.parents)
        counts = np.ones(total, np.int64)
        for node in range(self.n, total):
            counts[node] = counts[self.children[node]].sum()
        first = np.zeros(total, np.int64)
        for node in range(total - 1, self.n - 1, -1):
            left, right = self.children[node]
            first[left] = first[node]
            first[right] = first[node] + counts[left]
        strengths = np.clip(self.outline_sums / np.maximum(self.outlines, 1), 0.0, 1.0)
        strengths[-1] = 0.0
        return Tree(
            parents=self.parents,
            children=self.children,
            areas=self.areas,
            outlines=np.maximum(self.outlines, 0.0),
            strengths=strengths,
            seams=self.seams,
            first=first,
            last=first + counts,
            ranks=first[: self.n],
        )
