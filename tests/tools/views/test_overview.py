from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtwinseger.tools.drawing.colours import LIGHT, PALETTE
from dtwinseger.tools.drawing.lettering import font_of
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.views.marks import marks_of
from dtwinseger.tools.views.overview import FONT_SIZE, MOST_SIDE, marked_whole, overview, whole_picture
from dtwinseger.twin.masks import Box, Mask, MaskStack

GROUND = (90, 120, 60)
AS_IT_IS: dict[str, Any] = {"least": 1, "most": 10_000}
SIZES = [(1, 1), (3, 4000), (4000, 3), (2, 7), (40, 60), (700, 1000)]


def ground(height: int = 300, width: int = 400) -> RGBImage:
    pixels = np.full((height, width, 3), GROUND, np.uint8)
    pixels.flags.writeable = False  # as those of a Picture
    return pixels


def blob(box: Box, height: int = 300, width: int = 400) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def deep_inside(mask: Mask) -> Any:
    """Where the mask is more than five pixels deep; the picture's edge counts as outside."""
    return cv2.erode(np.pad(mask.dense(), 1).view(np.uint8), np.ones((11, 11), np.uint8))[1:-1, 1:-1] > 0


@st.composite
def ellipses(draw: Any) -> Mask:
    dense = np.zeros((200, 300), np.uint8)
    centre = (draw(st.integers(0, 299)), draw(st.integers(0, 199)))
    axes = (draw(st.integers(0, 200)), draw(st.integers(0, 150)))
    cv2.ellipse(dense, centre, axes, draw(st.integers(0, 180)), 0, 360, 1, -1)
    dense[centre[1], centre[0]] = 1
    return Mask.from_dense(dense)


# ---- all marks ------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.lists(ellipses(), max_size=12), st.data())
def test_shown_and_left_out_part_the_numbers(masks: list[Mask], data: Any) -> None:
    numbers = data.draw(st.lists(st.integers(0, 999), unique=True, min_size=len(masks), max_size=len(masks)))
    drawn = overview(ground(200, 300), masks, numbers, **AS_IT_IS)
    assert sorted((*drawn.shown, *drawn.left_out)) == sorted(numbers)
    assert list(drawn.shown) == [n for n in numbers if n in drawn.shown], "in the masks' order"


@settings(max_examples=60)
@given(ellipses())
def test_neither_line_nor_leader_changes_a_pixel_deep_inside_a_mask(mask: Mask) -> None:
    views: dict[bool, RGBImage] = {
        False: overview(ground(200, 300), [mask], [3], **AS_IT_IS).picture,
        True: marked_whole(ground(200, 300), mask, 3, **AS_IT_IS),
    }
    for outside, view in views.items():
        inside = deep_inside(mask)
        for mark in marks_of([mask], [3], font_of(FONT_SIZE), outside=outside):
            x1, y1, x2, y2 = mark.place
            inside[y1:y2, x1:x2] = False
        assert (view[inside] == GROUND).all()


def test_inside_the_lines_each_object_keeps_its_own_mean_colour() -> None:
    pixels = ground().copy()
    boxes = [(x, y, x + 70, y + 60) for x in (20, 120, 220, 310) for y in (20, 120, 220)]
    colours = np.random.default_rng(0).integers(0, 256, (len(boxes), 3))
    for (x1, y1, x2, y2), colour in zip(boxes, colours, strict=True):
        pixels[y1:y2, x1:x2] = colour
    drawn = overview(pixels, [blob(box) for box in boxes], range(len(boxes)), **AS_IT_IS)
    assert drawn.left_out == ()
    for (x1, y1, x2, y2), colour in zip(boxes, colours, strict=True):
        inside = drawn.picture[y1 + 5 : y2 - 5, x1 + 5 : x2 - 5].reshape(-1, 3)
        assert np.median(inside, axis=0).tolist() == colour.tolist()
        assert (inside == colour).all(axis=1).mean() >= 0.85, "all but the label, which is a tenth"


def test_each_mark_has_a_colour_of_its_own_while_there_are_enough() -> None:
    boxes = [(x, 40, x + 40, 240) for x in range(5, 400, 56)][: len(PALETTE)]
    picture = overview(ground(), [blob(box) for box in boxes], range(len(boxes)), **AS_IT_IS).picture
    for colour in PALETTE:
        assert (picture == colour).all(axis=2).sum() > 400


def test_numbers_stand_in_their_labels_and_nowhere_else() -> None:
    mask = blob((100, 100, 300, 200))
    (mark,) = marks_of([mask], [1], font_of(FONT_SIZE))
    one, two = (overview(ground(), [mask], [number], **AS_IT_IS).picture for number in (1, 2))
    ys, xs = np.nonzero((one != two).any(axis=2))
    x1, y1, x2, y2 = mark.place
    assert len(ys) > 10
    assert (x1 <= xs.min(), y1 <= ys.min(), xs.max() < x2, ys.max() < y2) == (True,) * 4


def test_where_some_marks_have_no_room_their_numbers_are_named() -> None:
    masks = [blob((x, 0, x + 2, 20), 20, 200) for x in range(0, 199, 4)]
    drawn = overview(ground(20, 200), masks, range(len(masks)), **AS_IT_IS)
    assert drawn.shown
    assert drawn.left_out


