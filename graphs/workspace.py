"""Live services and what they make of artifact ids: pictures, perception, twins, geometry.

Everything here is derived from content-addressed artifacts, so it can be forgotten at any time and made
again; a resumed run starts with an empty workspace.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

from dtwinseger.graphs.perception import Perception
from dtwinseger.graphs.ports import Planner
from dtwinseger.graphs.state import Models
from dtwinseger.tools.pictures import RGBImage, decode_picture
from dtwinseger.tools.ports import ArtifactStore, Cache, Segmenter, Tagger
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.result import Components
from dtwinseger.twin.rle import decode, encode
from dtwinseger.twin.schema import DigitalTwin

T = TypeVar("T")

KEPT_PICTURES = 2
KEPT_TWINS = 16


@dataclass(frozen=True, eq=False)
class Services:
    """What the graphs call. Bound by the builder, never in the state."""

    segmenter: Segmenter
    tagger: Tagger
    planner: Planner
    store: ArtifactStore
    cache: Cache | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def components(self) -> Components:
        """Names of the parts."""
        return Components(segmenter=self.segmenter.name, tagger=self.tagger.name, planner=self.planner.name)

    def models(self, *, perceiving: bool) -> Models:
        """What decides their answers, beside the names.

        Args:
            perceiving: whether a picture is looked at. A model's fingerprint reads its weights, so those of
                parts that are not used are not asked for.
        """
        return Models(
            segmenter=self.segmenter.fingerprint if perceiving else None,
            tagger=self.tagger.fingerprint if perceiving else None,
            planner=self.planner.fingerprint,
        )

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Run heavy work beside the event loop, one piece at a time: the models are not thread-safe."""

        def locked() -> T:
            with self._lock:
                return work(*args)

        return await asyncio.to_thread(locked)


class Workspace:
    """Reads and writes artifacts, and keeps the last few of what was read."""

    def __init__(self, services: Services, max_pixels: int) -> None:
        self.services = services
        self._max_pixels = max_pixels
        self._pixels = lru_cache(KEPT_PICTURES)(self._read_pixels)
        self._twin = lru_cache(KEPT_TWINS)(self._read_twin)
        self._geometry = lru_cache(KEPT_TWINS)(self._read_geometry)
        self._fresh: tuple[str, Geometry] | None = None
        self.perception = Perception(services.segmenter, services.cache, self.pixels)

    def pixels(self, picture: str) -> RGBImage:
        """The decoded picture: uint8 RGB, shape (H, W, 3), read-only."""
        return self._pixels(picture)

    def twin(self, artifact: str) -> DigitalTwin:
        """A stored twin."""
        return self._twin(artifact)

    def geometry(self, twin: DigitalTwin) -> Geometry:
        """The relations of a stored twin's masks; row r is ``twin.objects[r]``."""
        assert twin.masks is not None
        return self._geometry(twin.masks)

    def masks(self, twin: DigitalTwin) -> MaskStack:
        """The masks of a stored twin; row r is ``twin.objects[r]``."""
        return self.geometry(twin).masks

    def put_masks(self, masks: MaskStack) -> str:
        """Store a stack as COCO RLE; returns its id."""
        body = {"size": [masks.height, masks.width], "counts": [encode(m)["counts"] for m in masks]}
        artifact = self.services.store.put(json.dumps(body, separators=(",", ":")).encode(), "masks")
        # Decoding hundreds of masks of a large picture takes seconds: what was just made is at hand.
        self._fresh = (artifact, Geometry(masks))
        return artifact

    def put_twin(self, twin: DigitalTwin) -> str:
        """Store a twin whose masks are stored; returns its id."""
        return self.services.store.put(twin.model_dump_json().encode(), "twin")

    def _read_pixels(self, picture: str) -> RGBImage:
        return decode_picture(self.services.store.get(picture), max_pixels=self._max_pixels).pixels

    def _read_twin(self, artifact: str) -> DigitalTwin:
        return DigitalTwin.model_validate_json(self.services.store.get(artifact))

    def _read_geometry(self, artifact: str) -> Geometry:
        if self._fresh is not None and self._fresh[0] == artifact:
            return self._fresh[1]
        body = json.loads(self.services.store.get(artifact))
        height, width = body["size"]
        masks: Iterable[Any] = (decode({"size": body["size"], "counts": c}) for c in body["counts"])
        return Geometry(MaskStack(height, width, tuple(masks)))
