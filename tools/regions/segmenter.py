"""`regions`: a segmenter without weights. Masks are the nodes of a tree of image regions."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.regions.boundaries import cues
from dtwinseger.tools.regions.hierarchy import region_tree
from dtwinseger.tools.regions.nodes import Nodes
from dtwinseger.tools.regions.resizing import enlarged, reduced
from dtwinseger.tools.regions.scores import object_cut, scores_of
from dtwinseger.tools.regions.superpixels import contacts, superpixels
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Level

# Pixels of the copy that is analysed: outlines of whole things need no more, and time and memory for any
# picture stay those of a small one (about half a second).
_ANALYSED_PIXELS = 200_000
# Leaves of the tree; also keeps their ranks within 16 bits.
_MOST_LEAVES = 1200
_MASKS_PER_PROMPT = 3

Answer = list[tuple[int, float]]  # (node, score), best first


class Regions:
    """Proposes regions that are clearly bounded in lightness, colour or texture. Needs no weights."""

    @property
    def name(self) -> str:
        """As the settings name it."""
        return "regions"

    @property
    def defaults(self) -> SegmenterDefaults:
        """``theta_iou`` was tuned on the even-ranked BSDS500 val names; no logits, so no stability."""
        return SegmenterDefaults(theta_iou=0.06, stability=None)

    def encode(self, pixels: RGBImage) -> RegionsEncoding:
        """Build the region tree. uint8 RGB, shape (H, W, 3), any size from 1 x 1."""
        small = reduced(pixels, _ANALYSED_PIXELS)
        seen = cues(small)
        labels = superpixels(seen, _MOST_LEAVES)
        tree = region_tree(labels, seen, contacts(labels, seen.strength))
        scores = scores_of(tree)
        ranks = enlarged(tree.ranks[labels].astype(np.uint16), small, pixels)
        return RegionsEncoding(Nodes(tree, scores, object_cut(tree, scores.ious), ranks), "part")


@dataclass(frozen=True, eq=False)
class RegionsEncoding:
    """One picture's region tree, ready for prompts.

    At ``part`` a prompt may get any node; at ``object`` and ``group`` only the nodes of the object cut and
    what lies below them, so that no mask swallows several whole things.
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
        """The same tree with the nodes that belong to a granularity."""
        return self if level == self.level else replace(self, level=level)

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """Up to three nested masks for each prompt, at the picture's full size.

        A point gets the nodes around it that are most clearly set off; with ``gate.single`` the one of best
        score. At ``object`` and ``group`` its largest mask is the node of the cut, which is then also the
        single one. A box gets the node that fits it best and others on the same branch; its scores are the
        IoU of the boxes, times a factor between a half and one that rises with the predicted IoU and with how
        much of its own box a node fills. Points and boxes outside the picture are clamped to it.
        ``gate.min_stability`` is ignored: there are no logits.

        Raises:
            ValueError: a coordinate is not finite.
        """
        if not (np.isfinite(prompts.points).all() and np.isfinite(prompts.boxes).all()):
            raise ValueError("prompts have finite coordinates")
        most = 1 if gate.single else _MASKS_PER_PROMPT
        answers = [self._at_point(x, y, most) for x, y in prompts.points.tolist()]
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

    def _at_point(self, x: float, y: float, most: int) -> Answer:
        """Nodes that contain a point, with their predicted IoU."""
        nodes, ious = self.nodes, self.nodes.scores.ious
        chain = np.array(nodes.chain_at(x, y), np.int64)
        whole = None
        if self.level != "part":
            top = int(np.flatnonzero(nodes.cut[chain])[0])
            whole, chain = int(chain[top]), chain[:top]
        elif most == 1:
            whole = int(chain[np.argmax(ious[chain])])
        return _ranked(nodes.best_nested(chain, nodes.scores.clarity[chain], most, whole), ious)

    def _in_box(self, box: NDArray[np.float64], most: int) -> Answer:
        """Nodes that fit a box, with how well they do."""
        nodes = self.nodes
        fit = nodes.box_ious(box) * (1 + nodes.scores.ious * nodes.fill) / 2
        choice = np.arange(len(fit)) if self.level == "part" else np.flatnonzero(nodes.below_cut)
        return _ranked(nodes.best_nested(choice, fit[choice], most), fit)


def _ranked(nodes: list[int], values: NDArray[np.float64]) -> Answer:
    """Nodes with their values, greatest first."""
    return sorted(((node, float(values[node])) for node in nodes), key=lambda pair: -pair[1])
