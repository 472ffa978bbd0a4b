"""Leaves, trees and forests that are small enough to work out by hand: leaves of known width in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from dtwinseger.tools.regions.boundaries import Cues
from dtwinseger.tools.regions.forest import Forest, forest
from dtwinseger.tools.regions.hierarchy import OUTLINES_FIRST, MergeRule, Tree, region_tree
from dtwinseger.tools.regions.leaves import Leaves, apart, leaves
from dtwinseger.tools.regions.nodes import Nodes
from dtwinseger.tools.regions.scores import object_cut
from dtwinseger.tools.regions.segmenter import framed
from dtwinseger.tools.regions.superpixels import Contacts

BOUNDARY_ONLY = MergeRule(lightness=0, colour=0, texture=0, smaller_power=0, larger_power=0, enclosed=0)


def plain(areas: Sequence[float]) -> Leaves:
    """Leaves that all look the same."""
    groups = {"lightness": slice(0, 1), "colour": slice(1, 2), "texture": slice(2, 3)}
    return Leaves(np.array(areas, np.float64), np.ones((len(areas), 3)), groups)


def touching(edges: dict[tuple[int, int], float]) -> Contacts:
    """Outlines of one pixel pair with these strengths."""
    pairs = sorted(edges)
    return Contacts(np.array(pairs), np.ones(len(pairs)), np.array([edges[pair] for pair in pairs]))


def row(areas: Sequence[float], strengths: Sequence[float], rule: MergeRule = BOUNDARY_ONLY) -> Tree:
    """The tree of leaves side by side, with the strengths of the outlines between them."""
    edges = {(i, i + 1): strength for i, strength in enumerate(strengths)}
    return region_tree(plain(areas), touching(edges), rule)


def unframed(tree: Tree) -> np.ndarray:
    """No node reaches the frame."""
    return np.zeros(len(tree), np.bool_)


def regions_of(tree: Tree) -> list[set[int]]:
    """Each node's leaves."""
    return [
        set(np.flatnonzero((tree.ranks >= first) & (tree.ranks < last)).tolist())
        for first, last in zip(tree.first, tree.last, strict=True)
    ]


# ---- leaves -------------------------------------------------------------------------------------


def test_a_leaf_looks_like_the_mean_of_its_pixels() -> None:
    labels = np.array([[0, 0, 1]], np.int32)
    bins = np.array([[[1, 0, 1]], [[0, 1, 0]]], np.float32)
    cues = Cues(
        np.zeros((3, 1, 3), np.float32), bins, {"lightness": slice(0, 2)}, np.zeros((1, 3), np.float32)
    )
    seen = leaves(labels, cues)
    assert seen.areas.tolist() == [2, 1]
    assert seen.histograms.tolist() == [[0.5, 0.5], [1, 0]]


def test_like_histograms_are_not_apart_and_histograms_that_share_no_bin_are_wholly() -> None:
    groups = {"lightness": slice(0, 2), "colour": slice(2, 4)}
    one = np.array([1.0, 0, 0.5, 0.5])
    others = np.array([[1.0, 0, 0.5, 0.5], [0, 1, 0.5, 0.5]])
    assert apart(one, others, groups) == pytest.approx(np.array([[0, 0], [1, 0]]))


# ---- one tree -----------------------------------------------------------------------------------


def test_the_weakest_outline_goes_first() -> None:
    tree = row([1, 1, 1, 1], [0.5, 0.1, 0.9])
    assert regions_of(tree)[4:] == [{1, 2}, {0, 1, 2}, {0, 1, 2, 3}]
    assert tree.seams[4:] == pytest.approx([0.1, 0.5, 0.9])
    assert tree.strengths[4:] == pytest.approx([(0.5 + 0.9) / 2, 0.9, 0])


def test_a_small_leaf_is_joined_before_a_large_one_of_the_same_outline() -> None:
    tree = row([50, 50, 2], [0.5, 0.5], OUTLINES_FIRST)
    assert regions_of(tree)[3] == {1, 2}


