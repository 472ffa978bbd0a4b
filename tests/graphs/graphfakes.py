"""Parts that the graphs' tests put in place of models: known shapes, a scripted planner, logged tags.

The picture (96 x 96, on grey; boxes are (x1, y1, x2, y2), the last two exclusive). Indices are those of D0
at level *object*, where the largest comes first and what was swallowed comes last:

    0  a green square, box (54, 10, 84, 40), with
    3    a yellow dot (a square too) in it, box (60, 16, 72, 28): a child, not shown
    1  a bar, box (12, 66, 84, 78): its left half blue, its right half navy
    2  a red disc about (24, 24) of radius 14
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from langchain_core.messages import AIMessage, AnyMessage
from numpy.typing import NDArray

from dtwinseger.graphs.ports import Mode, PlannerView
from dtwinseger.tools.attributes import AttributeTagger
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts, SegmenterDefaults
from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.schema import Level, Semantics

RED, GREEN, YELLOW, BLUE, NAVY, GREY = (
    (220, 30, 30), (30, 160, 50), (240, 220, 40), (40, 60, 220), (20, 30, 150), (128, 128, 128),
)  # fmt: skip

SQUARE, BAR, DISC, DOT = 0, 1, 2, 3
SIDE = 96


def picture_of_shapes() -> RGBImage:
    """The picture of the module's docstring."""
    pixels = np.full((SIDE, SIDE, 3), GREY, np.uint8)
    pixels[10:40, 54:84] = GREEN
    pixels[16:28, 60:72] = YELLOW
    pixels[66:78, 12:48] = BLUE
    pixels[66:78, 48:84] = NAVY
    y, x = np.mgrid[0:SIDE, 0:SIDE] + 0.5
    pixels[(x - 24) ** 2 + (y - 24) ** 2 <= 14**2] = RED
    return pixels


def empty_picture() -> RGBImage:
    """Grey, and nothing on it."""
    return np.full((SIDE, SIDE, 3), GREY, np.uint8)


