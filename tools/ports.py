"""Ports: what perception, tagging and storage look like from the graph, whatever is behind them.

Implementations of ``Segmenter`` and ``Tagger`` live in this folder, those of ``ArtifactStore`` and ``Cache``
in ``agent``.
One conformance suite (``tests/tools/conformance``) runs over every implementation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Level, Semantics


@dataclass(frozen=True, eq=False)
class Prompts:
    """What a segmenter is asked for: points or boxes, many at a time.

    Attributes:
        points: float64, shape (P, 2), one foreground point (x, y) a prompt, continuous pixels.
        boxes: float64, shape (B, 4), one box (x1, y1, x2, y2) a prompt, after the points.
    """

    points: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    boxes: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 2:
            raise ValueError(f"points have shape (P, 2), not {self.points.shape}")
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 4:
            raise ValueError(f"boxes have shape (B, 4), not {self.boxes.shape}")

    def __len__(self) -> int:
        return len(self.points) + len(self.boxes)


@dataclass(frozen=True)
class Gate:
    """What a candidate mask must pass. A segmenter may use it to save work on masks that fail.

    Attributes:
        min_score: least predicted IoU; minus infinity, the default, lets every mask pass.
        min_stability: least stability score, or None for no such filter (and where there are no logits).
        stability_offset: how far the threshold on logits is moved up and down for the stability score.
        min_area: least number of pixels.
        single: one mask a prompt in place of three.
    """

    min_score: float = -math.inf
    min_stability: float | None = None
    stability_offset: float = 1.0
    min_area: int = 1
    single: bool = False


@dataclass(frozen=True, eq=False)
class Candidates:
    """The masks that passed the gate, prompt by prompt; within a prompt by falling score.

    Attributes:
        masks: M masks.
        scores: float64 (M,), predicted IoU: the model's own estimate, finite, at times outside [0, 1].
        prompt: int64 (M,), which prompt each answers, rising.
        dropped: how many masks each part of the gate refused, by its name.
        notes: what a person should know of how they were made (a batch halved for want of memory).
    """

    masks: MaskStack
    scores: NDArray[np.float64]
    prompt: NDArray[np.int64]
    dropped: dict[str, int]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.masks)


@runtime_checkable
class Encoding(Protocol):
    """One picture, encoded once, ready for any number of prompts."""

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""

    @property
    def width(self) -> int:
        """Of the picture, in pixels."""

    def at(self, level: Level) -> Encoding:
        """The encoding that serves prompts at a granularity; itself where the segmenter has but one."""

    def predict(self, prompts: Prompts, gate: Gate) -> Candidates:
        """Up to three masks for each prompt, at the picture's full size.

        Segmenters whose masks are regions of a tree (``regions``) promise that those of one point contain
        it and are nested; models that were trained for it (SAM) only tend to.
        """


@dataclass(frozen=True)
class SegmenterDefaults:
    """Thresholds that belong to a segmenter, not to the graph.

    Attributes:
        theta_iou: least predicted IoU.
        stability: least stability score; None where there are no logits.
        box_nms: box IoU above which the worse of two masks goes; 1 spares all.
        mask_nms: mask IoU above which the worse of two masks goes.
        tau_pair: at granularity *part*, mask IoU above which the worse of two masks goes.
    """

    theta_iou: float
    stability: float | None
    box_nms: float = 0.7
    mask_nms: float = 0.9
    tau_pair: float = 0.85


@runtime_checkable
class Segmenter(Protocol):
    """Makes masks. Deterministic: the same picture and prompts give the same masks."""

    @property
    def name(self) -> str:
        """As the settings name it: ``regions``, ``sam:vit_b``."""

    @property
    def fingerprint(self) -> str:
        """Its name and all else that decides its answers: the digest of its weights, its own settings.

        Equal fingerprints give equal masks, so results can be kept under it.
        """

    @property
    def defaults(self) -> SegmenterDefaults:
        """Its own thresholds."""

    def encode(self, pixels: RGBImage) -> Encoding:
        """Look at the picture once. uint8 RGB, shape (H, W, 3), any size from 1 x 1."""


@runtime_checkable
class Keeping(Protocol):
    """A segmenter whose encodings can be kept as bytes: worth it where the encoder takes long."""

    def pack(self, encoding: Encoding) -> bytes:
        """An encoding of its own (not one taken at a level) as bytes."""

    def unpack(self, data: bytes) -> Encoding:
        """The encoding that was packed, by a segmenter of the same fingerprint.

        Raises:
            ValueError: not such bytes.
        """


@dataclass(frozen=True)
class GranularityChoice:
    """The level at which a query is to be answered, and why (Eq. 1)."""

    level: Level
    reason: str


@runtime_checkable
class Tagger(Protocol):
    """Says what the objects are (Eq. 4)."""

    @property
    def name(self) -> str:
        """As the settings name it: ``attributes``, ``openai:MODEL``."""

    @property
    def fingerprint(self) -> str:
        """Its name and all else that decides its answers, as a segmenter's."""

    async def granularity(self, pixels: RGBImage, query: str) -> GranularityChoice:
        """Choose the level for a query."""

    async def tag(
        self,
        pixels: RGBImage,
        masks: MaskStack,
        rows: Sequence[int],
        query: str | None,
        numbers: Mapping[int, int] | None = None,
    ) -> list[Semantics]:
        """Semantics of the given rows, in their order.

        Args:
            query: the question that the tags are for; None: tags that serve any question.
            numbers: by row, of all objects that are shown together, the context of those: what a person or a
                planner calls them. None: all rows, under their own numbers.

        Raises:
            RunFailedError: it cannot go on, and says why to a person.
        """


@runtime_checkable
class Detector(Protocol):
    """Finds boxes for a phrase. Optional for a tagger; without one, ``find`` is a tool error."""

    async def boxes(self, pixels: RGBImage, phrase: str) -> list[tuple[float, float, float, float]]:
        """Boxes (x1, y1, x2, y2) in continuous pixels, best first."""


class ArtifactStore(Protocol):
    """Content-addressed bytes: masks and pictures stay here, state and messages hold their ids."""

    def put(self, data: bytes, kind: str) -> str:
        """Store and return the id ``<kind>-<sha256>``. Storing the same bytes twice is free."""

    def get(self, artifact: str) -> bytes:
        """The bytes of an id.

        Raises:
            OutputError: not there, or damaged.
        """

    def __contains__(self, artifact: str) -> bool:
        """Whether it is there."""


class Cache(Protocol):
    """Bytes that can be made again, kept by what they were made from. Anything may be gone at any time."""

    def get(self, key: Sequence[str]) -> bytes | None:
        """What was put under this key, or None."""

    def put(self, key: Sequence[str], data: bytes) -> None:
        """Keep ``data`` under a key, in place of what was there.

        Raises:
            OutputError: there is no room, or the place cannot be written.
        """
