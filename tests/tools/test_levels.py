"""What each granularity makes of masks, on rectangles and discs that are known by number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from proposalfakes import block, stack

from dtwinseger.tools.levels import centres, object_level, part_level
from dtwinseger.tools.ports import Candidates
from dtwinseger.tools.proposals import ProposalSettings
from dtwinseger.twin.masks import Mask

SETTINGS = ProposalSettings()


def found(*masks: Mask, prompt: Sequence[int] | None = None) -> Candidates:
    """Candidates of these masks, one a prompt unless told otherwise."""
    owners = range(len(masks)) if prompt is None else prompt
    scores = np.linspace(0.9, 0.8, len(masks))
    return Candidates(stack(*masks), scores, np.array(owners, np.int64), {})


def family(found: Candidates, settings: ProposalSettings = SETTINGS) -> dict[int, int | None]:
    """The tree by area of mask: {area: area of its parent}."""
    tree = object_level(found, settings.tau_in, settings.whole_image)
    areas = tree.masks.areas.tolist()
    return {a: None if p is None else areas[p] for a, p in zip(areas, tree.parents, strict=True)}


# ---- centres -------------------------------------------------------------------------------------


def test_a_masks_centre_is_its_centroid(draw) -> None:
    assert centres([draw("....", ".##.", ".##.")]).tolist() == [[2, 2]]


def test_a_rings_centre_is_its_innermost_point_which_lies_on_it(draw) -> None:
    ring = draw("######", "######", "##..##", "##..##", "######", "######")
    assert not ring.contains(*ring.centroid)
    (point,) = centres([ring])
    assert tuple(point) == ring.innermost
    assert ring.contains(*point)


def test_a_c_shapes_centre_lies_on_it(draw) -> None:
    shape = draw("#####", "#....", "#....", "#####")
    assert not shape.contains(*shape.centroid)
    assert shape.contains(*centres([shape])[0])


def test_no_masks_have_no_centres() -> None:
    assert centres([]).shape == (0, 2)


# ---- part ----------------------------------------------------------------------------------------

PAIR = stack(block(0, 0, 10, 10), block(0, 0, 10, 9), block(15, 15, 20, 20))
"""The first two: IoU 0.9."""


def test_part_drops_the_worse_of_a_pair_that_overlaps() -> None:
    assert part_level(PAIR, np.array([0.8, 0.9, 0.1]), 0.85) == [1, 2]
    assert part_level(PAIR, np.array([0.9, 0.8, 0.1]), 0.85) == [0, 2]


def test_part_drops_the_later_on_a_tie() -> None:
    assert part_level(PAIR, np.array([0.8, 0.8, 0.8]), 0.85) == [0, 2]


def test_part_keeps_a_pair_at_the_threshold() -> None:
    assert part_level(PAIR, np.array([0.8, 0.9, 0.1]), 0.9) == [0, 1, 2]


def test_part_keeps_what_is_nested() -> None:
    masks = stack(block(0, 0, 10, 10), block(2, 2, 8, 8), block(4, 4, 6, 6))
    assert part_level(masks, np.array([0.7, 0.8, 0.9]), 0.85) == [0, 1, 2]


def test_a_part_that_goes_still_counts_for_its_other_pairs() -> None:
    # IoU of neighbours 0.9, of the outer two 0.8: the middle one goes by the first, the last by the middle.
    masks = stack(block(0, 0, 10, 10), block(0, 0, 10, 9), block(0, 0, 10, 8))
    assert masks.ious[1, 2] == pytest.approx(8 / 9)
    assert part_level(masks, np.array([0.9, 0.8, 0.7]), 0.85) == [0]


# ---- object --------------------------------------------------------------------------------------


def disc(radius: float, side: int = 100) -> Mask:
    y, x = np.mgrid[0:side, 0:side] + 0.5
    return Mask.from_dense((x - side / 2) ** 2 + (y - side / 2) ** 2 <= radius**2)


def test_of_one_points_nested_discs_the_largest_swallows_the_others() -> None:
    small, middle, large = disc(10), disc(20), disc(30)
    assert family(found(small, middle, large, prompt=(0, 0, 0))) == {
        large.area: None,
        middle.area: large.area,
        small.area: large.area,
    }


def test_across_points_each_disc_goes_to_the_smallest_whole_one_around_it() -> None:
    # Only what was kept can eat: the middle disc is a child itself, so the small one is the large one's too.
    small, middle, large = disc(10), disc(20), disc(30)
    assert family(found(small, middle, large)) == {
        large.area: None,
        middle.area: large.area,
        small.area: large.area,
    }


def test_the_smallest_of_several_eaters_gets_the_mask() -> None:
    # Two wholes that overlap without one lying in the other, and a mask in both.
    wide, tall, both = block(0, 5, 20, 11), block(4, 0, 9, 20), block(4, 6, 9, 10)
    assert (wide.area, tall.area, both.area) == (120, 100, 20)
    assert family(found(wide, tall, both)) == {120: None, 100: None, 20: 100}


def test_what_a_points_largest_mask_swallowed_stays_its_child_when_that_is_swallowed_too() -> None:
    outer, whole, part = block(0, 0, 16, 16), block(1, 1, 11, 11), block(2, 2, 6, 6)
    assert family(found(outer, whole, part, prompt=(0, 1, 1))) == {256: None, 100: 256, 16: 100}


def test_a_mask_that_lies_in_another_by_no_more_than_the_threshold_stays_whole() -> None:
    # 17 of 20 columns in the other: exactly 0.85.
    at, above = block(0, 0, 20, 1), block(0, 2, 20, 3)
    whole = Mask.from_dense(block(0, 0, 17, 2).dense() | block(0, 2, 18, 10).dense())
    assert family(found(whole, at, prompt=(0, 0)))[20] is None
    assert family(found(whole, above, prompt=(0, 0)))[20] == whole.area
    assert family(found(whole, at), ProposalSettings(tau_in=0.84))[20] == whole.area


def test_nearly_the_whole_picture_never_swallows_anything() -> None:
    background, thing, part = block(0, 0, 20, 19), block(5, 5, 15, 15), block(6, 6, 10, 10)
    assert background.area / 400 > 0.9
    for prompt in ((0, 0, 0), (0, 1, 2), (0, 0, 1)):
        assert family(found(background, thing, part, prompt=prompt)) == {380: None, 100: None, 16: 100}


def test_a_mask_of_just_the_limit_may_swallow() -> None:
    most = block(0, 0, 20, 18)
    assert family(found(most, block(0, 0, 5, 5))) == {360: None, 25: 360}


def test_equal_masks_of_several_points_are_one() -> None:
    tree = object_level(
        found(block(0, 0, 5, 5), block(0, 0, 5, 5), block(9, 9, 12, 12)),
        SETTINGS.tau_in,
        SETTINGS.whole_image,
    )
    assert tree.masks.areas.tolist() == [25, 9]
    assert tree.parents == (None, None)


def test_a_mask_that_a_point_swallowed_is_swallowed_though_another_point_has_it_alone() -> None:
    whole, part = block(0, 0, 10, 10), block(0, 0, 5, 5)
    assert family(found(part, whole, part, prompt=(0, 1, 1))) == {100: None, 25: 100}


def test_objects_beside_each_other_stay_whole() -> None:
    tree = object_level(found(block(0, 0, 5, 5), block(5, 0, 10, 5)), SETTINGS.tau_in, SETTINGS.whole_image)
    assert tree.parents == (None, None)
