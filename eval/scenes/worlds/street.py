"""Street scenes: what there is, in which colours, and about where."""

from __future__ import annotations

from typing import Final

import numpy as np

from dtwinseger.eval.scenes.kinds.colours import colours_of
from dtwinseger.eval.scenes.materials import BY_NAME, contrast
from dtwinseger.eval.scenes.model import Detail, Scene
from dtwinseger.eval.scenes.palette import Colour
from dtwinseger.eval.scenes.shapes import ellipse
from dtwinseger.eval.scenes.worlds.street_clusters import cluster
from dtwinseger.eval.scenes.worlds.street_ground import HEIGHT, Ground, Strip, laid_out, surfaces
from dtwinseger.eval.scenes.worlds.street_placing import Placed, Spot, Stage

LEAST: Final = 7
MOST: Final = 15
"""How many things a scene has, its surfaces aside."""

_GROUPS: Final = ("row of trees", "row of cars", "held bunch", "bunch of balloons", "flock of birds")
_BEAM: Final = "#fff2b0"
_TRIES: Final = 24
_ROAD: Final = frozenset({"car", "bus", "truck", "row of cars"})
_SKY: Final = frozenset({"flying bird", "flock of birds", "balloon", "bunch of balloons"})
_BEHIND: Final = frozenset({"house", "house with bird", "far tree"})
_GREEN: Final = frozenset({"tree", "row of trees", "umbrella"})
"""Only on grass (trees also behind, where the houses are)."""
_FREE: Final = frozenset(
    {"car", "truck", "bicycle", "person", "ball", "balloon", "umbrella", "bin", "mailbox", "bus"}
)
"""Kinds that share a colour with others on purpose."""
_SHARED: Final = ("red", "red", "blue", "yellow", "orange", "green", "purple", "white", "black", "pink")
_FOCUS: Final = (
    ("person", "person", "held umbrella", "held balloon", "taken bench"),
    ("car", "car", "car"),
    ("bicycle", "bicycle", "bicycle"),
    ("dog", "dog", "dog"),
    ("cat", "cat", "cat"),
    ("bird", "bird", "flying bird", "bench with bird"),
    ("bin", "bin", "bin"),
    ("balloon", "balloon", "held balloon"),
    ("umbrella", "held umbrella", "held umbrella"),
    ("traffic light", "traffic light", "traffic light"),
    ("bench", "taken bench", "bench with bird"),
    ("ball", "ball", "ball"),
    ("street lamp", "street lamp"),
    ("fire hydrant", "fire hydrant"),
    ("mailbox", "mailbox"),
)
"""Of one of these there are several, which differ in colour, size or state."""
_VEHICLES: Final = ("car", "car", "bus", "truck", "bicycle")
_FURNITURE: Final = ("street lamp", "traffic light", "stop sign", "fire hydrant", "mailbox", "bin", "ball")
_EXTRAS: Final = (
    *_FURNITURE, *_FURNITURE, "person", "person", "person", "dog", "dog", "cat", "cat", "bird", "bench",
    "taken bench", "bicycle", "held balloon", "held umbrella", "umbrella", "tree", "flying bird", "balloon",
    "car", "bus", "truck",
)  # fmt: skip


def compose(seed: int, size: tuple[int, int] = (480, 640)) -> Scene:
    """A street scene. The same seed gives the same scene.

    Args:
        size: height and width in pixels.
    """
    rng = np.random.default_rng(seed)
    height, width = size
    unit = height / HEIGHT
    ground = laid_out(rng, width / unit)
    stage = Stage(ground.width)
    shared = BY_NAME[_SHARED[int(rng.integers(len(_SHARED)))]]
    wishes = _wishes(rng)
    # Groups leave room for other things.
    room = int(rng.integers(9 + 2 * sum(wish in _GROUPS for wish in wishes), MOST + 1))
    for wish in wishes:
        if len(stage.placed) < room:
            _try(rng, wish, ground, stage, shared, room)
    for _ in range(60):
        if len(stage.placed) >= LEAST:
            break
        _try(rng, _EXTRAS[int(rng.integers(len(_EXTRAS)))], ground, stage, shared, LEAST)
    placed = stage.placed
    below = [t.moved(0, 0, unit) for t in surfaces(rng, ground, _pools(placed, ground))]
    veil = ("#1c1040", 0.08) if ground.light == "dusk" else None
    things = (*below, *(p.thing(unit) for p in placed))
    return Scene("street", seed, height, width, things, tuple(stage.groups), veil=veil)


