"""Plain shapes with exact masks, any number from a seed: what a small SAM learns to follow its prompts on.

Discs, ellipses, rectangles, triangles, polygons and rings, some with a part of another colour on them, some
in a row of equal ones that is a group, lie on a plain, graded or noisy ground, rotated, some in front of
others. Nothing is smoothed: a pixel belongs to one thing alone, and masks are exactly what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.training.annotated import Annotated
from dtwinseger.twin.schema import Level

Kind = Literal["disc", "ellipse", "rectangle", "triangle", "polygon", "ring"]
Bits = NDArray[np.bool_]
Colour = NDArray[np.int64]

_KINDS: Final[tuple[Kind, ...]] = ("disc", "ellipse", "rectangle", "triangle", "polygon", "ring")
_PART_KINDS: Final[tuple[Kind, ...]] = ("disc", "ellipse", "rectangle", "triangle", "polygon")
# Colours of neighbours differ by this much at least (Euclidean, RGB): what cannot be seen cannot be learnt.
_CONTRAST: Final = 70
_TRIES: Final = 12
# Radius, in shorter sides, from which a shape has room for a part.
_ROOM: Final = 0.2
# OpenCV's fixed-point coordinates: corners lie between pixels too.
_SHIFT: Final = 4


class ShapesSettings(BaseModel):
    """What the pictures are like. Shares are of pictures or of shapes, 0 to 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    sides: tuple[int, int] = Field(default=(48, 400), description="range of the longer side, in pixels, 1 up")
    most: int = Field(default=5, ge=1, le=20, description="most shapes in a picture")
    radii: tuple[float, float] = Field(
        default=(0.15, 0.36), description="range, in shorter sides, above 0, to 0.8"
    )
    parts: float = Field(default=0.4, ge=0, le=1, description="share of large shapes with a part on them")
    groups: float = Field(default=0.15, ge=0, le=1, description="share of pictures with a row of equals")
    graded: float = Field(default=0.3, ge=0, le=1, description="share of pictures with a graded ground")
    noisy: float = Field(default=0.3, ge=0, le=1, description="share of pictures with noise over them")
    ground: bool = Field(default=True, description="whether the ground is an object too")

    @model_validator(mode="after")
    def _ranges_rise(self) -> ShapesSettings:
        if not 1 <= self.sides[0] <= self.sides[1]:
            raise ValueError(
                f"`sides` is a range of 1 or more, the smaller number first: {_said(self.sides)}"
            )
        # A shape of 0.8 still has its middle in the picture.
        if not 0 < self.radii[0] <= self.radii[1] <= 0.8:
            raise ValueError(
                f"`radii` is a range above 0 and up to 0.8, the smaller number first: {_said(self.radii)}"
            )
        return self


def _said(numbers: tuple[float, float]) -> str:
    return f"not {list(numbers)}"


@dataclass
class _Canvas:
    """A picture while it is drawn: topmost shape of each pixel, and topmost part."""

    pixels: RGBImage
    whole: NDArray[np.int16]
    part: NDArray[np.int16]
    colours: list[Colour] = field(default_factory=list)
    groups: list[list[int]] = field(default_factory=list)
    parts: int = 0

    @property
    def size(self) -> tuple[int, int]:
        return self.whole.shape[0], self.whole.shape[1]


def draw(settings: ShapesSettings, seed: int, number: int) -> Annotated:
    """The picture ``number`` of a seed; the same whenever it is asked for."""
    rng = np.random.default_rng([seed, number])
    height, width = _size(settings, rng)
    ground = rng.integers(0, 256, 3)
    canvas = _Canvas(
        _ground(height, width, ground, settings, rng),
        np.full((height, width), -1, np.int16),
        np.full((height, width), -1, np.int16),
        [ground],
    )
    if rng.random() < settings.groups:
        _add_row(canvas, rng)
    for _ in range(int(rng.integers(1, settings.most + 1))):
        _add_shape(canvas, settings, rng)
    if rng.random() < settings.noisy:
        noise = rng.integers(-1, 2, canvas.pixels.shape, np.int16) * rng.integers(2, 16, dtype=np.int16)
        canvas.pixels = (canvas.pixels + noise).clip(0, 255).astype(np.uint8)
    return _annotated(canvas, settings)


