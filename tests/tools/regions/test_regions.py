"""The segmenter without weights, on pictures whose regions can be checked by hand."""

import itertools
import tracemalloc
from typing import get_args

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts, Segmenter
from dtwinseger.tools.regions import Regions, RegionsEncoding
from dtwinseger.twin.masks import Mask
from dtwinseger.twin.schema import Level

GREEN, RED, BLUE, GREY = (40, 140, 60), (200, 40, 40), (40, 60, 190), (128, 128, 128)
EVERYTHING = Gate()


def ground(height: int = 120, width: int = 160, colour: tuple[int, int, int] = GREEN) -> RGBImage:
    return np.full((height, width, 3), colour, np.uint8)


def disc_and_square() -> RGBImage:
    """A red disc of radius 40 about (80, 60), in it a blue square [68, 92) x [48, 72)."""
    picture = cv2.circle(ground(), (80, 60), 40, RED, -1)
    picture[48:72, 68:92] = BLUE
    return np.asarray(picture, np.uint8)


def noise(height: int, width: int) -> RGBImage:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3)).astype(np.uint8)


def painted(picture: RGBImage, *colours: tuple[int, int, int]) -> Mask:
    """The pixels that have one of the colours."""
    return Mask.from_dense(np.any([(picture == np.array(c)).all(axis=2) for c in colours], axis=0))


def at_points(encoding: Encoding, *points: tuple[float, float], gate: Gate = EVERYTHING) -> Candidates:
    return encoding.predict(Prompts(points=np.array(points, np.float64)), gate)


def in_boxes(encoding: Encoding, *boxes: tuple[float, float, float, float]) -> Candidates:
    return encoding.predict(Prompts(boxes=np.array(boxes, np.float64)), EVERYTHING)


def grid(encoding: Encoding, n: int = 16) -> NDArray[np.float64]:
    ys, xs = np.mgrid[0:n, 0:n] + 0.5
    return np.column_stack((xs.ravel() * encoding.width / n, ys.ravel() * encoding.height / n))


def assert_nested(candidates: Candidates) -> None:
    for prompt in np.unique(candidates.prompt):
        masks = [m for m, p in zip(candidates.masks, candidates.prompt, strict=True) if p == prompt]
        masks.sort(key=lambda m: -m.area)
        for outer, inner in itertools.pairwise(masks):
            assert outer.intersection(inner) == inner.area


def test_it_is_a_segmenter_with_thresholds_of_its_own() -> None:
    regions = Regions()
    assert isinstance(regions, Segmenter)
    assert isinstance(regions.encode(ground()), Encoding)
    assert regions.name == "regions"
    assert 0 <= regions.defaults.theta_iou <= 1
    assert regions.defaults.stability is None
    assert regions.defaults.box_nms == 1  # nested regions share boxes


@pytest.mark.parametrize("level", get_args(Level))
def test_a_point_on_a_disc_returns_the_disc(level: Level) -> None:
    picture = np.asarray(cv2.circle(ground(), (80, 60), 30, RED, -1), np.uint8)
    found = at_points(Regions().encode(picture).at(level), (80.5, 60.5))
    assert max(m.iou(painted(picture, RED)) for m in found.masks) > 0.95


def test_a_point_in_a_square_on_a_disc_returns_both_one_in_the_other() -> None:
    picture = disc_and_square()
    found = at_points(Regions().encode(picture), (80, 60))
    assert len(found) <= 3
    assert max(m.iou(painted(picture, BLUE)) for m in found.masks) > 0.9
    assert max(m.iou(painted(picture, BLUE, RED)) for m in found.masks) > 0.95
    assert_nested(found)


@pytest.mark.parametrize("level", ["part", "object", "group"])
def test_candidates_come_prompt_by_prompt_with_falling_scores_and_nested_masks(level: Level) -> None:
    encoding = Regions().encode(disc_and_square()).at(level)
    found = encoding.predict(Prompts(grid(encoding), np.array([[60.0, 40, 100, 80]])), EVERYTHING)
    assert (np.diff(found.prompt) >= 0).all()
    assert set(found.prompt) == set(range(16 * 16 + 1))
    assert (np.bincount(found.prompt) <= 3).all()
    same = np.diff(found.prompt) == 0
    assert (np.diff(found.scores)[same] <= 0).all()
    assert ((found.scores >= 0) & (found.scores <= 1)).all()
    assert_nested(found)


