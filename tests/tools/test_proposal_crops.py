"""Proposals with looks at windows of the picture."""

from __future__ import annotations

import dataclasses
import weakref

import numpy as np
import pytest
from proposalfakes import DEFAULTS, Fixed

from dtwinseger.tools.crops import windows
from dtwinseger.tools.ports import Candidates, Gate, Prompts
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.twin.masks import Box, Mask, MaskStack
from dtwinseger.twin.schema import Level


class Picture:
    """Encodes windows of a picture: squares of 3 x 3 pixels, which only a look at a small window finds.

    The whole picture's encoding sees but the large thing. Each window notes which prompts it got, and how
    many encodings of windows there are is known.
    """

    side = 120
    large = (30, 30, 90, 90)
    dots = ((15, 15), (100, 15), (60, 60))

    def __init__(self) -> None:
        self.looks: dict[tuple[int, ...], list[int]] = {}
        self.alive: weakref.WeakSet[Glance] = weakref.WeakSet()
        self.most_alive = 0

    def whole(self) -> Glance:
        return self.crop((0, 0, self.side, self.side))

    def crop(self, window: tuple[int, int, int, int]) -> Glance:
        self.looks.setdefault(window, [])
        glance = Glance(self, window)
        self.alive.add(glance)
        self.most_alive = max(self.most_alive, len(self.alive))
        return glance


@dataclasses.dataclass(eq=False)
class Glance:
    picture: Picture
    window: tuple[int, int, int, int]

    @property
    def height(self) -> int:
        return self.window[3] - self.window[1]

    @property
    def width(self) -> int:
        return self.window[2] - self.window[0]

    def at(self, level: str) -> Glance:
        return self

    def known(self) -> list[Mask]:
        x, y = self.window[:2]
        side = self.picture.side
        boxes = [self.picture.large]
        if self.width < side:
            boxes += [(cx - 1, cy - 1, cx + 2, cy + 2) for cx, cy in self.picture.dots]
        full = np.zeros((len(boxes), side, side), np.bool_)
        for mask, (x1, y1, x2, y2) in zip(full, boxes, strict=True):
            mask[y1:y2, x1:x2] = True
        cut = full[:, y : y + self.height, x : x + self.width]
        return [m for m in MaskStack.from_dense(cut) if m.area]

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        self.picture.looks[self.window].append(len(prompts))
        known = sorted(self.known(), key=lambda m: m.area)
        rows = [
            (number, mask)
            for number, (x, y) in enumerate(prompts.points.tolist())
            for mask in known
            if mask.contains(x, y)
        ]
        return Candidates(
            MaskStack(self.height, self.width, tuple(m for _, m in rows)),
            np.array([1 - m.area / 1e5 for _, m in rows], np.float64),
            np.array([n for n, _ in rows], np.int64),
            {"area": 0},
            (f"looked at {self.width}",),
        )


CROPS = ProposalSettings(
    points_per_side=40, min_area_px=4, min_area_pct=0, crop_layers=1, crop_overlap=0.5, box_nms=0.7
)


def test_crops_find_what_is_small_and_place_it_in_the_picture() -> None:
    picture = Picture()
    made = propose(picture.whole(), "object", CROPS, DEFAULTS, 80, picture.crop)
    boxes = {mask.box: made.parents[row] for row, mask in enumerate(made.masks)}
    assert boxes == {
        (30, 30, 90, 90): None,
        (59, 59, 62, 62): 0,
        (14, 14, 17, 17): None,
        (99, 14, 102, 17): None,
    }
    assert (made.masks.height, made.masks.width) == (120, 120)
    assert made.incidents == ("looked at 120", "looked at 90")


def test_a_centre_is_prompted_where_its_mask_came_from() -> None:
    picture = Picture()
    propose(picture.whole(), "object", CROPS, DEFAULTS, 80, picture.crop)
    # The large thing came from the whole picture; each window cut it off. A dot comes from one window.
    assert picture.looks[(0, 0, 120, 120)] == [1600, 1]
    assert [prompts[0] for prompts in picture.looks.values()] == [1600] * 5
    assert sum(sum(prompts[1:]) for prompts in picture.looks.values()) == 1 + 3


