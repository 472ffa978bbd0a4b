"""Which nodes of a region tree are things: a predicted IoU for every node, and a cut into whole things."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.regions.hierarchy import Tree


@dataclass(frozen=True)
class ScoreRule:
    """A logistic model of a node's best IoU with what people outline.

    Fitted to the nodes of the even-ranked BSDS500 val names and rounded by hand.

    Attributes:
        bounded: weight of the mean boundary strength around the node: how clearly it is set off.
        size: weight of the logarithm of its share of the picture.
        least_share: the share below which size says nothing more.
        compact: weight of 4 pi area / outline^2: ragged regions are seldom things.
        bulk: weight of its share of the picture: the larger, the more likely several things in one.
    """

    bounded: float = 4.5
    size: float = 0.65
    least_share: float = 0.0005
    compact: float = 0.7
    bulk: float = -3.0
    constant: float = -0.2


def predicted_ious(tree: Tree, rule: ScoreRule | None = None) -> NDArray[np.float64]:
    """Predicted IoU of every node: (N,), in [0, 1]. The root scores low: it is bounded by nothing."""
    rule = rule or ScoreRule()
    share = tree.areas / tree.areas[tree.root]
    compact = np.minimum(1.0, 4 * np.pi * tree.areas / np.maximum(tree.outlines, 1.0) ** 2)
    compact[tree.root] = 0.0  # its outline is the frame
    logit = rule.bounded * tree.strengths + rule.compact * compact + rule.bulk * share + rule.constant
    logit += rule.size * np.log(np.maximum(share, rule.least_share))
    ious: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logit))
    return ious


# Above this share of the picture a node is worth nothing to the cut where there is any way to divide it.
_MOST_OF_PICTURE = 0.6
# Of a node's value in the cut, by its area: 1 is the mean score over pixels; less favours small things.
# Chosen on COCO instances and by eye: lower finds more small things and splits more large ones.
_AREA_POWER = 0.65
# A seam weaker than this speaks against dividing there: else a plain sky falls apart along its shading.
_CLEAR_SEAM = 0.3
# What lies free within a piece of the surroundings is a thing in front of it. The piece has at least this
# share of the picture and reaches the frame; the thing is its smaller part, bounded at least so clearly.
_GROUND_SHARE = 0.02
_FIGURE_SEAM = 0.35


def object_cut(tree: Tree, ious: NDArray[np.float64], framed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose the nodes that divide the picture into whole things.

    Every leaf has exactly one chosen node among itself and its ancestors. A node is worth its predicted IoU
    x (share of the picture)^0.65. From the leaves up, it is divided where its parts are together worth more
    than the node; across a weak seam they have to be worth more by the root of its strength over 0.3. A node
    that is most of the picture counts for nothing, unless it cannot be divided. A thing in front of its
    surroundings is divided from them, for without it they are worth no less; unless a larger piece of the
    surroundings is worth more undivided.

    Args:
        tree: of N nodes.
        ious: predicted IoU (N,).
        framed: bool (N,), the nodes that reach the picture's frame.

    Returns:
        bool (N,), True for the nodes of the cut.
    """
    share = tree.areas / tree.areas[tree.root]
    value = np.where(share > _MOST_OF_PICTURE, 0.0, ious * share**_AREA_POWER)
    clear = np.sqrt(np.minimum(tree.seams / _CLEAR_SEAM, 1.0))
    smaller = np.argmin(tree.areas[tree.children], axis=1)
    figure = tree.children[np.arange(len(tree)), smaller]
    in_front = framed & ~framed[figure] & (share >= _GROUND_SHARE) & (tree.seams >= _FIGURE_SEAM)
    best = value.copy()
    whole = np.ones(len(tree), np.bool_)
    for node in range(tree.leaves, len(tree)):
        divided = best[tree.children[node]].sum()
        if in_front[node] or divided * clear[node] > value[node]:
            best[node], whole[node] = max(divided, value[node] * in_front[node]), False
    cut = np.zeros(len(tree), np.bool_)
    pending = [tree.root]
    while pending:
        node = pending.pop()
        if whole[node]:
            cut[node] = True
        else:
            pending.extend(tree.children[node].tolist())
    return cut
