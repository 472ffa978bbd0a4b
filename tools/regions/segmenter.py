"""`regions`: a segmenter without weights. Masks are the nodes of trees of image regions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.regions.boundaries import cues
from dtwinseger.tools.regions.forest import forest
from dtwinseger.tools.regions.hierarchy import OUTLINES_FIRST, TEXTURE_FIRST, Tree, region_tree
from dtwinseger.tools.regions.leaves import leaves
from dtwinseger.tools.regions.nodes import Nodes
from dtwinseger.tools.regions.resizing import enlarged, reduced
from dtwinseger.tools.regions.scores import object_cut, predicted_ious
from dtwinseger.tools.regions.superpixels import Labels, contacts, superpixels
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Level

# Pixels of the copy that is analysed: outlines of whole things need no more, and time and memory for any
# picture stay those of a small one (about half a second).
_ANALYSED_PIXELS = 200_000
# Leaves of the tree; also keeps their ranks within 16 bits.
_MOST_LEAVES = 1200
_MASKS_PER_PROMPT = 3
# To be raised with every change of the masks: what was kept of an older version is then made again.
_VERSION = 1

Answer = list[tuple[int, float]]  # (node, score), best first


class Regions:
    """Proposes regions that are clearly bounded in lightness, colour or texture. Needs no weights."""

    @property
    def name(self) -> str:
        """As the settings name it."""
        return "regions"

    @property
    def fingerprint(self) -> str:
        """Its name and the version of its answers: there are no weights."""
        return f"{self.name} {_VERSION}"

    @property
    def defaults(self) -> SegmenterDefaults:
        """``theta_iou`` was tuned on the even-ranked BSDS500 val names; no logits, so no stability.

        Boxes suppress nothing: a thing and most of it, two nodes of one branch, often have the same box.
        """
        return SegmenterDefaults(theta_iou=0.05, stability=None, box_nms=1.0)

    def encode(self, pixels: RGBImage) -> RegionsEncoding:
        """Build the region trees. uint8 RGB, shape (H, W, 3), any size from 1 x 1."""
        small = reduced(pixels, _ANALYSED_PIXELS)
        seen = cues(small)
        labels = superpixels(seen, _MOST_LEAVES)
        looks = leaves(labels, seen)
        touching = contacts(labels, seen.strength)
        trees = [region_tree(looks, touching, rule) for rule in (OUTLINES_FIRST, TEXTURE_FIRST)]
        scores = [predicted_ious(tree) for tree in trees]
        # Whole things do not overlap, so they come from one tree.
        cut = np.zeros((len(trees), len(trees[0])), np.bool_)
        cut[0] = object_cut(trees[0], scores[0], framed(trees[0], labels))
        at_full_size = enlarged(labels.astype(np.uint16), small, pixels)
        rank_of = np.stack([tree.ranks for tree in trees]).astype(np.uint16)
        ranks = np.empty((len(trees), *at_full_size.shape), np.uint16)
        for y, row in enumerate(at_full_size):  # at once, numpy would widen the whole map to 64 bits
            ranks[:, y] = rank_of[:, row]
        return RegionsEncoding(Nodes(forest(trees), np.concatenate(scores), cut.ravel(), ranks), "part")


@dataclass(frozen=True, eq=False)
class RegionsEncoding:
    """One picture's region trees, ready for prompts.

    At ``part`` a prompt may get any node; at ``object`` and ``group`` only the nodes of the object cut of the
    first tree and what lies below them, so that no mask swallows several whole things.
    """

    nodes: Nodes
    level: Level

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return self.nodes.height

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""
        return self.nodes.width

    def at(self, level: Level) -> RegionsEncoding:
        """The same trees with the nodes that belong to a granularity; `object` and `group` are one."""
        return self if (level == "part") == (self.level == "part") else self._other

    @cached_property
    def _other(self) -> RegionsEncoding:
        return replace(self, level="object" if self.level == "part" else "part")

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """Up to three nested masks for each prompt, at the picture's full size.

        A point gets the nodes around it that together best stand for what it may mean; with ``gate.single``
        the one of best score. At ``object`` and ``group`` its largest mask is the node of the cut, which is
        then also the single one. A box gets the node that fits it best and others on the same branch; its
        scores are the IoU of the boxes, times a factor between a half and one that rises with the predicted
        IoU and with how much of its own box a node fills. Points and boxes outside the picture are
        clamped to it. ``gate.min_stability`` is ignored: there are no logits.

        Raises:
            ValueError: a coordinate is not finite.
        """
        if not (np.isfinite(prompts.points).all() and np.isfinite(prompts.boxes).all()):
            raise ValueError("prompts have finite coordinates")
        most = 1 if gate.single else _MASKS_PER_PROMPT
        around = [self.nodes.leaf_at(x, y) for x, y in prompts.points.tolist()]
        at_leaf = {leaf: self._at_leaf(leaf, most) for leaf in set(around)}
        answers = [at_leaf[leaf] for leaf in around]
        answers += [self._in_box(box, most) for box in prompts.boxes]
        dropped = {"score": 0, "area": 0}
        masks: list[Mask] = []
        scores: list[float] = []
        owners: list[int] = []
        for prompt, answer in enumerate(answers):
            for node, score in answer:
                if score < gate.min_score:
                    dropped["score"] += 1
                elif self.nodes.areas[node] < gate.min_area:
                    dropped["area"] += 1
                else:
                    masks.append(self.nodes.mask(node))
                    scores.append(score)
                    owners.append(prompt)
        return Candidates(
            MaskStack(self.height, self.width, tuple(masks)),
            np.array(scores, np.float64),
            np.array(owners, np.int64),
            dropped,
        )

    def _at_leaf(self, leaf: int, most: int) -> Answer:
        """Nodes that contain a leaf, with their predicted IoU."""
        nodes, forest = self.nodes, self.nodes.forest
        if self.level != "part":
            chain = np.array(forest.chain(0, leaf))
            top = int(np.flatnonzero(nodes.cut[chain])[0])
            return _ranked(nodes.telling(chain[: top + 1], most, whole=True), nodes.ious)
        chains = [np.array(forest.chain(tree, leaf)) for tree in range(len(forest.trees))]
        if most == 1:
            everything = np.concatenate(chains)
            return _ranked([int(everything[np.argmax(nodes.ious[everything])])], nodes.ious)
        # Masks of one prompt are nested, so they come from one tree: the one that says most here.
        answers = [nodes.telling(chain, most) for chain in chains]
        return _ranked(max(answers, key=lambda answer: nodes.meant[answer].sum()), nodes.ious)

    def _in_box(self, box: NDArray[np.float64], most: int) -> Answer:
        """Nodes that fit a box, with how well they do."""
        nodes = self.nodes
        fit = nodes.box_ious(box) * (1 + nodes.ious * nodes.fill) / 2
        choice = np.arange(len(fit)) if self.level == "part" else np.flatnonzero(nodes.below_cut)
        return _ranked(nodes.best_nested(choice, fit[choice], most), fit)


def framed(tree: Tree, labels: Labels) -> NDArray[np.bool_]:
    """Which nodes reach the picture's frame: bool (N,).

    Args:
        tree: of n leaves, N nodes.
        labels: int32 (h, w), the leaf of each pixel.
    """
    reach = np.zeros(len(tree), np.bool_)
    for edge in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        reach[edge] = True
    for node in range(tree.leaves, len(tree)):
        reach[node] = reach[tree.children[node]].any()
    return reach


def _ranked(nodes: list[int], values: NDArray[np.float64]) -> Answer:
    """Nodes with their values, greatest first."""
    return sorted(((node, float(values[node])) for node in nodes), key=lambda pair: -pair[1])