def test_every_mask_of_a_point_contains_the_point() -> None:
    encoding = Regions().encode(noise(90, 120))
    points = grid(encoding)
    found = encoding.predict(Prompts(points), EVERYTHING)
    assert all(m.contains(*points[p]) for m, p in zip(found.masks, found.prompt, strict=True))


def test_one_node_is_one_mask_object_however_often_it_is_returned() -> None:
    encoding = Regions().encode(disc_and_square())
    found = encoding.predict(Prompts(grid(encoding)), EVERYTHING)
    again = encoding.at("object").predict(Prompts(grid(encoding)), EVERYTHING)
    kinds = {(m.area, m.box, m.bits.tobytes()) for c in (found, again) for m in c.masks}
    assert len({id(m) for c in (found, again) for m in c.masks}) == len(kinds)


def test_the_same_picture_gives_the_same_answer() -> None:
    def answer() -> Candidates:
        encoding = Regions().encode(noise(100, 150))
        return encoding.predict(Prompts(grid(encoding)), EVERYTHING)

    one, other = answer(), answer()
    assert np.array_equal(one.scores, other.scores)
    assert np.array_equal(one.prompt, other.prompt)
    assert all(a.same_as(b) for a, b in zip(one.masks, other.masks, strict=True))


def test_a_clear_disc_is_thought_better_of_than_a_faint_one() -> None:
    def best(colour: tuple[int, int, int]) -> float:
        picture = np.asarray(cv2.circle(ground(colour=GREY), (80, 60), 30, colour, -1), np.uint8)
        found = at_points(Regions().encode(picture), (80, 60))
        disc = int(np.argmax([m.iou(painted(picture, colour)) for m in found.masks]))
        return float(found.scores[disc])

    assert best(RED) > best((138, 138, 138))


def test_the_gate_says_what_it_refused() -> None:
    encoding = Regions().encode(disc_and_square())
    full = at_points(encoding, (80, 60))
    assert full.dropped == {"score": 0, "area": 0}
    refused = at_points(encoding, (80, 60), gate=Gate(min_score=1.0))
    assert len(refused) == 0
    assert refused.dropped == {"score": len(full), "area": 0}
    small = sum(m.area < 1000 for m in full.masks)
    assert small > 0
    assert at_points(encoding, (80, 60), gate=Gate(min_area=1000)).dropped == {"score": 0, "area": small}


@pytest.mark.parametrize("level", ["part", "object"])
def test_single_leaves_one_mask_a_prompt(level: Level) -> None:
    encoding = Regions().encode(disc_and_square()).at(level)
    found = encoding.predict(Prompts(grid(encoding), np.array([[40.0, 20, 120, 100]])), Gate(single=True))
    assert found.prompt.tolist() == list(range(16 * 16 + 1))


def test_a_box_picks_the_thing_that_it_frames() -> None:
    picture = disc_and_square()
    encoding = Regions().encode(picture)
    found = in_boxes(encoding, (40, 20, 121, 101), (68, 48, 92, 72))
    disc, square = (found.masks[int(np.flatnonzero(found.prompt == p)[0])] for p in (0, 1))
    assert disc.iou(painted(picture, RED, BLUE)) > 0.95
    assert square.iou(painted(picture, BLUE)) > 0.9


def test_prompts_outside_are_clamped_and_corners_may_come_in_any_order() -> None:
    picture = disc_and_square()
    encoding = Regions().encode(picture)
    outside, corner = at_points(encoding, (-50, 1e6)), at_points(encoding, (0, 119.5))
    assert [id(m) for m in outside.masks] == [id(m) for m in corner.masks]
    assert in_boxes(encoding, (121, 101, 40, 20)).masks[0] is in_boxes(encoding, (40, 20, 121, 101)).masks[0]
    assert in_boxes(encoding, (-9, -9, 1e4, 1e4)).masks[0] is in_boxes(encoding, (0, 0, 160, 120)).masks[0]


def test_a_prompt_that_is_not_a_number_is_refused() -> None:
    encoding = Regions().encode(ground())
    with pytest.raises(ValueError, match="finite"):
        at_points(encoding, (np.nan, 3))
    with pytest.raises(ValueError, match="finite"):
        in_boxes(encoding, (0, 0, np.inf, 3))


