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

from dtwinseger.tools.regions.boundaries import Cues
from dtwinseger.tools.regions.superpixels import Contacts, Labels


@dataclass(frozen=True)
class MergeRule:
    """Weights of what sets two neighbours apart (each part lies in [0, 1]).

    Tuned on 16 even-ranked BSDS500 val names; the mean best IoU over all nodes is flat around these.
    """

    boundary: float = 2.5
    lightness: float = 0.1
    colour: float = 0.5
    texture: float = 0.25
    size_power: float = 0.25


@dataclass(frozen=True, eq=False)
class Tree:
    """A binary tree of regions. Nodes 0 to n - 1 are the leaves; children precede parents, the root is last.

    Attributes:
        parents: int64 (N,), N = 2n - 1; the root is its own parent.
        children: int64 (N, 2), -1 for leaves.
        altitudes: float64 (N,), difference at which a node's two children met, rising upwards; 0 for leaves.
        areas: float64 (N,), pixels of the reduced picture.
        outlines: float64 (N,), length of the outline inside the picture, in pixel pairs.
        strengths: float64 (N,), mean boundary strength along it, in [0, 1]; 0 for the root.
        seams: float64 (N,), the same along the outline on which the children met; 0 for leaves.
        first, last: int64 (N,), a node's leaves are those of rank first <= rank < last.
        ranks: int64 (n,), rank of each leaf in depth-first order.
    """

    parents: NDArray[np.int64] = field(repr=False)
    children: NDArray[np.int64] = field(repr=False)
    altitudes: NDArray[np.float64] = field(repr=False)
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


def region_tree(labels: Labels, cues: Cues, contacts: Contacts, rule: MergeRule | None = None) -> Tree:
    """Merge the superpixels into one tree.

    Args:
        labels: int32 (h, w), 0 to n - 1, every one present and 4-connected.
        cues: of the same picture.
        contacts: of the same labels.
    """
    merger = _Merger(labels, cues, contacts, rule or MergeRule())
    merger.run()
    return merger.tree()


class _Merger:
    """The state of greedy merging. Node n + k is the k-th merge."""

    def __init__(self, labels: Labels, cues: Cues, contacts: Contacts, rule: MergeRule) -> None:
        self.n = int(labels.max()) + 1
        total = 2 * self.n - 1
        flat = labels.ravel()
        self.rule = rule
        self.areas = np.zeros(total)
        self.areas[: self.n] = np.bincount(flat, minlength=self.n)
        self.histograms = np.zeros((total, len(cues.bins)))
        for c, plane in enumerate(cues.bins):
            self.histograms[: self.n, c] = np.bincount(flat, plane.ravel(), self.n) / self.areas[: self.n]
        self.starts = np.array([part.start for part in cues.groups.values()])
        weight_of = {"lightness": rule.lightness, "colour": rule.colour, "texture": rule.texture}
        self.weights = np.array([weight_of[name] for name in cues.groups])
        self.children = np.full((total, 2), -1, np.int64)
        self.parents = np.arange(total)
        self.altitudes = np.zeros(total)
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
                difference, a, b = heapq.heappop(heap)
                if a in self.near and b in self.near:
                    break
            self._merge(a, b, new, difference)
            others = sorted(self.near[new])
            for d, b in zip(self._differences(new, others), others, strict=True):
                heapq.heappush(heap, (d, b, new))

    def _differences(self, node: int, others: list[int]) -> list[float]:
        """How different a living node is from some of its neighbours."""
        if not others:
            return []
        index = np.array(others)
        shared = np.array([self.near[node][i] for i in others])
        mine, theirs = self.histograms[node], self.histograms[index]
        spread = mine + theirs
        chi = (mine - theirs) ** 2 / np.maximum(spread, 1e-9) / 2
        apart = np.sqrt(np.add.reduceat(chi, self.starts, axis=1)) @ self.weights
        boundary = self.rule.boundary * shared[:, 1] / shared[:, 0]
        smaller = np.minimum(self.areas[node], self.areas[index]) / self.areas[: self.n].sum()
        found: list[float] = ((boundary + apart) * smaller**self.rule.size_power).tolist()
        return found

    def _merge(self, a: int, b: int, new: int, difference: float) -> None:
        length, strength_sum = self.near[a][b]
        self.children[new] = a, b
        self.parents[[a, b]] = new
        self.areas[new] = self.areas[a] + self.areas[b]
        share = self.areas[a] / self.areas[new]
        self.histograms[new] = share * self.histograms[a] + (1 - share) * self.histograms[b]
        self.altitudes[new] = max(difference, self.altitudes[a], self.altitudes[b])
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
            altitudes=self.altitudes,
            areas=self.areas,
            outlines=np.maximum(self.outlines, 0.0),
            strengths=strengths,
            seams=self.seams,
            first=first,
            last=first + counts,
            ranks=first[: self.n],
        )
