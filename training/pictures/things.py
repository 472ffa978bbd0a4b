"""Things: a body, and parts on it, within it or sticking out of it, each with a surface and a relief."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from dtwinseger.training.pictures.colours import ramp
from dtwinseger.training.pictures.lighting import RELIEFS
from dtwinseger.training.pictures.outlines import KINDS, SOLID, Outline, outline
from dtwinseger.training.pictures.textures import KINDS as TEXTURES
from dtwinseger.training.pictures.textures import Surface

Rng = np.random.Generator
Colours = NDArray[np.float64]

Role = Literal["body", "on", "out", "rim"]
"""``on`` is cut off at the body's outline, ``out`` is not, ``rim`` is the body's edge."""

_LIMBS: Final = ("superellipse", "tube", "leaf", "ring", "blob", "box", "polygon", "curve")
_SPOTS: Final = ("superellipse", "polygon", "box", "star", "blob", "ring", "leaf", "sign", "crescent")


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of a thing. Its place is in radii of the body, about the body's middle."""

    role: Role
    outline: Outline
    surface: Surface
    relief: str
    shine: float
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    turn: float = 0.0


Thing = tuple[Piece, ...]
"""Its pieces from back to front; one is the body."""


def surface(rng: Rng, busy: float, radius: float, behind: Colours | None) -> Surface:
    """A surface that differs from what lies behind; the busier, the less it must, and the more is on it.

    Args:
        radius: of the thing that has it, in pixels.
        behind: mean RGB, (K, 3).
    """
    kind = TEXTURES[int(rng.integers(len(TEXTURES)))] if rng.random() < 0.8 * busy else "plain"
    gap = rng.uniform(90 - 60 * busy, 100)
    spread = busy * rng.uniform(0.1, 1)
    scale = radius * float(np.exp(rng.uniform(np.log(0.06), np.log(0.45))))
    grain = busy * min(40.0, rng.exponential(10)) if rng.random() < 0.6 else 0.0
    return Surface(kind, ramp(rng, spread, behind, gap), scale, grain)


def thing(rng: Rng, busy: float, radius: float, behind: Colours, *, parts: bool) -> Thing:
    """A thing of any kind.

    Args:
        parts: whether it has parts, which only kinds with room for them have.
    """
    kinds = SOLID if parts else KINDS
    own = outline(kinds[int(rng.integers(len(kinds)))], rng)
    body = Piece("body", own, surface(rng, busy, radius, behind), *_bend(rng, busy))
    if not parts:
        return (body,)
    seen = np.vstack((body.surface.ramp.mean(0), behind))
    match rng.choice(["spots", "row", "limbs", "rim", "panel", "band", "mixed"]):
        case "spots":
            return (body, *_spots(rng, busy, radius, seen, int(rng.integers(1, 4))))
        case "row":
            return (body, *_row(rng, busy, radius, seen))
        case "limbs":
            return _limbed(body, _limbs(rng, busy, radius, seen), rng)
        case "rim":
            rim = Piece("rim", own, surface(rng, busy, radius, seen), *_bend(rng, busy))
            return (body, replace(rim, scale=float(rng.uniform(0.08, 0.22))))
        case "panel":
            scale = float(rng.uniform(0.5, 0.8))
            return (body, Piece("on", own, surface(rng, busy, radius, seen), *_bend(rng, busy), scale=scale))
        case "band":
            return (body, *_bands(rng, busy, radius, seen))
        case _:
            limbed = _limbed(body, _limbs(rng, busy, radius, seen), rng)
            return (*limbed, *_spots(rng, busy, radius, seen, int(rng.integers(1, 3))))


def alike(one: Thing, rng: Rng, busy: float, radius: float, behind: Colours) -> Thing:
    """Another of the same kind, of other colours."""
    body = next(piece for piece in one if piece.role == "body")
    other = surface(rng, busy, radius, behind)
    return tuple(replace(p, surface=replace(p.surface, ramp=other.ramp)) if p is body else p for p in one)


