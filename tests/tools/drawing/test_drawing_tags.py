from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dtwinseger.tools.drawing.lettering import font_of
from dtwinseger.tools.drawing.tags import GAP, Places, Tag, draw_leader, layout, tag_for, tag_of, way_to
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import Box, Mask


def blob(height: int, width: int, box: Box) -> Mask:
    x1, y1, x2, y2 = box
    return Mask.from_dense(np.ones((y2 - y1, x2 - x1), bool), origin=(x1, y1), size=(height, width))


def photo(height: int, width: int) -> RGBImage:
    return np.full((height, width, 3), (200, 150, 100), np.uint8)


@st.composite
def scenes(draw: Any) -> tuple[list[Tag], int, int]:
    width, height = draw(st.integers(1, 300)), draw(st.integers(1, 300))
    tags = []
    for _ in range(draw(st.integers(0, 12))):
        x1, y1 = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        x2, y2 = draw(st.integers(x1 + 1, width)), draw(st.integers(y1 + 1, height))
        point = (draw(st.integers(x1, x2 - 1)) + 0.5, draw(st.integers(y1, y2 - 1)) + 0.5)
        size = (draw(st.integers(1, 120)), draw(st.integers(1, 30)))
        tags.append(Tag(point, (x1, y1, x2, y2), size, draw(st.booleans())))
    return tags, width, height


@given(scenes())
def test_tags_stay_inside_and_do_not_overlap(scene: tuple[list[Tag], int, int]) -> None:
    tags, width, height = scene
    places = layout(tags, width, height)
    assert len(places) == len(tags)
    for tag, place in zip(tags, places, strict=True):
        if place is not None:
            x1, y1, x2, y2 = place
            assert (x2 - x1, y2 - y1) == tag.size
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
    there = [place for place in places if place is not None]
    for k, a in enumerate(there):
        for b in there[:k]:
            sides = (max(a[0] - b[2], b[0] - a[2]), max(a[1] - b[3], b[1] - a[3]))
            assert max(sides) >= GAP


@given(scenes())
def test_the_first_tag_is_left_out_only_if_it_is_too_large(scene: tuple[list[Tag], int, int]) -> None:
    tags, width, height = scene
    for tag in tags:
        fits = tag.size[0] <= width and tag.size[1] <= height
        assert (layout([tag], width, height)[0] is not None) == fits


def test_a_tag_stands_on_the_innermost_point_where_there_is_room() -> None:
    tag = tag_for(blob(240, 320, (20, 40, 140, 200)), "0 cup", font_of(12))
    assert not tag.outside
    (place,) = layout([tag], 320, 240)
    assert place is not None
    assert ((place[0] + place[2]) / 2, (place[1] + place[3]) / 2) == pytest.approx(tag.point, abs=1)


def test_a_tag_that_would_hide_its_mask_stands_beside_it() -> None:
    tag = tag_for(blob(240, 320, (100, 100, 120, 115)), "0 cup", font_of(12))
    assert tag.outside
    (place,) = layout([tag], 320, 240)
    assert place is not None
    assert place[2] <= 100 or place[0] >= 120 or place[3] <= 100 or place[1] >= 115
    assert max(100 - place[3], place[1] - 115, 100 - place[2], place[0] - 120) < 20, "next to it"


@st.composite
def small_objects(draw: Any) -> Mask:
    x, y = draw(st.integers(0, 280)), draw(st.integers(0, 220))
    w, h = draw(st.integers(1, 40)), draw(st.integers(1, 20))
    return blob(240, 320, (x, y, x + w, y + h))


@given(small_objects())
def test_neither_tag_nor_leader_hides_the_small_object_that_they_name(mask: Mask) -> None:
    tag = tag_for(mask, "12 person", font_of(12))
    (place,) = layout([tag], 320, 240)
    assert place is not None
    x1, y1, x2, y2 = place
    assert not mask.dense()[y1:y2, x1:x2].any()
    view = photo(240, 320)
    draw_leader(view, mask, place, (255, 0, 0), thickness=2, rim=1, off=3)
    assert (view[mask.dense()] == (200, 150, 100)).all()


def test_a_leader_comes_near_what_it_names() -> None:
    mask, view = blob(240, 320, (200, 100, 220, 120)), photo(240, 320)
    draw_leader(view, mask, (20, 100, 60, 118), (255, 0, 0), thickness=2, rim=1, off=3)
    reached = np.flatnonzero((view != (200, 150, 100)).any(axis=(0, 2)))
    assert reached.min() < 60
    assert 195 <= reached.max() < 200


def test_objects_that_fill_one_place_are_all_tagged() -> None:
    masks = [blob(240, 320, (d, d, 320 - d, 240 - d)) for d in range(0, 50, 10)]
    tags = [tag_for(mask, f"{i} cup", font_of(12)) for i, mask in enumerate(masks)]
    assert None not in layout(tags, 320, 240)


# ---- other judges ---------------------------------------------------------------------------------


def on_the_left(at: int, places: Places) -> NDArray[np.float64]:
    return np.where(places[:, 2] <= 100, 0.0, np.inf)


def nowhere(at: int, places: Places) -> NDArray[np.float64]:
    return np.full(len(places), np.inf)


def test_a_tag_stands_only_where_the_cost_allows_it() -> None:
    tags = [tag_for(blob(240, 320, (220, y, 300, y + 60)), "0", font_of(12)) for y in (20, 120)]
    for place in layout(tags, 320, 240, costs=[on_the_left]):
        assert place is not None
        assert place[2] <= 100
    assert layout(tags, 320, 240, costs=[nowhere]) == [None, None]


def test_the_second_cost_is_asked_only_where_the_first_allows_no_place() -> None:
    tag = tag_for(blob(240, 320, (220, 20, 300, 60)), "0", font_of(12))
    (place,) = layout([tag], 320, 240, costs=[nowhere, on_the_left])
    assert place is not None
    assert place[2] <= 100
    (place,) = layout([tag], 320, 240, costs=[on_the_left, lambda at, places: np.zeros(len(places))])
    assert place is not None
    assert place[2] <= 100


def test_the_way_to_a_place_is_none_about_the_point_and_grows_with_the_gap() -> None:
    places = np.array([(40, 40, 60, 60), (45, 40, 65, 60), (60, 40, 80, 60), (90, 40, 110, 60)])
    assert way_to((50.0, 50.0), places).tolist() == [0.0, 0.5, 10 + 2.0, 40 + 5.0]


def test_how_much_a_tag_may_cover_can_be_chosen() -> None:
    mask = blob(240, 320, (100, 100, 140, 120))  # 800 pixels
    size = (20, 8)  # a fifth of them
    assert not tag_of(mask, "0", size).outside
    assert tag_of(mask, "0", size, most_covered=0.1).outside
    assert not tag_of(mask, "0", size, most_covered=0.1, point=(100.0, 100.0)).outside, "there it covers 40"
