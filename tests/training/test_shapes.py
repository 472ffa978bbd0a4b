"""Drawn shapes: masks are exactly what is seen, and a seed gives the same pictures again."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from dtwinseger.training.annotated import Annotated
from dtwinseger.training.shapes import ShapesSettings, draw, filled, outline

PLAIN = ShapesSettings(graded=0, noisy=0, sides=(48, 120))
NUMBERS = range(40)


def masks_of(picture: Annotated, level: str) -> np.ndarray:
    return picture.masks[[own == level for own in picture.levels]]


def test_the_same_seed_and_number_give_the_same_picture_and_others_give_others() -> None:
    one, again, other, elsewhere = draw(PLAIN, 1, 0), draw(PLAIN, 1, 0), draw(PLAIN, 1, 1), draw(PLAIN, 2, 0)
    assert np.array_equal(one.pixels, again.pixels)
    assert np.array_equal(one.masks, again.masks)
    assert one.levels == again.levels
    for not_it in (other, elsewhere):
        assert not np.array_equal(one.pixels, not_it.pixels)


@pytest.mark.parametrize("number", NUMBERS)
def test_masks_are_exactly_the_pixels_of_one_colour_each(number: int) -> None:
    picture = draw(PLAIN, 5, number)
    parts = masks_of(picture, "part")
    on_top = parts.any(0) if len(parts) else np.zeros(picture.pixels.shape[:2], bool)
    for mask in masks_of(picture, "object"):
        assert len(np.unique(picture.pixels[mask & ~on_top], axis=0)) <= 1
    for mask in parts:
        assert len(np.unique(picture.pixels[mask], axis=0)) == 1


@pytest.mark.parametrize("number", NUMBERS)
def test_every_pixel_belongs_to_one_object_and_parts_lie_on_one(number: int) -> None:
    picture = draw(PLAIN, 5, number)
    objects, parts = masks_of(picture, "object"), masks_of(picture, "part")
    assert (objects.sum(0) == 1).all()
    assert (parts.sum(0) <= 1).all()
    assert picture.masks.any((1, 2)).all()
    for part in parts:
        around = [mask for mask in objects if (mask & part).any()]
        assert len(around) == 1
        assert around[0].sum() > part.sum()


def test_a_group_is_the_union_of_its_members_in_one_colour() -> None:
    settings = PLAIN.model_copy(update={"groups": 1.0, "parts": 0.0})
    picture = draw(settings, 3, 1)
    (group,) = masks_of(picture, "group")
    members = [mask for mask in masks_of(picture, "object") if (mask & group).any()]
    assert len(members) >= 2
    assert np.array_equal(np.logical_or.reduce(members), group)
    assert len(np.unique(picture.pixels[group], axis=0)) == 1


def test_neighbours_and_ground_differ_enough_to_be_seen() -> None:
    for number in NUMBERS:
        picture = draw(PLAIN.model_copy(update={"parts": 0.0, "groups": 0.0}), 5, number)
        colours = [picture.pixels[mask][0].astype(int) for mask in picture.masks]
        gaps = [np.linalg.norm(a - b) for n, a in enumerate(colours) for b in colours[:n]]
        assert min(gaps) >= 70


def test_shares_of_nothing_give_nothing() -> None:
    bare = ShapesSettings(graded=0, noisy=0, parts=0, groups=0, ground=False, sides=(48, 80))
    for number in NUMBERS:
        picture = draw(bare, 1, number)
        assert set(picture.levels) == {"object"}
        ground = ~picture.masks.any(0)
        assert len(np.unique(picture.pixels[ground], axis=0)) == 1


def test_grounds_are_graded_and_pictures_noisy_where_that_is_asked_for() -> None:
    graded = draw(ShapesSettings(graded=1, noisy=0, groups=0, most=1), 1, 2)
    noisy = draw(ShapesSettings(graded=0, noisy=1, groups=0, most=1), 1, 2)
    for picture, fewest in ((graded, 20), (noisy, 9)):
        ground = picture.masks[picture.levels.index("object") :][-1]
        assert len(np.unique(picture.pixels[ground], axis=0)) >= fewest


def test_sides_keep_within_their_range_in_either_orientation() -> None:
    shapes = [draw(ShapesSettings(sides=(48, 60)), 1, number).pixels.shape[:2] for number in NUMBERS]
    assert {48 <= max(shape) <= 60 for shape in shapes} == {True}
    assert all(min(shape) >= 0.59 * max(shape) for shape in shapes)
    assert {height > width for height, width in shapes} == {True, False}


def test_a_disc_has_the_area_of_one_and_a_ring_has_a_hole() -> None:
    rng = np.random.default_rng(0)
    disc = filled(outline("disc", (30, 25), 20, rng), 60, 60)
    # OpenCV also fills the pixels that the outline runs through: half a pixel all around.
    assert disc.sum() == pytest.approx(np.pi * 20.5**2, rel=0.03)
    ring = filled(outline("ring", (30, 25), 20, rng), 60, 60)
    assert not ring[25, 30]
    assert ring[25, 48]


@pytest.mark.parametrize("wrong", [{"parts": 1.5}, {"most": 0}, {"colours": 3}])
def test_settings_that_cannot_be_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        ShapesSettings(**wrong)