def painted(pixels: RGBImage, *colours: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Where the picture has one of these colours."""
    return np.any([(pixels == np.array(c, np.uint8)).all(axis=2) for c in colours], axis=0)


# ---- the segmenter ------------------------------------------------------------------------------


DEFAULTS = SegmenterDefaults(theta_iou=0.5, stability=None)


@dataclass
class Shapes:
    """A segmenter that knows the shapes by their colours. Halves of the bar exist only at level *part*."""

    name: str = "shapes"
    defaults: SegmenterDefaults = DEFAULTS
    fingerprint: str = "shapes"
    encodes: int = 0
    on_encode: Callable[[], None] = lambda: None

    def encode(self, pixels: RGBImage) -> ShapesEncoding:
        """Find the painted pixels."""
        self.encodes += 1
        self.on_encode()
        whole = [(0.95, (RED,)), (0.92, (BLUE, NAVY)), (0.9, (GREEN, YELLOW)), (0.85, (YELLOW,))]
        parts = [(0.8, (BLUE,)), (0.7, (NAVY,))]
        return ShapesEncoding(pixels, "object", _shapes(pixels, whole), _shapes(pixels, parts))


def _shapes(
    pixels: RGBImage, wanted: Sequence[tuple[float, tuple[tuple[int, int, int], ...]]]
) -> tuple[tuple[float, Mask], ...]:
    found = [(score, Mask.from_dense(painted(pixels, *colours))) for score, colours in wanted]
    return tuple((score, mask) for score, mask in found if mask.area)


@dataclass(frozen=True)
class ShapesEncoding:
    """The shapes of one picture."""

    pixels: RGBImage
    level: Level
    whole: tuple[tuple[float, Mask], ...]
    parts: tuple[tuple[float, Mask], ...]

    @property
    def height(self) -> int:
        """Of the picture."""
        return self.pixels.shape[0]

    @property
    def width(self) -> int:
        """Of the picture."""
        return self.pixels.shape[1]

    def at(self, level: Level) -> ShapesEncoding:
        """The same shapes, with the halves of the bar at level *part*."""
        return ShapesEncoding(self.pixels, level, self.whole, self.parts)

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """The shapes around each point, best first; for a box those that fit it by half at least."""
        known = sorted(self.whole + (self.parts if self.level == "part" else ()), key=lambda s: -s[0])
        rows: list[tuple[int, float, Mask]] = []
        dropped = {"score": 0, "area": 0}
        for prompt, fits in enumerate([_around(p) for p in prompts.points] + [_in(b) for b in prompts.boxes]):
            hit = [(score, mask) for score, mask in known if fits(mask)]
            for score, mask in hit[: 1 if gate.single else 3]:
                if score < gate.min_score:
                    dropped["score"] += 1
                elif mask.area < gate.min_area:
                    dropped["area"] += 1
                else:
                    rows.append((prompt, score, mask))
        return Candidates(
            MaskStack(self.height, self.width, tuple(m for _, _, m in rows)),
            np.array([s for _, s, _ in rows], np.float64),
            np.array([p for p, _, _ in rows], np.int64),
            dropped,
        )


@dataclass
class KeptShapes(Shapes):
    """Shapes whose encodings can be kept as bytes, and whose decoders leave a note and say who asked them."""

    predicts: list[Level | None] = field(default_factory=list)

    def encode(self, pixels: RGBImage) -> WatchedEncoding:
        """Find the painted pixels."""
        return WatchedEncoding(super().encode(pixels), self.predicts, None)

    def pack(self, encoding: Encoding) -> bytes:
        """The pixels."""
        assert isinstance(encoding, WatchedEncoding)
        assert encoding.level is None, "an encoding of its own, not one taken at a level"
        file = io.BytesIO()
        np.save(file, encoding.shapes.pixels)
        return file.getvalue()

    def unpack(self, data: bytes) -> WatchedEncoding:
        """The shapes in the pixels that were packed."""
        encodes, hook = self.encodes, self.on_encode
        self.on_encode = lambda: None
        encoding = self.encode(np.load(io.BytesIO(data)))
        self.encodes, self.on_encode = encodes, hook
        return encoding


@dataclass(frozen=True)
class WatchedEncoding:
    """An encoding that says at which level each round of prompts came."""

    shapes: ShapesEncoding
    predicts: list[Level | None]
    level: Level | None

    @property
    def height(self) -> int:
        """Of the picture."""
        return self.shapes.height

    @property
    def width(self) -> int:
        """Of the picture."""
        return self.shapes.width

    def at(self, level: Level) -> WatchedEncoding:
        """The same shapes at a level."""
        return WatchedEncoding(self.shapes.at(level), self.predicts, level)

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """As the shapes do, with a note."""
        self.predicts.append(self.level)
        return replace(self.shapes.predict(prompts, gate), notes=(f"decoded at {self.level}",))


def _around(point: NDArray[np.float64]) -> Callable[[Mask], bool]:
    return lambda mask: mask.contains(float(point[0]), float(point[1]))


def _in(box: NDArray[np.float64]) -> Callable[[Mask], bool]:
    def fits(mask: Mask) -> bool:
        low, high = np.maximum(mask.box[:2], box[:2]), np.minimum(mask.box[2:], box[2:])
        both = float(np.prod(np.maximum(high - low, 0)))
        sizes = (np.prod(np.array(b[2:], float) - np.array(b[:2], float)) for b in (mask.box, box))
        return both >= 0.5 * (sum(sizes) - both)

    return fits


# ---- taggers ------------------------------------------------------------------------------------


@dataclass
class LoggedTagger(AttributeTagger):
    """Measures like the embedded tagger, labels each object by its box, and remembers what it was asked."""

    calls: list[tuple[tuple[int, ...], str | None]] = field(default_factory=list)
    shown: list[tuple[int, ...]] = field(default_factory=list)

    async def tag(
        self,
        pixels: RGBImage,
        masks: MaskStack,
        rows: Sequence[int],
        query: str | None,
        numbers: Mapping[int, int] | None = None,
    ) -> list[Semantics]:
        """The embedded tagger's semantics, with a label that no other object has."""
        self.calls.append((tuple(rows), query))
        self.shown.append(tuple((numbers or {}).values()))
        seen = await super().tag(pixels, masks, rows, query, numbers)
        return [s.replaced(label=f"at {masks[row].box}") for s, row in zip(seen, rows, strict=True)]


@dataclass
class FindingTagger(LoggedTagger):
    """Finds boxes for the phrases that it knows."""

    known: Mapping[str, list[tuple[float, float, float, float]]] = field(default_factory=dict)

    async def boxes(self, pixels: RGBImage, phrase: str) -> list[tuple[float, float, float, float]]:
        """None for other phrases."""
        return self.known.get(phrase, [])


# ---- the planner --------------------------------------------------------------------------------

Reply = AIMessage | BaseException | Callable[[PlannerView], Any]


class ScriptedPlanner:
    """Makes the moves of its script, and fails loudly when there are none left.

    A reply is a message; an exception, which is raised; or a function of the view, whose result (awaited
    where it can be) is the message.
    """

    name = "scripted"
    fingerprint = "scripted"
    modes: frozenset[Mode] = frozenset({"tools", "path"})
    cites = False
    costly = False

    def __init__(self, *replies: Reply) -> None:
        self._replies = deque(replies)
        self.seen: list[PlannerView] = []

    @property
    def left(self) -> int:
        """Moves that were never asked for."""
        return len(self._replies)

    async def next(self, view: PlannerView) -> AIMessage:
        """The next move of the script; the text of a path is written a few characters at a time."""
        move = await self._next(view)
        if view.mode == "path":
            text = str(move.text)
            for at in range(0, len(text), 7):
                view.on_text(text[at : at + 7])
        return move

    async def _next(self, view: PlannerView) -> AIMessage:
        self.seen.append(view)
        if not self._replies:
            last = view.messages[-1].text if view.messages else "nothing"
            raise AssertionError(f"the script ended after {len(self.seen) - 1} moves; last reply: {last}")
        reply = self._replies.popleft()
        if isinstance(reply, BaseException):
            raise reply
        if isinstance(reply, AIMessage):
            return reply
        made = reply(view)
        return made if isinstance(made, AIMessage) else await made

    def replies_to(self, move: int) -> list[AnyMessage]:
        """What the planner was shown of the tools' replies to its move of this number, from 0."""
        before, after = self.seen[move].messages, self.seen[move + 1].messages
        return list(after[len(before) + 1 :])

    def reply_to(self, move: int) -> AnyMessage:
        """The one reply to a move."""
        (reply,) = self.replies_to(move)
        return reply


_ids = itertools.count()


def call(name: str, **arguments: Any) -> AIMessage:
    """A move of one tool call."""
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": f"call-{next(_ids)}"}])


def together(*moves: AIMessage) -> AIMessage:
    """One move of several calls, in this order."""
    return AIMessage(
        "",
        tool_calls=[c for m in moves for c in m.tool_calls],
        invalid_tool_calls=[c for m in moves for c in m.invalid_tool_calls],
    )


def broken_call(name: str, text: str) -> AIMessage:
    """A call whose arguments are not JSON, as LangChain hands it over."""
    wrong = {"name": name, "args": text, "id": f"call-{next(_ids)}", "error": "not JSON"}
    return AIMessage("", invalid_tool_calls=[{**wrong, "type": "invalid_tool_call"}])


def step(
    keep: Sequence[int] = (),
    drop: Sequence[int] = (),
    *,
    criterion: str = "red",
    semantics: str = "a red thing",
    evidence: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Arguments of ``refine``."""
    kept = [{"indices": list(keep), "reason": "it fits", "semantics": semantics}] if keep else []
    dropped = [{"indices": list(drop), "reason": "it does not fit"}] if drop else []
    claims = {"evidence": [dict(c) for c in evidence]} if evidence else {}
    return {"criterion": criterion, "keep": kept, "drop": dropped, **claims}


def refine(keep: Sequence[int] = (), drop: Sequence[int] = (), **more: Any) -> AIMessage:
    """A call of ``refine``."""
    return call("refine", **step(keep, drop, **more))


def answer(*notes: str) -> AIMessage:
    """The call that ends."""
    return call("answer", notes=list(notes)) if notes else call("answer")


def written(*steps: dict[str, Any], indices: Sequence[int]) -> AIMessage:
    """A whole path in one completion."""
    return AIMessage(json.dumps({"steps": list(steps), "indices": list(indices)}))


# ---- the store ----------------------------------------------------------------------------------


class MemoryStore:
    """Artifacts in a dictionary."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, data: bytes, kind: str) -> str:
        """Store and return the id."""
        artifact = f"{kind}-{hashlib.sha256(data).hexdigest()}"
        self.held[artifact] = data
        return artifact

    def get(self, artifact: str) -> bytes:
        """The bytes of an id."""
        return self.held[artifact]

    def __contains__(self, artifact: str) -> bool:
        """Whether it is there."""
        return artifact in self.held


class DictCache:
    """A cache in memory that says what it was asked for, by the first part of the key."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, ...], bytes] = {}
        self.asked: list[str] = []

    def get(self, key: Sequence[str]) -> bytes | None:
        """What was put under a key."""
        self.asked.append(key[0])
        return self.held.get(tuple(key))

    def put(self, key: Sequence[str], data: bytes) -> None:
        """Keep."""
        self.held[tuple(key)] = data