def outline(
    kind: Kind, centre: tuple[float, float], radius: float, rng: np.random.Generator
) -> list[NDArray[np.float64]]:
    """Corners (x, y) of a shape, turned by a random angle: one polygon, of a ring the outer and the inner.

    Args:
        radius: of the circle around it, in pixels.
    """
    turn = rng.uniform(0, 2 * np.pi)
    if kind in ("disc", "ring", "ellipse"):
        squeeze = rng.uniform(0.45, 0.8) if kind == "ellipse" else 1.0
        round_ = _corners(np.linspace(0, 2 * np.pi, 48, endpoint=False), radius, squeeze, turn, centre)
        if kind == "ring":
            hole = rng.uniform(0.4, 0.65)
            return [round_, (round_ - centre) * hole + centre]
        return [round_]
    if kind == "rectangle":
        half = rng.uniform(0.5, np.pi - 0.5) / 2
        angles = np.array([-half, half, np.pi - half, np.pi + half])
    elif kind == "triangle":
        angles = np.array([0, 2, 4]) * np.pi / 3 + rng.uniform(-0.35, 0.35, 3)
    else:
        count = int(rng.integers(5, 8))
        angles = (np.arange(count) + rng.uniform(-0.25, 0.25, count)) * 2 * np.pi / count
    return [_corners(angles, radius, 1.0, turn, centre)]


def filled(polygons: list[NDArray[np.float64]], height: int, width: int) -> Bits:
    """The pixels of a shape: within an odd number of its polygons, or on an outline. Shape (H, W)."""
    canvas = np.zeros((height, width), np.uint8)
    # Pixel centres stand at whole numbers in OpenCV, at halves here.
    fixed = [np.round((p - 0.5) * (1 << _SHIFT)).astype(np.int32) for p in polygons]
    cv2.fillPoly(canvas, fixed, 1, cv2.LINE_8, _SHIFT)
    return canvas.astype(np.bool_)


def _size(settings: ShapesSettings, rng: np.random.Generator) -> tuple[int, int]:
    low, high = settings.sides
    longer = round(float(np.exp(rng.uniform(np.log(low), np.log(high)))))
    shorter = max(1, round(longer * rng.uniform(0.6, 1)))
    return (longer, shorter) if rng.random() < 0.5 else (shorter, longer)


def _ground(
    height: int, width: int, colour: Colour, settings: ShapesSettings, rng: np.random.Generator
) -> RGBImage:
    if rng.random() >= settings.graded:
        return np.full((height, width, 3), colour, np.uint8)
    other = (colour + rng.integers(-60, 61, 3)).clip(0, 255)
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width]
    along = x / width * np.cos(angle) + y / height * np.sin(angle)
    along = (along - along.min()) / max(float(np.ptp(along)), 1e-9)
    return np.asarray(np.rint(colour + along[..., None] * (other - colour)), np.uint8)


def _add_row(canvas: _Canvas, rng: np.random.Generator) -> None:
    """Three or four small shapes of one kind and colour in a row."""
    height, width = canvas.size
    short = min(height, width)
    count, radius = int(rng.integers(3, 5)), short * rng.uniform(0.1, 0.13)
    kind = _PART_KINDS[int(rng.integers(len(_PART_KINDS)))]
    angle, step = rng.uniform(0, np.pi), radius * rng.uniform(2.1, 2.6)
    reach = np.array([np.cos(angle), np.sin(angle)]) * step * (count - 1) / 2
    room = np.abs(reach) + radius
    free = np.array([width, height]) - 2 * room
    if (free <= 0).any():
        return
    middle = room + rng.random(2) * free
    colour = _new_colour(canvas.colours, rng)
    members = []
    for along in np.linspace(-1, 1, count):
        x, y = (middle + along * reach).tolist()
        members.append(len(canvas.colours) - 1)
        _paint(canvas, filled(outline(kind, (x, y), radius, rng), height, width), colour)
    canvas.groups.append(members)