def test_a_leaf_goes_to_the_neighbour_that_it_lies_in_the_bay_of() -> None:
    # Leaf 1 has one pixel pair of its outline with 0 and three with 2, all equally strong.
    lengths = {(0, 1): 1.0, (0, 3): 9.0, (1, 2): 3.0, (2, 3): 9.0}
    strengths = np.array([0.5, 0.9, 0.5, 0.9])
    contacts = Contacts(np.array(list(lengths)), np.array(list(lengths.values())), strengths)
    for enclosed, joined in ((0.0, {0, 1}), (0.3, {1, 2})):  # without the rule, the older pair
        tree = region_tree(plain([9, 4, 9, 9]), contacts, replace(BOUNDARY_ONLY, enclosed=enclosed))
        assert regions_of(tree)[4] == joined


# ---- several trees ------------------------------------------------------------------------------


def two_readings() -> Forest:
    """Over leaves 0, 1, 2: one tree joins 0 and 1 first, the other 1 and 2."""
    return forest([row([1, 1, 1], [0.1, 0.9]), row([1, 1, 1], [0.9, 0.1])])


def test_nodes_are_numbered_tree_by_tree() -> None:
    both = two_readings()
    assert len(both) == 10
    assert both.leaves == 3
    assert [both.chain(0, 1), both.chain(1, 1)] == [[1, 3, 4], [6, 8, 9]]
    assert both.parents[[1, 3, 4, 6, 8, 9]].tolist() == [3, 4, 4, 8, 9, 9]
    assert sorted(both.children[8].tolist()) == [6, 7]


def test_nodes_of_different_trees_never_lie_in_one_another() -> None:
    both = two_readings()
    assert both.last[:5].max() <= both.first[5:].min()


def test_regions_that_both_trees_have_are_known_as_the_same() -> None:
    assert two_readings().same.tolist() == [0, 1, 2, 3, 4, 0, 1, 2, 8, 4]


def nodes(trees: Sequence[Tree], widths: Sequence[int], ious: float = 0.5) -> Nodes:
    """At full size, one row high."""
    both = forest(trees)
    labels = np.repeat(np.arange(len(widths)), widths)[None]
    ranks = np.stack([tree.ranks.astype(np.uint16)[labels] for tree in trees])
    return Nodes(both, np.full(len(both), ious), np.zeros(len(both), np.bool_), ranks)


def test_nodes_know_their_pixels_in_every_tree() -> None:
    widths = (4, 2, 3)
    made = nodes(two_readings().trees, widths)
    assert made.areas.tolist() == [4, 2, 3, 6, 9, 4, 2, 3, 5, 9]
    assert made.boxes[[3, 8]].tolist() == [[0, 0, 6, 1], [4, 0, 9, 1]]
    assert made.mask(3).box == (0, 0, 6, 1)
    assert made.mask(8).box == (4, 0, 9, 1)
    assert made.leaf_at(4.5, 0.5) == 1


def test_a_region_of_both_trees_has_one_mask() -> None:
    made = nodes(two_readings().trees, (4, 2, 3))
    assert made.mask(9) is made.mask(4)
    assert made.mask(6) is made.mask(1)


# ---- which nodes stand for a branch -------------------------------------------------------------


def branch(widths: Sequence[int]) -> tuple[Nodes, NDArray[np.int64]]:
    """Leaves joined from left to right, and the branch of the first one."""
    tree = row(widths, np.linspace(0.1, 0.9, len(widths) - 1).tolist())
    made = nodes([tree], widths)
    chain = np.array(made.forest.chain(0, 0))
    assert made.areas[chain].tolist() == np.cumsum(widths).tolist()
    return made, chain


def test_of_nodes_that_are_nearly_alike_the_middle_one_is_taken_then_the_one_unlike_it() -> None:
    made, chain = branch([10, 1, 1, 88])  # areas 10, 11, 12, 100
    assert made.areas[made.telling(chain, 1)].tolist() == [11]
    assert made.areas[made.telling(chain, 2)].tolist() == [11, 100]