@pytest.mark.parametrize("level", ["part", "object"])
def test_windows_are_looked_at_one_at_a_time_and_only_where_there_is_something(level: Level) -> None:
    picture = Picture()
    settings = CROPS.model_copy(update={"crop_layers": 2, "points_per_side": 8})
    made = propose(picture.whole(), level, settings, DEFAULTS, 80, picture.crop)
    # The whole picture's encoding is the caller's, one of a window is in use.
    assert picture.most_alive == 2
    assert len(picture.looks) == 1 + 4 + 16
    twice = [window for window, prompts in picture.looks.items() if len(prompts) > 1]
    assert twice == [] if level == "part" else 0 < len(twice) < 8
    assert len(made.masks) > 1


def test_the_second_round_begins_with_the_windows_that_were_encoded_last() -> None:
    picture, order = Picture(), []

    def crop(window: Box) -> Glance:
        order.append(window)
        return picture.crop(window)

    propose(picture.whole(), "object", CROPS, DEFAULTS, 80, crop)
    first, second = order[:4], order[4:]
    assert len(second) > 1
    assert second == [window for window in reversed(first) if window in second]


@pytest.mark.parametrize(("near", "dots"), [(0, 3), (28, 3), (29, 2)])
def test_how_near_an_edge_of_a_window_is_near_is_a_setting(near: int, dots: int) -> None:
    # Windows from 0 to 90 and from 30 to 120: the middle dot is 29 pixels off the inner edges of all four.
    picture = Picture()
    settings = CROPS.model_copy(update={"crop_edge_px": near})
    made = propose(picture.whole(), "part", settings, DEFAULTS, 80, picture.crop)
    assert made.masks.areas.tolist().count(9) == dots


def test_the_report_says_what_was_cut_off_and_what_several_windows_saw() -> None:
    picture = Picture()
    made = propose(picture.whole(), "part", CROPS, DEFAULTS, 80, picture.crop)
    report = made.report
    assert list(report) == [
        "candidates", "area", "crop: near the edge", "equal", "box NMS", "mask NMS",
        "crop: equal", "crop: box NMS", "crop: mask NMS", "part: overlapping pairs", "left out of the view",
    ]  # fmt: skip
    # Windows from 0 to 90 and from 30 to 120: the middle dot is seen in all four, each other dot in one.
    assert (report["crop: equal"], report["crop: box NMS"], report["crop: mask NMS"]) == (3, 0, 0)
    dropped = sum(count for name, count in report.items() if name != "candidates")
    assert report["candidates"] - dropped == len(made.masks) == 4


@pytest.mark.parametrize(("divisor", "points"), [(1, 1600), (2, 400), (100, 1)])
def test_windows_have_fewer_points_where_that_is_asked_for(divisor: int, points: int) -> None:
    picture = Picture()
    settings = CROPS.model_copy(update={"crop_points_divisor": divisor})
    propose(picture.whole(), "part", settings, DEFAULTS, 80, picture.crop)
    assert [looks for window, looks in picture.looks.items() if window != (0, 0, 120, 120)] == [[points]] * 4


def test_of_a_thing_seen_in_two_windows_the_smaller_windows_mask_stays() -> None:
    class Rough(Glance):
        """A window sees the large thing a row shorter, and scores it less."""

        def known(self) -> list[Mask]:
            side = self.picture.side
            dense = np.zeros((side, side), np.bool_)
            dense[70 : 99 if self.width < side else 100, 70:100] = True
            x, y = self.window[:2]
            return [Mask.from_dense(dense[y : y + self.height, x : x + self.width])]

        def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
            found = super().predict(prompts, gate)
            return dataclasses.replace(found, scores=np.full(len(found), 0.9 if self.width == 120 else 0.6))

    picture = Picture()
    rough = lambda window: Rough(picture, window)  # noqa: E731
    picture.looks = {box: [] for box, _ in windows(120, 120, 1, 0.5)} | {(0, 0, 120, 120): []}
    made = propose(rough((0, 0, 120, 120)), "part", CROPS, DEFAULTS, 80, rough)
    assert [mask.box for mask in made.masks] == [(70, 70, 100, 99)]
    spared = CROPS.model_copy(update={"crop_nms": 1.0, "mask_nms": 1.0, "tau_pair": 1.0})
    made = propose(rough((0, 0, 120, 120)), "part", spared, DEFAULTS, 80, rough)
    assert len(made.masks) == 2


def test_crops_without_a_way_to_encode_windows_are_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="encodes a window"):
        propose(Fixed(()), "part", CROPS, DEFAULTS, 80)