def _bend(rng: Rng, busy: float) -> tuple[str, float]:
    """A relief and a shine."""
    if rng.random() >= 0.75 * busy:
        return "flat", 0.0
    shine = float(rng.uniform(0.1, 0.9)) if rng.random() < 0.3 else 0.0
    return RELIEFS[int(rng.integers(len(RELIEFS)))], shine


def _spots(rng: Rng, busy: float, radius: float, seen: Colours, count: int) -> list[Piece]:
    made = []
    for _ in range(count):
        scale = float(rng.uniform(0.2, 0.45))
        away, angle = rng.uniform(0, 0.55), rng.uniform(0, 2 * np.pi)
        made.append(
            Piece(
                "on",
                outline(_SPOTS[int(rng.integers(len(_SPOTS)))], rng),
                surface(rng, busy, scale * radius, seen),
                *_bend(rng, busy),
                x=float(away * np.cos(angle)),
                y=float(away * np.sin(angle)),
                scale=scale,
                turn=float(rng.uniform(0, 2 * np.pi)),
            )
        )
    return made


def _row(rng: Rng, busy: float, radius: float, seen: Colours) -> list[Piece]:
    """Equal ones side by side, as windows or buttons."""
    count, scale = int(rng.integers(2, 5)), float(rng.uniform(0.12, 0.2))
    one = Piece(
        "on",
        outline(_SPOTS[int(rng.integers(len(_SPOTS)))], rng),
        surface(rng, busy, scale * radius, seen),
        *_bend(rng, busy),
        scale=scale,
    )
    angle, off = rng.choice([0, np.pi / 2]), rng.uniform(-0.25, 0.25)
    along = (np.arange(count) - (count - 1) / 2) * scale * rng.uniform(2.1, 2.8)
    return [
        replace(
            one,
            x=float(a * np.cos(angle) - off * np.sin(angle)),
            y=float(a * np.sin(angle) + off * np.cos(angle)),
        )
        for a in along
    ]


def _bands(rng: Rng, busy: float, radius: float, seen: Colours) -> list[Piece]:
    """One or two strips across the body."""
    half, turn = float(rng.uniform(0.08, 0.25)), float(rng.choice([0, np.pi / 2]) + rng.normal(0, 0.1))
    strip = Outline((np.array([[-1, -half], [1, -half], [1, half], [-1, half]]),))
    one = Piece("on", strip, surface(rng, busy, radius, seen), *_bend(rng, busy), scale=1.05, turn=turn)
    places = rng.uniform(-0.5, 0.5, 1) if rng.random() < 0.6 else np.array([-0.45, 0.45])
    return [replace(one, x=float(-p * np.sin(turn)), y=float(p * np.cos(turn))) for p in places]


def _limbs(rng: Rng, busy: float, radius: float, seen: Colours) -> list[Piece]:
    """One to five that stick out: all of one kind about the body, or one of its own."""
    count, scale = int(rng.integers(1, 6)), float(rng.uniform(0.3, 0.6))
    one = Piece(
        "out",
        outline(_LIMBS[int(rng.integers(len(_LIMBS)))], rng),
        surface(rng, busy, scale * radius, seen),
        *_bend(rng, busy),
        scale=scale,
    )
    start = rng.uniform(0, 2 * np.pi)
    step = 2 * np.pi / count if rng.random() < 0.5 else rng.uniform(0.5, 0.9)
    away = rng.uniform(0.6, 0.95)
    return [
        replace(one, x=float(away * np.cos(a)), y=float(away * np.sin(a)), turn=float(a))
        for a in start + step * np.arange(count)
    ]


def _limbed(body: Piece, limbs: list[Piece], rng: Rng) -> Thing:
    return (*limbs, body) if rng.random() < 0.6 else (body, *limbs)


def is_thin(one: Thing) -> bool:
    """Whether its body is of thin lines."""
    return next(piece for piece in one if piece.role == "body").outline.thin