def test_no_prompts_give_no_candidates() -> None:
    assert len(Regions().encode(ground()).predict(Prompts(), EVERYTHING)) == 0


@pytest.mark.parametrize(
    "picture",
    [
        ground(1, 1),
        ground(1, 50),
        ground(50, 1),
        ground(2, 2),
        noise(1, 200),
        noise(200, 1),
        noise(3, 5),
        noise(1, 250_000),
        noise(30_000, 1),
        ground(64, 64),
        noise(64, 64),
    ],
    ids=lambda picture: f"{'noise' if picture.std() else 'flat'} {picture.shape[0]}x{picture.shape[1]}",
)
@pytest.mark.parametrize("level", ["part", "object"])
def test_any_picture_can_be_encoded_and_prompted(picture: RGBImage, level: Level) -> None:
    encoding = Regions().encode(picture).at(level)
    assert (encoding.height, encoding.width) == picture.shape[:2]
    points = grid(encoding, 4)
    found = encoding.predict(Prompts(points, np.array([[0.0, 0.0, *picture.shape[1::-1]]])), EVERYTHING)
    assert set(found.prompt) == set(range(17))
    assert found.masks.areas.min() >= 1
    assert np.isfinite(found.scores).all()
    assert_nested(found)


def test_a_picture_of_one_colour_is_one_region_of_low_score() -> None:
    found = at_points(Regions().encode(ground()), (3, 3))
    assert found.masks.areas.tolist() == [120 * 160]
    assert found.scores[0] < 0.1


def test_a_large_picture_is_labelled_at_full_size_in_bounded_memory() -> None:
    picture = noise(2000, 3000) // 4
    picture = np.asarray(cv2.circle(picture, (1400, 900), 500, (230, 200, 60), -1), np.uint8)
    tracemalloc.start()
    encoding = Regions().encode(picture)
    found = encoding.predict(Prompts(grid(encoding)), EVERYTHING)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    disc = painted(picture, (230, 200, 60))
    assert max(m.iou(disc) for m in found.masks) > 0.98
    assert peak < 400 * 2**20


def cut_of(encoding: RegionsEncoding) -> list[Mask]:
    """The largest mask of each point, each once."""
    found = encoding.predict(Prompts(grid(encoding, 32)), EVERYTHING)
    largest: dict[int, Mask] = {}
    for mask, prompt in zip(found.masks, found.prompt.tolist(), strict=True):
        largest[prompt] = max(mask, largest.get(prompt, mask), key=lambda m: m.area)
    return list({id(m): m for m in largest.values()}.values())


@pytest.mark.parametrize("level", ["object", "group"])
def test_the_largest_masks_at_object_level_do_not_share_a_pixel(level: Level) -> None:
    picture = noise(120, 160) // 3
    picture[20:60, 20:60] = RED
    picture[40:110, 90:140] = BLUE
    cut = cut_of(Regions().encode(picture).at(level))
    assert len(cut) > 1
    for i, one in enumerate(cut):
        assert all(one.intersection(other) == 0 for other in cut[i + 1 :])


def test_at_object_level_things_and_ground_stand_side_by_side() -> None:
    picture = ground(200, 300)
    picture[30:90, 30:110] = RED
    picture = np.asarray(cv2.circle(picture, (210, 120), 50, BLUE, -1), np.uint8)
    cut = cut_of(Regions().encode(picture).at("object"))
    for colour in (RED, BLUE, GREEN):
        assert max(m.iou(painted(picture, colour)) for m in cut) > 0.95


def test_a_box_around_things_and_ground_gets_no_larger_mask_than_a_whole_thing_at_object_level() -> None:
    encoding = Regions().encode(noise(120, 160)).at("object")
    largest = max(m.area for m in cut_of(encoding))
    assert in_boxes(encoding, (0, 0, 160, 120)).masks.areas.max() <= largest < 120 * 160


def test_asking_for_the_level_at_hand_gives_the_same_encoding() -> None:
    encoding = Regions().encode(ground())
    assert encoding.at("part") is encoding
    assert encoding.at("object") is encoding.at("group")
    assert encoding.at("object").at("group") is encoding.at("object")
    assert encoding.at("object").at("part").level == "part"