def test_the_whole_comes_first_where_it_is_asked_for() -> None:
    made, chain = branch([10, 1, 1, 88])
    assert made.areas[made.telling(chain, 2, whole=True)].tolist() == [100, 11]


def test_a_node_that_adds_nothing_is_not_taken() -> None:
    made, chain = branch([10, 90])
    assert len(made.telling(chain, 3)) == 2


# ---- the cut into whole things ------------------------------------------------------------------


@pytest.mark.parametrize(("seam", "cut"), [(0.1, [{2}, {0, 1}]), (0.5, [{0}, {1}, {2}])])
def test_a_ground_is_not_divided_across_a_weak_seam(seam: float, cut: list[set[int]]) -> None:
    # Two quarters of the picture are worth 0.5 x 2 x 0.25^0.65 = 0.41, as one half 0.5 x 0.5^0.65 = 0.32;
    # across a seam of 0.1 they would have to be worth 1.7 times as much as the half.
    tree = row([25, 25, 50], [seam, 0.9])
    chosen = object_cut(tree, np.full(len(tree), 0.5), unframed(tree))
    assert [leaf_set for leaf_set, taken in zip(regions_of(tree), chosen, strict=True) if taken] == cut


def test_most_of_the_picture_is_divided_however_weak_the_seam() -> None:
    tree = row([40, 40, 20], [0.01, 0.9])
    chosen = object_cut(tree, np.full(len(tree), 0.9), unframed(tree))
    assert np.flatnonzero(chosen).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("framed", "seam", "small", "divided"),
    [
        ((False, True, True), 0.4, 2, True),
        ((False, False, False), 0.4, 2, False),  # a thing and a part of it
        ((True, True, True), 0.4, 2, False),  # what reaches the frame itself may be more of the ground
        ((False, True, True), 0.3, 2, False),  # not clearly bounded
        ((False, True, True), 0.4, 0.5, True),
    ],
)
def test_a_clear_thing_within_a_piece_of_the_surroundings_is_divided_from_it(
    framed: tuple[bool, ...], seam: float, small: float, divided: bool
) -> None:
    # Leaves: the thing (0), what it lies in (1), the rest (2). Node 3 is made of 0 and 1.
    tree = row([small, 30, 70 - small], [seam, 0.9])
    ious = np.array([0.1, 0.3, 0.9, 0.9, 0.1])
    chosen = object_cut(tree, ious, np.array([*framed, framed[0] or framed[1], True]))
    assert np.flatnonzero(chosen).tolist() == ([0, 1, 2] if divided else [2, 3])


def test_a_small_piece_of_the_surroundings_is_not_divided_from_what_lies_in_it() -> None:
    # The thing (0) and what it lies in (1) are together 1.9 % of the picture.
    tree = row([0.4, 1.5, 98.1], [0.4, 0.9])
    chosen = object_cut(tree, np.array([0.1, 0.3, 0.9, 0.9, 0.1]), np.array([False, True, True, True, True]))
    assert np.flatnonzero(chosen).tolist() == [2, 3]


@pytest.mark.parametrize(
    ("strip", "inner"),
    [
        (np.s_[:4], np.s_[1:2, 4:6]),
        (np.s_[6:], np.s_[8:9, 4:6]),
        (np.s_[:, :4], np.s_[4:6, 1:2]),
        (np.s_[:, 6:], np.s_[4:6, 8:9]),
    ],
    ids=["top", "bottom", "left", "right"],
)
def test_the_nodes_that_reach_any_side_of_the_picture_reach_its_frame(strip: object, inner: object) -> None:
    # Within a ring (3) a strip at one side (1) with something in it (0), and the middle (2).
    labels = np.full((10, 10), 3, np.int32)
    labels[1:-1, 1:-1] = 2
    labels[strip] = 1
    labels[inner] = 0
    edges = {(0, 1): 0.1, (1, 2): 0.5, (2, 3): 0.9}
    tree = region_tree(plain(np.bincount(labels.ravel()).tolist()), touching(edges), BOUNDARY_ONLY)
    assert framed(tree, labels)[:4].tolist() == [False, True, False, True]
    assert framed(tree, labels)[tree.root]
