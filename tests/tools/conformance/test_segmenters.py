"""What every ``Segmenter`` promises. A new one needs one line in ``SEGMENTERS``."""

from __future__ import annotations

import inspect
import itertools
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from graphfakes import Shapes, picture_of_shapes
from tinymodels import tiny_sam2
from tinysam import TRAINED, VIT, random_sam

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts, Segmenter
from dtwinseger.tools.proposals import ProposalSettings, propose
from dtwinseger.tools.regions.segmenter import Regions
from dtwinseger.tools.sam.segmenter import Sam
from dtwinseger.tools.sam2.segmenter import Sam2
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.schema import Level

LEVELS: tuple[Level, ...] = get_args(Level)
KEPT = tempfile.TemporaryDirectory(prefix="conformance-")


@cache
def sam2_folder() -> Path:
    """A SAM 2 with random weights."""
    return tiny_sam2(Path(KEPT.name) / "sam2")


@cache
def vit_file() -> Path:
    """A SAM of the published kind, with random weights and a decoder for each granularity."""
    return random_sam(Path(KEPT.name) / "vit.safetensors", sizes=VIT, levels=LEVELS)


SEGMENTERS: dict[str, Callable[[], Segmenter]] = {
    "regions": Regions,
    "shapes": Shapes,
    "sam": lambda: Sam("sam:tiny", TRAINED, device="cpu"),
    "sam, plainly": lambda: Sam("sam:tiny", TRAINED, device="cpu", plain=True),
    "sam, a decoder each": lambda: Sam("sam:vit", vit_file(), device="cpu"),
    "sam2": lambda: Sam2("sam2:tiny", sam2_folder(), device="cpu"),
}
NETWORKS = {"sam", "sam, plainly", "sam, a decoder each", "sam2"}
"""They learned what masks are: theirs need not contain the point, nor be nested, and a prompt's last digits
depend on which others are decoded with it."""
TRAINED_KINDS = set(SEGMENTERS) - {"sam, a decoder each", "sam2"}


def noise(height: int, width: int) -> RGBImage:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3)).astype(np.uint8)


PICTURES: dict[str, Callable[[], RGBImage]] = {
    "shapes": picture_of_shapes,
    "flat": lambda: np.full((40, 60, 3), 90, np.uint8),
    "noise": lambda: noise(30, 50),
    "one pixel": lambda: np.full((1, 1, 3), (220, 30, 30), np.uint8),
    "one row": lambda: noise(1, 37),
    "one column": lambda: noise(37, 1),
    "two pixels": lambda: noise(1, 2),
    "a strip": lambda: noise(3, 400),
}