def test_of_what_is_left_out_nothing_is_drawn() -> None:
    """The picture is lower than a label."""
    drawn = overview(ground(14, 200), [blob((10, 2, 190, 12), 14, 200)], [6], **AS_IT_IS)
    assert drawn.left_out == (6,)
    assert np.array_equal(drawn.picture, ground(14, 200))


def test_an_empty_mask_is_left_out() -> None:
    nothing = Mask.from_dense(np.zeros((300, 400), bool))
    drawn = overview(ground(), [nothing, blob((100, 100, 200, 200))], [4, 2])
    assert (drawn.shown, drawn.left_out) == ((2,), (4,))


def test_the_same_masks_give_the_same_picture() -> None:
    def draw() -> RGBImage:
        masks = [blob((x, y, x + 30, y + 20)) for x in range(0, 370, 40) for y in range(0, 280, 50)]
        return overview(ground(), masks, range(len(masks))).picture

    assert np.array_equal(draw(), draw())


def test_a_picture_without_masks_is_as_it_is() -> None:
    drawn = overview(ground(), MaskStack(300, 400), [], **AS_IT_IS)
    assert np.array_equal(drawn.picture, ground())
    assert (drawn.shown, drawn.left_out) == ((), ())


def test_small_and_large_pictures_are_shown_at_the_same_size() -> None:
    for height, width in ((60, 80), (900, 1200)):
        mask = blob((0, 0, width // 2, height), height, width)
        assert overview(ground(height, width), [mask], [0]).picture.shape == (768, MOST_SIDE, 3)


@pytest.mark.parametrize(
    ("masks", "numbers"),
    [
        pytest.param([blob((0, 0, 9, 9))], [], id="a number is missing"),
        pytest.param([blob((0, 0, 9, 9))] * 2, [1, 1], id="a number twice"),
        pytest.param([blob((0, 0, 9, 9), 400, 300)], [1], id="a mask of another picture"),
    ],
)
def test_masks_and_numbers_that_do_not_fit_are_refused(masks: list[Mask], numbers: list[int]) -> None:
    with pytest.raises(ValueError, match=r"masks need|does not belong"):
        overview(ground(), masks, numbers)


# ---- the picture alone ----------------------------------------------------------------------------


def test_the_picture_alone_is_scaled_and_no_more() -> None:
    assert np.array_equal(whole_picture(ground(), **AS_IT_IS), ground())
    assert whole_picture(ground(10, 20)).shape == (256, 512, 3)
    assert whole_picture(ground(1024, 2048)).shape == (512, 1024, 3)
    assert (whole_picture(ground(3, 4000)) == GROUND).all()


def test_what_is_drawn_on_is_a_copy() -> None:
    pixels = ground().copy()
    marked_whole(pixels, blob((100, 100, 300, 200)), 5, **AS_IT_IS)
    overview(pixels, [blob((100, 100, 300, 200))], [5], **AS_IT_IS)
    whole_picture(pixels, **AS_IT_IS)[:] = 0
    assert (pixels == GROUND).all()


# ---- one mark -------------------------------------------------------------------------------------


def test_one_mark_is_a_light_line_with_a_dark_rim() -> None:
    view = marked_whole(ground(), blob((100, 100, 300, 200)), 5, **AS_IT_IS)
    across = view[150, 90:106].astype(int).sum(axis=1)
    brightest = int(np.argmax(across))
    assert across[brightest] > 0.85 * sum(LIGHT)
    assert min(across[:brightest]) < 0.5 * sum(GROUND)
    assert min(across[brightest:]) < 0.5 * sum(GROUND)
    assert (view[110:190, 110:290] == GROUND).all()


def test_the_number_is_in_the_picture() -> None:
    mask = blob((100, 100, 300, 200))
    views = [marked_whole(ground(), mask, number) for number in (1, 2, 88)]
    assert not np.array_equal(views[0], views[1])
    assert not np.array_equal(views[1], views[2])


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_any_size_and_any_mask_work(height: int, width: int) -> None:
    boxes = [(0, 0, width, height), (0, 0, 1, 1), (width - 1, height - 1, width, height)]
    boxes.append((width // 2, height // 2, width // 2 + 1, height // 2 + 1))
    masks = [blob(box, height, width) for box in boxes]
    pictures = [overview(ground(height, width), masks, range(4)).picture]
    pictures += [marked_whole(ground(height, width), mask, 12) for mask in masks]
    for picture in pictures:
        assert picture.dtype == np.uint8
        assert 512 <= max(picture.shape[:2]) <= MOST_SIDE
    assert not any((picture == GROUND).all() for picture in pictures[1:])


def test_an_empty_mask_cannot_be_marked() -> None:
    with pytest.raises(ValueError, match="empty"):
        marked_whole(ground(), Mask.from_dense(np.zeros((300, 400), bool)), 0)


def test_what_is_no_picture_is_refused() -> None:
    for pixels in (np.zeros((300, 400), np.uint8), np.zeros((300, 400, 3)), np.zeros((0, 4, 3), np.uint8)):
        with pytest.raises(ValueError, match="a picture is uint8"):
            marked_whole(pixels, blob((0, 0, 9, 9)), 0)  # type: ignore[arg-type]
