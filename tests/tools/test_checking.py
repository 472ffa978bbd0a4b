"""Checking segmenters: sound ones pass, and each way to be unsound fails the check that is for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pytest

from dtwinseger.tools.checking.check import Report, check
from dtwinseger.tools.checking.drawings import DRAWINGS, NESTED, Drawing, Shape
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Gate, Prompts, SegmenterDefaults
from dtwinseger.tools.regions.segmenter import Regions
from dtwinseger.twin.masks import Mask, MaskStack

BLACK = ((0, 0, 0), (0, 0, 0))
SQUARE = Shape("rectangle", (0.5, 0.5), (0.25, 0.25), 0, (255, 0, 0))


# ---- drawings -----------------------------------------------------------------------------------


def test_a_square_covers_just_its_pixels() -> None:
    drawing = Drawing(8, 12, BLACK, (SQUARE,))
    (mask,) = drawing.masks(drawing.shapes)
    assert mask.box == (4, 2, 8, 6)
    assert mask.area == 16
    expected = np.zeros((8, 12, 3), np.uint8)
    expected[2:6, 4:8, 0] = 255
    assert (drawing.pixels() == expected).all()


def test_a_turned_shape_turns_from_x_towards_y() -> None:
    long = replace(SQUARE, radii=(0.4, 0.1))
    for turn, box in ((0, (2, 8, 18, 12)), (90, (8, 2, 12, 18))):
        (mask,) = Drawing(20, 20, BLACK, ()).masks((replace(long, turn=turn),))
        assert mask.box == box


@pytest.mark.parametrize(
    ("kind", "area"),
    [("ellipse", np.pi), ("rectangle", 4), ("triangle", 1.299), ("pentagon", 2.378), ("hexagon", 2.598)],
)
def test_a_shape_of_radius_one_has_the_area_of_its_kind(kind: str, area: float) -> None:
    shape = replace(SQUARE, kind=kind)
    (mask,) = Drawing(400, 400, BLACK, ()).masks((shape,))
    assert mask.area / 100**2 == pytest.approx(area, rel=0.01)


def test_a_graded_ground_goes_from_the_first_colour_to_the_last() -> None:
    pixels = Drawing(2, 2, ((0, 0, 0), (100, 200, 40)), ()).pixels()
    assert pixels[..., 0].tolist() == [[25, 50], [50, 75]]
    assert pixels[..., 1].tolist() == [[50, 100], [100, 150]]


def test_a_part_is_painted_on_its_shape_whose_mask_holds_it_still() -> None:
    part = replace(SQUARE, radii=(0.125, 0.125), colour=(0, 0, 255))
    drawing = Drawing(8, 8, BLACK, (SQUARE,), (part,))
    assert drawing.pixels()[2:6, 3].tolist() == [[255, 0, 0], [0, 0, 255], [0, 0, 255], [255, 0, 0]]
    areas = [mask.area for mask in drawing.seen()]
    assert areas == [16, 4, 12, 48, 64]  # shape, part, the shape but for its part, ground, everything


def test_every_shape_lies_whole_in_its_drawing_apart_from_the_others_with_both_points_on_it() -> None:
    for drawing in DRAWINGS + NESTED:
        masks = drawing.masks(drawing.shapes)
        for row, mask in enumerate(masks):
            x1, y1, x2, y2 = mask.box
            assert min(x1, y1) > 0
            assert x2 < drawing.width
            assert y2 < drawing.height
            assert all(mask.contains(*point) for point in drawing.points(drawing.shapes)[2 * row :][:2])
            assert all(mask.intersection(other) == 0 for other in masks[:row])


def test_every_part_lies_on_its_shape_with_both_points_on_it() -> None:
    for drawing in NESTED:
        parts, wholes = drawing.masks(drawing.parts), drawing.masks(drawing.shapes)
        assert len(parts) == len(wholes)
        for row, (part, whole) in enumerate(zip(parts, wholes, strict=True)):
            assert part.intersection(whole) == part.area < whole.area / 2
            assert all(part.contains(*point) for point in drawing.points(drawing.parts)[2 * row :][:2])


def test_everything_can_be_told_from_what_is_around_it() -> None:
    for drawing in DRAWINGS + NESTED:
        bare = replace(drawing, shapes=(), parts=()).pixels().astype(int)
        for shape, mask in zip(drawing.shapes, drawing.masks(drawing.shapes), strict=True):
            assert np.linalg.norm(bare[mask.dense()] - shape.colour, axis=1).min() > 70
        for shape, part in zip(drawing.shapes, drawing.parts, strict=False):
            assert np.linalg.norm(np.subtract(shape.colour, part.colour)) > 70


# ---- segmenters that are made to fail -----------------------------------------------------------


@cache
def known() -> dict[bytes, Drawing]:
    """The drawings by their pixels."""
    return {drawing.pixels().tobytes(): drawing for drawing in DRAWINGS + NESTED}


@cache
def drawn(drawing: Drawing) -> tuple[tuple[Mask, ...], tuple[Mask, ...]]:
    """Masks of its shapes, and of its parts."""
    return drawing.masks(drawing.shapes), drawing.masks(drawing.parts)


@dataclass
class Knowing:
    """Looks the shapes up: without faults it makes every mask to the pixel.

    Attributes:
        score: predicted IoU of all its masks.
        logits: whether it says that it has some.
        blind: answers with the first shape, whatever the prompt.
        ragged: points get masks that lack their right half, boxes too if they are ``boxless``.
        partless: knows no parts; wholeless: a point on a part gets no whole.
        shy: knows nothing of a picture unless few things are asked.
        own: has a decoder of its own for every level, which is shy.
        more: predicted IoU of one more mask at every point, of half a shape.
    """

    score: float = 0.98
    logits: bool = True
    blind: bool = False
    ragged: bool = False
    boxless: bool = False
    partless: bool = False
    wholeless: bool = False
    shy: bool = False
    own: bool = False
    more: float | None = None
    name: str = "knowing"
    fingerprint: str = "knowing"
    drawing: Drawing = field(default=DRAWINGS[0])

    @property
    def defaults(self) -> SegmenterDefaults:
        return SegmenterDefaults(theta_iou=0.88, stability=0.95 if self.logits else None)

    def encode(self, pixels: RGBImage) -> Knowing:
        return replace(self, drawing=known()[pixels.tobytes()])

    @property
    def height(self) -> int:
        return self.drawing.height

    @property
    def width(self) -> int:
        return self.drawing.width

    def at(self, level: str) -> Knowing:
        return replace(self, own=False, shy=True) if self.own else self

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        answers = [
            (prompt, mask, score)
            for prompt, (x, y) in enumerate(prompts.points.tolist())
            for mask, score in self._at(x, y)
            if not (self.shy and len(prompts) > 6)
        ]
        for prompt, box in enumerate(prompts.boxes.tolist(), len(prompts.points)):
            shapes, _ = drawn(self.drawing)
            hit = [shapes[0]] if self.blind else [shape for shape in shapes if shape.box == tuple(box)]
            answers += [(prompt, left_half(m) if self.boxless else m, self.score) for m in hit]
        passed = [answer for answer in answers if answer[2] >= gate.min_score]
        return Candidates(
            MaskStack(self.height, self.width, tuple(mask for _, mask, _ in passed)),
            np.array([score for _, _, score in passed], np.float64),
            np.array([prompt for prompt, _, _ in passed], np.int64),
            {"score": len(answers) - len(passed)},
        )

    def _at(self, x: float, y: float) -> list[tuple[Mask, float]]:
        shapes, parts = drawn(self.drawing)
        if self.partless:
            parts = ()
        on_part = [part for part in parts if part.contains(x, y)]
        on_shape = [shape for shape in shapes if shape.contains(x, y)]
        if self.blind:
            on_part, on_shape = [], [shapes[0]]
        if self.wholeless and on_part:
            on_shape = []
        found = [(left_half(m) if self.ragged else m, self.score) for m in (*on_part, *on_shape)]
        return found if self.more is None else [*found, (left_half(shapes[0]), self.more)]


def left_half(mask: Mask) -> Mask:
    dense = mask.dense().copy()
    x1, _, x2, _ = mask.box
    dense[:, (x1 + x2) // 2 :] = False
    return Mask.from_dense(dense)


def failed(report: Report) -> list[str]:
    return [finding.subject for finding in report.findings if not finding.passed]


def test_one_that_makes_every_mask_to_the_pixel_passes() -> None:
    report = check(Knowing())
    assert (failed(report), report.cause, report.passed) == ([], None, True)
    assert [finding.text for finding in report.findings] == [
        *["IoU 1.00 (needs 0.88), worst tenth 1.00 (needs 0.80)"] * 2,
        "IoU 1.00 (needs 0.50), worst tenth 1.00 (needs 0.10)",
        "IoU 1.00 (needs 0.80), worst tenth 1.00 (needs 0.60)",
        "100% of pairs (needs 90%)",
        "100% of the shapes (needs 75%)",
        "off by 0.00 (allowed 0.10)",
        "off by 0.02 (allowed 0.15)",
    ]


NOTHING = (
    "random or partly loaded weights, a decoder and an encoder of different models, or too little training"
)
DAMAGED = "damaged weights, or too little training"
LEVELS = "the decoders of its levels (trained too little, or for other things)"
HEAD = "damaged weights of the head that predicts IoU"


@pytest.mark.parametrize(
    ("fault", "subjects", "cause"),
    [
        ({"ragged": True}, ["points", "parts", "wholes of parts", "proposals"], DAMAGED),
        ({"boxless": True}, ["boxes"], DAMAGED),
        ({"partless": True}, ["parts"], DAMAGED),
        ({"wholeless": True}, ["wholes of parts"], DAMAGED),
        (
            {"blind": True},
            ["points", "boxes", "parts", "wholes of parts", "two points, two masks", "proposals"],
            NOTHING,
        ),
        ({"shy": True}, ["proposals"], DAMAGED),
        ({"own": True}, ["proposals"], LEVELS),
        ({"own": True, "boxless": True}, ["boxes", "proposals"], DAMAGED),
        ({"score": 0.8}, ["predicted IoU"], HEAD),
        ({"score": 1.2}, ["boasted IoU", "predicted IoU"], HEAD),
        ({"more": 0.9}, ["boasted IoU"], HEAD),
    ],
)
def test_each_fault_fails_the_checks_that_are_for_it(
    fault: dict, subjects: Sequence[str], cause: str
) -> None:
    report = check(Knowing(**fault))
    scores = {"boasted IoU", "predicted IoU"}
    assert [s for s in failed(report) if s not in scores or "damaged weights of" in cause] == list(subjects)
    assert (report.passed, report.cause) == (False, cause)


def test_how_far_it_is_is_told_before_each_drawing() -> None:
    told: list[tuple[int, int]] = []
    check(Knowing(), lambda number, total: told.append((number, total)))
    assert told == [(number, 8) for number in range(1, 9)]


def test_one_without_logits_only_ranks_by_its_scores() -> None:
    report = check(Knowing(score=0.6, logits=False))
    assert report.passed
    assert "predicted IoU" not in {finding.subject for finding in report.findings}


def test_regions_are_sound() -> None:
    report = check(Regions())
    assert report.passed, report.findings