@pytest.fixture(params=SEGMENTERS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each implementation in turn."""
    return str(request.param)


@pytest.fixture(params=PICTURES)
def picture(request: pytest.FixtureRequest) -> str:
    """Each picture in turn."""
    return str(request.param)


@cache
def segmenter(kind: str) -> Segmenter:
    return SEGMENTERS[kind]()


@cache
def encoded(kind: str, picture: str) -> Encoding:
    pixels = PICTURES[picture]()
    pixels.flags.writeable = False
    return segmenter(kind).encode(pixels)


def prompts(encoding: Encoding, per_side: int = 5) -> Prompts:
    """A grid of points, the picture's own box, its left half's and one of a pixel."""
    h, w = encoding.height, encoding.width
    y, x = (np.mgrid[0:per_side, 0:per_side] + 0.5) / per_side
    boxes = [(0, 0, w, h), (0, 0, w / 2, h), (w - 1, h - 1, w, h)]
    return Prompts(np.column_stack((x.ravel() * w, y.ravel() * h)), np.array(boxes, np.float64))


def alike(found: Candidates, other: Candidates) -> bool:
    """Whether two answers are the same but for rounding."""
    return (
        len(found) == len(other)
        and np.array_equal(found.prompt, other.prompt)
        and np.allclose(found.scores, other.scores, atol=1e-5)
        and all(
            np.count_nonzero(a.dense() != b.dense()) <= 1e-3 * a.height * a.width
            for a, b in zip(found.masks, other.masks, strict=True)
        )
    )


def rows(found: Candidates) -> list[tuple[int, float, bytes]]:
    return [
        (int(p), float(s), m.dense().tobytes())
        for p, s, m in zip(found.prompt, found.scores, found.masks, strict=True)
    ]


def test_it_has_the_ports_shape_and_a_name_that_settings_can_hold(kind: str) -> None:
    made = segmenter(kind)
    assert isinstance(made, Segmenter)
    assert made.name == made.name.strip().lower()
    assert made.name
    assert not inspect.iscoroutinefunction(made.encode)


def test_its_thresholds_are_in_range(kind: str) -> None:
    defaults = segmenter(kind).defaults
    assert 0 <= defaults.theta_iou <= 1
    assert defaults.stability is None or 0 <= defaults.stability <= 1


def test_a_picture_of_any_size_is_encoded_at_its_size(kind: str, picture: str) -> None:
    encoding = encoded(kind, picture)
    assert isinstance(encoding, Encoding)
    assert (encoding.height, encoding.width) == PICTURES[picture]().shape[:2]


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_answers_points_and_boxes_with_masks_of_the_pictures_size(
    kind: str, picture: str, level: Level
) -> None:
    encoding = encoded(kind, picture).at(level)
    asked = prompts(encoding)
    found = encoding.predict(asked, Gate())
    assert len(found.masks) == len(found.scores) == len(found.prompt)
    assert found.scores.dtype == np.float64
    assert found.prompt.dtype == np.int64
    for mask in found.masks:
        assert (mask.height, mask.width) == (encoding.height, encoding.width)
        assert mask.area >= 1
    assert np.isfinite(found.scores).all()
    if kind not in NETWORKS:
        assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert ((found.prompt >= 0) & (found.prompt < len(asked))).all()


@pytest.mark.parametrize("level", LEVELS)
def test_candidates_go_prompt_by_prompt_and_within_one_by_falling_score(
    kind: str, picture: str, level: Level
) -> None:
    encoding = encoded(kind, picture).at(level)
    found = encoding.predict(prompts(encoding), Gate())
    assert (np.diff(found.prompt) >= 0).all()
    for prompt in np.unique(found.prompt):
        assert (np.diff(found.scores[found.prompt == prompt]) <= 0).all()
        assert (found.prompt == prompt).sum() <= 3


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", sorted(set(SEGMENTERS) - NETWORKS))
def test_a_points_masks_contain_it_and_are_nested(kind: str, picture: str, level: Level) -> None:
    encoding = encoded(kind, picture).at(level)
    points = prompts(encoding).points
    found = encoding.predict(Prompts(points=points), Gate())
    for prompt in np.unique(found.prompt).tolist():
        masks = [m for m, p in zip(found.masks, found.prompt, strict=True) if p == prompt]
        assert all(m.contains(*points[prompt]) for m in masks)
        masks.sort(key=lambda m: -m.area)
        for outer, inner in itertools.pairwise(masks):
            assert outer.intersection(inner) == inner.area


def test_no_prompts_have_no_candidates(kind: str) -> None:
    encoding = encoded(kind, "shapes")
    found = encoding.predict(Prompts(), Gate())
    assert len(found) == 0
    assert sum(found.dropped.values()) == 0


def test_single_gives_at_most_one_mask_a_prompt(kind: str, picture: str) -> None:
    encoding = encoded(kind, picture)
    found = encoding.predict(prompts(encoding), Gate(single=True))
    assert len(np.unique(found.prompt)) == len(found)


@pytest.mark.parametrize("level", LEVELS)
def test_the_gate_drops_what_it_refuses_and_counts_it(kind: str, picture: str, level: Level) -> None:
    encoding = encoded(kind, picture).at(level)
    asked = prompts(encoding)
    everything = encoding.predict(asked, Gate())
    empty = everything.dropped["area"]
    assert sum(everything.dropped.values()) == empty
    assert empty == 0 or kind in NETWORKS
    # The middle of what there is; for pictures in which nothing is found any will do.
    limit = float(np.median([0.5, 0.5, *everything.scores]))
    area = int(np.median([9, 9, *everything.masks.areas]))
    for gate in (Gate(min_score=limit), Gate(min_area=area), Gate(min_score=limit, min_area=area)):
        found = encoding.predict(asked, gate)
        passing = [
            row
            for row, mask in zip(rows(everything), everything.masks, strict=True)
            if row[1] >= gate.min_score and mask.area >= gate.min_area
        ]
        assert rows(found) == passing
        assert sum(found.dropped.values()) == len(everything) - len(passing) + empty


def test_the_same_prompts_get_the_same_masks_from_another_encoding_too(kind: str, picture: str) -> None:
    one, other = encoded(kind, picture), SEGMENTERS[kind]().encode(PICTURES[picture]())
    for level in LEVELS:
        first, again = (e.at(level).predict(prompts(e), Gate()) for e in (one, one))
        fresh = other.at(level).predict(prompts(other), Gate())
        assert rows(first) == rows(again) == rows(fresh)


def test_prompts_together_get_what_each_gets_alone(kind: str) -> None:
    encoding = encoded(kind, "shapes")
    asked = prompts(encoding, per_side=3)
    together = encoding.predict(asked, Gate())
    alone = [encoding.predict(Prompts(points=point[None]), Gate()) for point in asked.points]
    alone += [encoding.predict(Prompts(boxes=box[None]), Gate()) for box in asked.boxes]
    joined = Candidates(
        together.masks.with_masks(mask for found in alone for mask in found.masks),
        np.concatenate([found.scores for found in alone]),
        np.concatenate([found.prompt + number for number, found in enumerate(alone)]),
        {},
    )
    assert alike(joined, together)
    if kind not in NETWORKS:
        assert rows(joined) == rows(together)


def test_a_level_does_not_change_the_encoding_it_was_taken_from(kind: str) -> None:
    encoding = encoded(kind, "shapes")
    before = rows(encoding.predict(prompts(encoding), Gate()))
    for level in LEVELS:
        assert isinstance(encoding.at(level), Encoding)
        once, twice = (
            rows(e.predict(prompts(e), Gate())) for e in (encoding.at(level), encoding.at("object").at(level))
        )
        assert once == twice
    assert rows(encoding.predict(prompts(encoding), Gate())) == before


def test_the_picture_is_not_written_to(kind: str) -> None:
    pixels = picture_of_shapes()
    segmenter(kind).encode(pixels).predict(Prompts(points=np.array([[24.0, 24.0]])), Gate())
    assert np.array_equal(pixels, picture_of_shapes())


@pytest.mark.parametrize("level", LEVELS)
def test_proposals_run_on_any_picture(kind: str, picture: str, level: Level) -> None:
    settings = ProposalSettings(points_per_side=8)
    made = propose(encoded(kind, picture), level, settings, segmenter(kind).defaults, 80)
    assert len(made.shown) <= 80
    assert len(made.masks) == len(made.scores) == len(made.parents) == len(made.levels)


@pytest.mark.parametrize("level", ["object", "part"])
@pytest.mark.parametrize("kind", sorted(TRAINED_KINDS))
def test_a_plain_shape_on_a_plain_ground_is_proposed_nearly_exactly(kind: str, level: Level) -> None:
    pixels = picture_of_shapes()
    disc = Mask.from_dense((pixels == (220, 30, 30)).all(axis=2))
    # The tiny SAM is less sure, and less exact, than the published ones, whose thresholds are the defaults.
    settings = ProposalSettings(theta_iou=0.5, stability=0.5) if kind in NETWORKS else ProposalSettings()
    made = propose(encoded(kind, "shapes"), level, settings, segmenter(kind).defaults, 80)
    assert max(disc.iou(made.masks[row]) for row in made.shown) > (0.85 if kind in NETWORKS else 0.9)