def _wishes(rng: np.random.Generator) -> list[str]:
    """What should be there, the most important first."""
    groups = [
        group
        for group, share in (
            ("row of trees", 0.25),
            ("row of cars", 0.25),
            ("held bunch" if rng.integers(2) else "bunch of balloons", 0.25),
            ("flock of birds", 0.25),
        )
        if rng.random() < share
    ]
    rng.shuffle(groups)
    wishes = groups[:2]
    for _ in range(int(rng.integers(1, 4)) - len(wishes) // 2):
        wishes.append("house with bird" if rng.random() < 0.2 else "house")
    wishes += _FOCUS[int(rng.integers(len(_FOCUS)))]
    wishes.append(_VEHICLES[int(rng.integers(len(_VEHICLES)))])
    rest = ["far tree"] * int(rng.integers(0, 3))
    rest += [_VEHICLES[int(rng.integers(len(_VEHICLES)))] for _ in range(int(rng.integers(0, 3)))]
    rest += [_EXTRAS[int(rng.integers(len(_EXTRAS)))] for _ in range(int(rng.integers(3, 7)))]
    rng.shuffle(rest)
    return wishes + rest


def _try(
    rng: np.random.Generator, wish: str, ground: Ground, stage: Stage, shared: Colour, room: int
) -> None:
    """Place what is wished for, if it finds a place and there are then no more than ``room`` things."""
    strip = _strip(rng, wish, ground)

    def colour_of(kind: str) -> Colour:
        fitting = [c for c in colours_of(kind) if kind in ("tree", "house") or _stands_out(c, strip.colour)]
        if kind in _FREE and shared in fitting and rng.random() < 0.4:
            return shared
        return fitting[int(rng.integers(len(fitting)))]

    made = cluster(rng, wish, colour_of)
    if len(stage.placed) + len(made.members) > room:
        return
    spots = (_spot(rng, wish, strip, ground) for _ in range(_TRIES))
    stage.place(made, [m.thing.outline for m in made.members], spots)


def _strip(rng: np.random.Generator, wish: str, ground: Ground) -> Strip:
    """Where such a thing belongs."""
    if wish in _ROAD:
        return ground.of("road")
    if wish in _SKY:
        return ground.of("sky")
    if wish in _BEHIND:
        return ground.strips[1]
    if wish in _GREEN:
        return ground.of("grass")
    # Nearer and deeper strips have room for more.
    walked = [ground.of("grass"), ground.of("sidewalk")]
    depths = np.array([s.bottom - s.top for s in walked])
    return walked[int(rng.choice(2, p=depths / depths.sum()))]


def _spot(rng: np.random.Generator, wish: str, strip: Strip, ground: Ground) -> Spot:
    """A place to try."""
    x, own = float(rng.uniform(10, ground.width - 10)), float(rng.uniform(0.82, 1.2))
    if wish in _SKY:
        low = 0.55 if wish in ("flying bird", "flock of birds") else 0.9
        y = float(rng.uniform(0.12, low)) * ground.horizon
        return Spot(x, y, own, ground.horizon)
    depth = strip.bottom - strip.top
    if wish in _BEHIND:
        y = strip.top + float(rng.uniform(5, 9))
        return Spot(x, y, _scale(y) * 1.18 * own, y)
    if wish in _ROAD:
        lane = 0.24 if wish == "row of cars" else (0.36, 0.86)[int(rng.integers(2))]
        y = strip.top + lane * depth
        return Spot(x, y, _scale(y) * min(own, 1.08), y)
    y = float(rng.uniform(strip.top + 12, strip.bottom - 6))
    return Spot(x, y, _scale(y) * own, y)


def _scale(y: float) -> float:
    """How large things look whose foot is at y."""
    return 0.64 + 0.62 * (y - 215) / 265


def _stands_out(colour: Colour, behind: Colour) -> bool:
    apart = contrast(colour, behind)
    return apart > (45 if colour.term == behind.term else 20)


def _pools(placed: tuple[Placed, ...], ground: Ground) -> list[Detail]:
    """The light of headlights on the road, which only the dusk shows."""
    if ground.light != "dusk":
        return []
    cars = [p for p in placed if p.member.thing.kind == "car" and "lit" in p.member.thing.states]
    return [pool for p in cars for pool in _pool(p)]


def _pool(car: Placed) -> list[Detail]:
    """Brightest in front of the car."""
    scale = car.spot.scale * car.member.scale
    ahead = -scale if car.member.mirrored else scale
    x, y = car.spot.x + car.spot.scale * car.member.x, car.spot.y
    return [
        Detail(ellipse(x + ahead * (98 + 14 * reach), y, 46 * reach * scale, 9 * reach * scale), _BEAM, 0.18)
        for reach in (1.0, 0.86, 0.72, 0.58, 0.44)
    ]