def _add_shape(canvas: _Canvas, settings: ShapesSettings, rng: np.random.Generator) -> None:
    """One more shape in front, where it leaves most of the others to be seen."""
    height, width = canvas.size
    short = min(height, width)
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    for _ in range(_TRIES):
        radius = short * rng.uniform(*settings.radii)
        x, y = (float(rng.uniform(0.6 * radius, side - 0.6 * radius)) for side in (width, height))
        bits = filled(outline(kind, (x, y), radius, rng), height, width)
        if bits.sum() >= 12 and not _hides_too_much(canvas, bits):
            break
    else:
        return
    colour = _new_colour(canvas.colours, rng)
    _paint(canvas, bits, colour)
    if kind != "ring" and radius > _ROOM * short and rng.random() < settings.parts:
        small = radius * rng.uniform(0.4, 0.6)
        away, angle = radius * rng.uniform(0, 0.5), rng.uniform(0, 2 * np.pi)
        centre = x + away * np.cos(angle), y + away * np.sin(angle)
        kind = _PART_KINDS[int(rng.integers(len(_PART_KINDS)))]
        on = filled(outline(kind, centre, small, rng), height, width) & bits
        if 12 <= on.sum() <= 0.5 * bits.sum():
            canvas.pixels[on] = _new_colour([colour, canvas.colours[0]], rng)
            canvas.part[on] = canvas.parts
            canvas.parts += 1


def _hides_too_much(canvas: _Canvas, bits: Bits) -> bool:
    """Whether it hides over half of what is still seen of a shape, or over a fifth of a part."""
    for seen, share in ((canvas.whole, 0.5), (canvas.part, 0.2)):
        hidden = np.bincount(seen[bits] + 1, minlength=2)[1:]
        before = np.bincount(seen.ravel() + 1, minlength=len(hidden) + 1)[1 : len(hidden) + 1]
        if (hidden > share * before).any():
            return True
    return False


def _paint(canvas: _Canvas, bits: Bits, colour: Colour) -> None:
    canvas.pixels[bits] = colour
    canvas.whole[bits] = len(canvas.colours) - 1
    canvas.part[bits] = -1
    canvas.colours.append(colour)


def _new_colour(others: list[Colour], rng: np.random.Generator) -> Colour:
    """One that differs from those that are there; if there is no room left, from as many as can be."""
    tried = rng.integers(0, 256, (30, 3))
    gaps = np.linalg.norm(tried[:, None] - np.array(others)[None], axis=2).min(axis=1)
    enough = np.flatnonzero(gaps >= _CONTRAST)
    return np.asarray(tried[enough[0] if len(enough) else gaps.argmax()])


def _annotated(canvas: _Canvas, settings: ShapesSettings) -> Annotated:
    wholes = [canvas.whole == number for number in range(len(canvas.colours) - 1)]
    parts = [canvas.part == number for number in range(canvas.parts)]
    groups = [np.logical_or.reduce([wholes[m] for m in members]) for members in canvas.groups]
    grounds = [canvas.whole == -1] if settings.ground else []
    found: list[tuple[Level, Bits]] = [("object", bits) for bits in wholes + grounds]
    found += [("part", bits) for bits in parts]
    found += [("group", bits) for bits in groups]
    found = [(level, bits) for level, bits in found if bits.any()]
    masks = np.array([bits for _, bits in found]).reshape(-1, *canvas.size)
    return Annotated(canvas.pixels, masks, tuple(level for level, _ in found))


def _corners(
    angles: NDArray[np.float64], radius: float, squeeze: float, turn: float, centre: tuple[float, float]
) -> NDArray[np.float64]:
    points = radius * np.column_stack((np.cos(angles), squeeze * np.sin(angles)))
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(points @ np.array([[cos, sin], [-sin, cos]]) + centre)
