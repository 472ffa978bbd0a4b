"""Outlines of things, by chance: closed loops and strokes about the origin, within a circle of radius 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Rng = np.random.Generator

_ROUND: Final = 64
_THIN: Final = 0.15


@dataclass(frozen=True, eq=False)
class Outline:
    """A shape about the origin; x to the right, y down, in radii of the circle around it.

    Attributes:
        loops: corners, each (K, 2); what lies within an odd number of loops is inside.
        strokes: lines (K, 2) with round ends and a width at each point, (K,); inside as well.
    """

    loops: tuple[Points, ...] = ()
    strokes: tuple[tuple[Points, Points], ...] = ()

    @property
    def thin(self) -> bool:
        """Whether it is of lines much thinner than it is long."""
        return not self.loops and all(widths.max() < _THIN for _, widths in self.strokes)


def outline(kind: str, rng: Rng) -> Outline:
    """An outline of a kind of ``KINDS``."""
    return _normal(_MAKERS[kind](rng))


def _normal(made: Outline) -> Outline:
    """Moved and scaled so that its box is about the origin and the circle around it has radius 1."""
    corners = np.concatenate([*made.loops, *(points for points, _ in made.strokes)])
    middle = (corners.min(0) + corners.max(0)) / 2
    reach = float(np.hypot(*(corners - middle).T).max())
    reach += max((float(widths.max()) / 2 for _, widths in made.strokes), default=0.0)
    return Outline(
        tuple((loop - middle) / reach for loop in made.loops),
        tuple(((points - middle) / reach, widths / reach) for points, widths in made.strokes),
    )


def _circle(count: int = _ROUND) -> Points:
    return np.linspace(0, 2 * np.pi, count, endpoint=False)


def _polar(angles: Points, radii: Points, squeeze: float = 1.0) -> Points:
    return np.column_stack((radii * np.cos(angles), squeeze * radii * np.sin(angles)))


def _softened(loop: Points, times: int) -> Points:
    """Corners cut off (Chaikin), which rounds a polygon."""
    for _ in range(times):
        after = np.roll(loop, -1, 0)
        loop = np.stack((0.8 * loop + 0.2 * after, 0.2 * loop + 0.8 * after), 1).reshape(-1, 2)
    return loop


def _polygon(rng: Rng) -> Outline:
    count = int(rng.integers(3, 9))
    angles = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) * 2 * np.pi / count
    loop = _polar(angles, rng.uniform(0.65, 1, count), rng.uniform(0.5, 1))
    return Outline((_softened(loop, int(rng.integers(0, 3))),))


def _blob(rng: Rng) -> Outline:
    """A circle whose radius is smoothed noise: a few waves, the finer the weaker."""
    angles, waves = _circle(96), np.arange(2, int(rng.integers(4, 11)))
    heights = rng.normal(0, 1, len(waves)) * rng.uniform(0.1, 0.4) / waves**0.6
    turns = waves[:, None] * angles + rng.uniform(0, 2 * np.pi, (len(waves), 1))
    radii = np.clip(1 + heights @ np.cos(turns), 0.25, 2)
    return Outline((_polar(angles, radii, rng.uniform(0.5, 1)),))


def _super_loop(power: float, squeeze: float) -> Points:
    angles = _circle()
    cos, sin = np.cos(angles), np.sin(angles)
    radii = (np.abs(cos) ** power + np.abs(sin) ** power) ** (-1 / power)
    return _polar(angles, radii, squeeze)


def _superellipse(rng: Rng) -> Outline:
    """From a lens over disc and pill to a box with round corners."""
    return Outline((_super_loop(float(np.exp(rng.uniform(-0.2, 2.3))), rng.uniform(0.2, 1)),))


def _box(rng: Rng) -> Outline:
    """A rectangle seen askew."""
    half = rng.uniform(0.15, 1)
    corners = np.array([[-1, -half], [1, -half], [1, half], [-1, half]])
    return Outline((corners + rng.uniform(-0.25, 0.25, (4, 2)) * [half, half],))


def _star(rng: Rng) -> Outline:
    count = int(rng.integers(3, 10))
    radii = np.where(np.arange(2 * count) % 2, rng.uniform(0.3, 0.75), 1.0) * rng.uniform(0.9, 1.1, 2 * count)
    loop = _polar(_circle(2 * count), radii, rng.uniform(0.7, 1))
    return Outline((_softened(loop, int(rng.integers(0, 3))),))


def _ring(rng: Rng) -> Outline:
    loop = _super_loop(float(np.exp(rng.uniform(0.4, 1.8))), rng.uniform(0.5, 1))
    return Outline((loop, loop * rng.uniform(0.4, 0.82)))


def _crescent(rng: Rng) -> Outline:
    half = rng.uniform(0.5, 2.6)
    angles = np.linspace(-half, half, 32)
    inner = rng.uniform(0.3, 0.8) + (1 - rng.uniform(0.7, 1)) * np.cos(angles)
    return Outline((np.concatenate((_polar(angles, np.ones(32)), _polar(angles, inner)[::-1])),))


def _leaf(rng: Rng) -> Outline:
    """Pointed at its ends, along a bent line; its edge may be toothed."""
    along = np.linspace(0, 1, 40)
    wide = np.sin(np.pi * along ** rng.uniform(0.6, 1.5)) ** rng.uniform(0.7, 1.6) * rng.uniform(0.15, 0.45)
    if rng.random() < 0.3:
        wide = wide * (1 + 0.25 * np.abs(np.sin(along * np.pi * int(rng.integers(4, 9)))))
    bend = rng.uniform(-0.5, 0.5) * np.sin(np.pi * along)
    x = 2 * along - 1
    return Outline((np.column_stack((np.r_[x, x[::-1]], np.r_[bend + wide, (bend - wide)[::-1]])),))


def _turned(rng: Rng) -> Outline:
    """The same to the left and to the right of an upright line, as what is turned on a lathe or grown."""
    along = np.linspace(-1, 1, 48)
    knots = int(rng.integers(4, 8))
    wide = np.interp(along, np.linspace(-1, 1, knots), rng.uniform(0.12, 0.7, knots))
    for _ in range(int(rng.integers(0, 3))):
        wide = np.convolve(np.pad(wide, 4, "edge"), np.full(9, 1 / 9), "valid")
    return Outline((np.column_stack((np.r_[wide, -wide[::-1]], np.r_[along, along[::-1]])),))


def _angular(rng: Rng) -> Outline:
    """Two or three upright boxes on one another: an L, a T, a U, a stair."""
    steps = int(rng.integers(2, 5))
    x = np.sort(rng.uniform(-1, 1, steps - 1)) if steps > 1 else np.zeros(0)
    x = np.r_[-1, x, 1]
    tops = rng.uniform(-1, 0.6, steps)
    upper = np.column_stack((np.repeat(x, 2)[1:-1], np.repeat(tops, 2)))
    return Outline((np.concatenate((upper, [[1, 1], [-1, 1]])),))


def _way(rng: Rng, bend: float, count: int = 28) -> Points:
    """A smooth line whose direction wanders."""
    knots = int(rng.integers(3, 6))
    turn = np.interp(np.linspace(0, 1, count), np.linspace(0, 1, knots), rng.normal(0, bend, knots))
    heading = np.cumsum(turn) / count * 4
    return np.cumsum(np.column_stack((np.cos(heading), np.sin(heading))), 0) / count


def _tube(rng: Rng) -> Outline:
    """Thick and bent, of one width or thinner towards an end."""
    way = _way(rng, 0.9)
    ends = rng.uniform(0.12, 0.45, 2) * (1.0 if rng.random() < 0.6 else np.array([1.0, 0.4]))
    return Outline(strokes=((way, np.linspace(ends[0], ends[1], len(way))),))


def _curve(rng: Rng) -> Outline:
    way = _way(rng, 1.6, 36)
    return Outline(strokes=((way, np.full(len(way), rng.uniform(0.02, 0.08))),))


def _sign(rng: Rng) -> Outline:
    """A few strokes between the points of a grid, as of a letter."""
    wide, count = rng.uniform(0.16, 0.5), int(rng.integers(2, 5))
    grid = rng.permutation(9)[: count + 1]
    corners = np.column_stack((grid % 3 - 1.0, (grid // 3 - 1.0) * rng.uniform(0.9, 1.5)))
    return Outline(strokes=((corners, np.full(len(corners), wide)),))


def _branch(rng: Rng) -> Outline:
    """A bent stem with twigs that leave it to both sides."""
    stem = _way(rng, 0.4)
    wide = rng.uniform(0.03, 0.1)
    strokes = [(stem, np.linspace(wide, wide / 2, len(stem)))]
    for n in range(int(rng.integers(3, 8))):
        at = int(rng.integers(4, len(stem) - 2))
        ahead = stem[at] - stem[at - 1]
        angle = np.arctan2(ahead[1], ahead[0]) + (1 if n % 2 else -1) * rng.uniform(0.4, 1.1)
        reach = rng.uniform(0.2, 0.5)
        tip = stem[at] + reach * np.array([np.cos(angle), np.sin(angle)])
        strokes.append((np.array([stem[at], tip]), np.array([wide * 0.7, wide * 0.5])))
    return Outline(strokes=tuple(strokes))


_MAKERS: Final[Mapping[str, Callable[[Rng], Outline]]] = {
    "polygon": _polygon,
    "blob": _blob,
    "superellipse": _superellipse,
    "box": _box,
    "star": _star,
    "ring": _ring,
    "crescent": _crescent,
    "leaf": _leaf,
    "turned": _turned,
    "angular": _angular,
    "tube": _tube,
    "curve": _curve,
    "sign": _sign,
    "branch": _branch,
}

KINDS: Final = tuple(_MAKERS)
"""All kinds of outlines."""
SOLID: Final = ("polygon", "blob", "superellipse", "box", "star", "leaf", "turned", "angular", "tube")
"""Those with room for parts."""
