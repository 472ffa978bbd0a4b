from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from dtwinseger.agent.lettering import tag_text
from dtwinseger.agent.overlay import draw_overlay
from dtwinseger.tools.drawing.colours import PALETTE
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Box, Mask
from dtwinseger.twin.result import Components, ImageInfo, Segmentation

Answer = Callable[..., Segmentation]


def blob(height: int, width: int, box: Box) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def photo(height: int, width: int) -> RGBImage:
    pixels = np.full((height, width, 3), (200, 150, 100), np.uint8)
    pixels.flags.writeable = False  # as those of a Picture
    return pixels


def two_blobs(height: int = 240, width: int = 320) -> list[Mask]:
    return [blob(height, width, (20, 40, 140, 200)), blob(height, width, (180, 40, 300, 200))]


def failed_early(height: int = 240, width: int = 320) -> Segmentation:
    return Segmentation(
        status="failed",
        query="what is red?",
        image=ImageInfo(path=None, sha256=None, height=height, width=width),
        granularity=None,
        path=None,
        masks=None,
        components=Components(segmenter=None, tagger=None, planner="symbolic"),
        trace_id="0",
        error="no planner answered",
    )


# ---- the picture ----------------------------------------------------------------------------------


def test_the_answer_keeps_its_pixels_and_the_rest_is_darker(answer: Answer) -> None:
    drawn = draw_overlay(photo(240, 320), answer(two_blobs(), [0]))
    assert drawn[60, 40].tolist() == [200, 150, 100]
    assert drawn[60, 200].max() < 100  # in the object that was dropped
    assert drawn[5, 5].max() < 100  # where no object is
    assert np.ptp(drawn[5, 5].astype(int)) < 0.5 * 0.42 * 100, "less colour, too"


def test_the_answers_own_pixels_stay_whole_up_to_its_edge(answer: Answer) -> None:
    inside = two_blobs()[0].dense()[41:199, 21:139].sum()
    drawn = draw_overlay(photo(240, 320), answer(two_blobs(), [0]))[41:199, 21:139]
    assert (drawn == (200, 150, 100)).all(axis=2).sum() > 0.95 * inside  # all but the tag


def test_each_object_of_the_answer_has_a_line_of_its_own_colour(answer: Answer) -> None:
    drawn = draw_overlay(photo(240, 320), answer(two_blobs(), [0, 1]))
    for colour in PALETTE[:2]:
        assert (drawn == colour).all(axis=2).sum() > 2 * 400  # two pixels wide, around 560 long
    assert not (drawn == PALETTE[2]).all(axis=2).any()


def test_dropped_objects_have_a_thin_grey_line(answer: Answer) -> None:
    drawn = draw_overlay(photo(240, 320), answer(two_blobs(), [0]))
    assert drawn[100, 180].min() > drawn[100, 170].max()


def test_nothing_dims_the_whole_picture(answer: Answer) -> None:
    drawn = draw_overlay(photo(240, 320), answer(two_blobs(), []))[:240]
    assert drawn.max() < 160
    assert np.median(drawn) < 85


def test_failed_leaves_the_picture_as_it_is(answer: Answer) -> None:
    for result in (failed_early(), answer(two_blobs(), [0], status="failed", error="too late")):
        drawn = draw_overlay(photo(240, 320), result)
        assert np.array_equal(drawn[:240], photo(240, 320))
        assert drawn.shape[0] > 240


def test_without_pixels_the_objects_are_drawn_on_a_light_canvas(answer: Answer) -> None:
    drawn = draw_overlay(None, answer(two_blobs(), [0]))
    bright, dropped, ground = (drawn[60, x].astype(int) for x in (40, 200, 160))
    assert bright.sum() > dropped.sum()
    assert bright.sum() > ground.sum()
    assert np.ptp(dropped) > np.ptp(ground), "soft colours, not grey"
    assert (draw_overlay(None, failed_early())[:240] > 200).all()


def test_the_same_question_gives_the_same_overlay(answer: Answer) -> None:
    result = answer(two_blobs(), [0, 1], labels={0: "cup"})
    assert np.array_equal(draw_overlay(photo(240, 320), result), draw_overlay(photo(240, 320), result))


def test_pixels_of_another_picture_are_refused(answer: Answer) -> None:
    with pytest.raises(ValueError, match="240 x 320"):
        draw_overlay(photo(320, 240), answer(two_blobs(), [0]))


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (2, 7), (99, 99), (100, 100), (3, 2000)])
@pytest.mark.parametrize("keep", [[0], []])
def test_any_size_works(answer: Answer, size: tuple[int, int], keep: list[int]) -> None:
    mask = Mask.from_dense(np.ones(size, bool))
    for pixels in (photo(*size), None):
        drawn = draw_overlay(pixels, answer([mask], keep, labels={0: "all of it"}))
        assert drawn.dtype == np.uint8
        assert drawn.shape[1:] == (size[1], 3)


def test_a_mask_of_scattered_pixels_works(answer: Answer) -> None:
    noise: NDArray[np.bool_] = np.random.default_rng(0).random((240, 320)) < 0.1
    drawn = draw_overlay(photo(240, 320), answer([Mask.from_dense(noise)], [0]))
    assert drawn.shape[0] > 240


def test_small_pictures_have_no_tags(answer: Answer) -> None:
    mask = blob(99, 150, (20, 20, 130, 80))
    drawn = draw_overlay(photo(99, 150), answer([mask], [0], labels={0: "cup"}))
    assert (drawn[25:75, 25:125] == (200, 150, 100)).all()


# ---- the tags -------------------------------------------------------------------------------------


def test_a_tag_says_the_number_and_a_short_label() -> None:
    assert tag_text(7, None) == "7"
    assert tag_text(7, "cup") == "7 cup"
    assert len(tag_text(7, "a very long name of a thing")) <= 25


def test_very_many_objects_are_drawn(answer: Answer) -> None:
    masks = [blob(240, 320, (x, y, x + 9, y + 9)) for x in range(0, 310, 12) for y in range(0, 230, 24)]
    drawn = draw_overlay(photo(240, 320), answer(masks, range(len(masks)), labels={0: "cup"}))
    assert drawn.shape[0] > 240
