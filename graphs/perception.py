"""What the segmenter makes of pictures: made once, kept in memory for a while and in the cache.

A question about a picture that was asked about before runs no image encoder, and at a granularity that was
built before no mask decoder either. Nothing is encoded, or read, before it is needed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from typing import Final, TypeVar

import numpy as np

from dtwinseger.tools import keeping
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Cache, Encoding, Keeping, Segmenter
from dtwinseger.tools.proposals import Proposals, ProposalSettings, ProposalTree, proposal_tree, view
from dtwinseger.twin.masks import Box
from dtwinseger.twin.schema import Level

KEPT_ENCODINGS: Final = 2
KEPT_WINDOWS: Final = 8
"""Enough for one layer of windows at a second granularity; with three there are 84, of megabytes each."""

T = TypeVar("T")
Key = tuple[str, ...]


class Perception:
    """Encodings and proposals by the picture's artifact id.

    Args:
        segmenter: what makes them; its fingerprint is part of every key.
        cache: where they are kept between runs, or None.
        pixels: the decoded picture of an id.
    """

    def __init__(self, segmenter: Segmenter, cache: Cache | None, pixels: Callable[[str], RGBImage]) -> None:
        self._segmenter = segmenter
        self._cache = cache
        self._pixels = pixels
        self._encoding = lru_cache(KEPT_ENCODINGS)(self._encoded)
        self._window = lru_cache(KEPT_WINDOWS)(self._encoded)

    def encoding(self, picture: str) -> Encoding:
        """The whole picture, encoded."""
        return self._encoding(picture)

    def proposals(
        self, picture: str, level: Level, settings: ProposalSettings, max_objects: int
    ) -> tuple[Proposals, float]:
        """Everything mode at a granularity, and the seconds that encodings took: 0 where none was needed."""
        spent = 0.0

        def timed(encode: Callable[[], Encoding]) -> Encoding:
            nonlocal spent
            began = time.perf_counter()
            encoding = encode()
            spent += time.perf_counter() - began
            return encoding

        def made() -> ProposalTree:
            return proposal_tree(
                timed(lambda: self.encoding(picture)),
                level,
                settings,
                self._segmenter.defaults,
                crop=lambda window: timed(lambda: self._window(picture, window)),
            )

        # What is shown of the tree is chosen anew, so the most objects of a view are not part of the key.
        key = self._tree_key(picture, level, settings)
        return view(self._kept(key, made, keeping.packed, keeping.unpacked), max_objects), spent

    def _tree_key(self, picture: str, level: Level, settings: ProposalSettings) -> Key:
        thresholds = asdict(settings.thresholds(self._segmenter.defaults))
        return (
            "proposals",
            str(keeping.VERSION),
            picture,
            self._segmenter.fingerprint,
            level if settings.method == "levels" else "all",
            settings.model_dump_json(exclude={"same"}),  # it is asked of masks that are made
            json.dumps(thresholds),
        )

    def _encoded(self, picture: str, window: Box | None = None) -> Encoding:
        """The picture or a window of it, from the cache where the segmenter's encodings can be kept."""
        segmenter = self._segmenter

        def made() -> Encoding:
            pixels = self._pixels(picture)
            if window is not None:
                x1, y1, x2, y2 = window
                pixels = np.ascontiguousarray(pixels[y1:y2, x1:x2])
            return segmenter.encode(pixels)

        if not isinstance(segmenter, Keeping):
            return made()
        key = ("encoding", picture, segmenter.fingerprint, "whole" if window is None else str(window))
        return self._kept(key, made, segmenter.pack, segmenter.unpack)

    def _kept(
        self, key: Key, made: Callable[[], T], pack: Callable[[T], bytes], unpack: Callable[[bytes], T]
    ) -> T:
        if self._cache is None:
            return made()
        if (data := self._cache.get(key)) is not None:
            with suppress(ValueError):  # of a version that wrote otherwise: made again, and replaced
                return unpack(data)
        new = made()
        self._cache.put(key, pack(new))
        return new
