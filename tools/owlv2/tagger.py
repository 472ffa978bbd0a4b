"""The tagger: OWLv2's labels on the masks that they fit, with what is measured on the pixels."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from dtwinseger.tools.attributes import AttributeTagger
from dtwinseger.tools.digests import unchanged
from dtwinseger.tools.granularity import granularity_of
from dtwinseger.tools.owlv2.assignment import Detections, assigned_in_turn, without_repeats
from dtwinseger.tools.owlv2.phrases import noun_phrases, vocabulary
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import GranularityChoice
from dtwinseger.tools.pretrained import check, digest_of_folder
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import Semantics

if TYPE_CHECKING:
    from dtwinseger.tools.owlv2.detector import Owlv2, Phrases, Seen
    from dtwinseger.tools.promptable.devices import Precision

Label = tuple[str, float]  # with its score

VERSION: Final = 2
"""To be raised with every change of the answers."""

KEPT: Final = 16
"""Pairs of a picture and what was looked for in it whose detections are kept."""


class Owlv2Tagger:
    """Labels from OWLv2 on top of the embedded attributes; a mask that no detection fits has no label.

    What is looked for: the query's noun phrases and a vocabulary. The labels of a picture's masks are settled
    over the whole stack, so they do not depend on which rows are asked for together; which masks are parts of
    others is read from the masks. The weights are read at the first picture.

    Args:
        name: as the settings name it, ``owlv2:DIR``.
        folder: OWLv2 in transformers' layout.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.
        precision: of the image encoder; see ``encoder_dtype``.
        vocabulary_file: phrases that are always looked for, one a line; by default things and their parts.
        min_score: least score of a detection, in [0, 1].
        min_fit: least box IoU of a mask and the detection whose label it gets.
        max_overlap: box IoU above which two detections of a phrase are one.

    Raises:
        SettingsError: the extra ``hf`` is not installed, the vocabulary cannot be read, or there is no such
            device or precision.
        CheckpointError: the folder is not there, or is not of an OWLv2.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        device: str = "auto",
        precision: Precision = "auto",
        vocabulary_file: Path | None = None,
        min_score: float = 0.1,
        min_fit: float = 0.5,
        max_overlap: float = 0.7,
    ) -> None:
        check(name, folder, ("owlv2",), ("tokenizer.json|vocab.json",))
        # Not there without the extra.
        from dtwinseger.tools.promptable.devices import device_of, encoder_dtype

        self.name = name
        self._folder = folder
        self._device = device_of(device)
        self._dtype = encoder_dtype(self._device, precision)
        self._vocabulary = vocabulary(vocabulary_file)
        self._min_score, self._min_fit, self._max_overlap = min_score, min_fit, max_overlap
        self._lock = threading.Lock()
        self._last: tuple[str, Seen] | None = None
        self._found: OrderedDict[tuple[str, tuple[str, ...], bool], Detections] = OrderedDict()

    @cached_property
    def fingerprint(self) -> str:
        """Its name and all else that decides its answers.

        The folder's files, vocabulary, thresholds, precision, and the embedded tagger's own. Not the device:
        between devices scores differ by rounding.

        Raises:
            CheckpointError: a file of the folder cannot be read.
        """
        thresholds = (self._min_score, self._min_fit, self._max_overlap)
        rest = repr((VERSION, self._vocabulary, thresholds, str(self._dtype), AttributeTagger.fingerprint))
        return f"{self.name} {self._digest} {hashlib.sha256(rest.encode()).hexdigest()}"

    @cached_property
    def _digest(self) -> str:
        return digest_of_folder(self._folder)

    async def granularity(self, pixels: RGBImage, query: str) -> GranularityChoice:  # noqa: ARG002
        """By the words of the query alone: a detector cannot judge it."""
        return granularity_of(query)

    async def tag(
        self,
        pixels: RGBImage,
        masks: MaskStack,
        rows: Sequence[int],
        query: str | None,
        numbers: Mapping[int, int] | None = None,  # noqa: ARG002
    ) -> list[Semantics]:
        """Label and measured attributes of each row; a label comes with ``label_score``, in [0, 1].

        Raises:
            CheckpointError: the weights cannot be used.
            RunFailedError: the device has not enough memory.
        """
        measured = await AttributeTagger().tag(pixels, masks, rows, query)
        labels = await asyncio.to_thread(self._labels, pixels, masks, query)
        return [_labelled(said, labels[row]) for row, said in zip(rows, measured, strict=True)]

    async def boxes(self, pixels: RGBImage, phrase: str) -> list[tuple[float, float, float, float]]:
        """Where the phrase fits with at least ``min_score``, best first; none is an empty list.

        Raises:
            CheckpointError, RunFailedError: as for ``tag``.
        """
        found = await asyncio.to_thread(self._detections, pixels, (phrase,), with_vocabulary=False)
        return [(x1, y1, x2, y2) for x1, y1, x2, y2 in found.boxes.tolist()]

    def _labels(self, pixels: RGBImage, masks: MaskStack, query: str | None) -> list[Label | None]:
        """Of every mask of the stack, the hidden ones too: they may come to be shown."""
        known = set(self._vocabulary)
        asked = () if query is None else tuple(p for p in noun_phrases(query) if p not in known)
        found = self._detections(pixels, asked, with_vocabulary=True)
        return [
            None if row is None else (found.phrases[row], float(found.scores[row]))
            for row in assigned_in_turn(masks, found, self._min_fit)
        ]

    def _detections(self, pixels: RGBImage, asked: tuple[str, ...], *, with_vocabulary: bool) -> Detections:
        """One thread at a time: whoever had to wait for the same picture finds the answer ready."""
        key = (_digest(pixels), asked, with_vocabulary)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
            phrases = [self._model.embed(asked), *([self._always] if with_vocabulary else [])]
            found = self._model.detect(self._seen(key[0], pixels), phrases, self._min_score)
            self._found[key] = without_repeats(found, self._max_overlap)
            if len(self._found) > KEPT:
                self._found.popitem(last=False)
            return self._found[key]

    def _seen(self, digest: str, pixels: RGBImage) -> Seen:
        """The picture through the image encoder, which takes most of the time: kept until the next one."""
        if self._last is None or self._last[0] != digest:
            self._last = (digest, self._model.see(pixels))
        return self._last[1]

    @cached_property
    def _model(self) -> Owlv2:
        from dtwinseger.tools.owlv2.detector import Owlv2

        with unchanged(self._folder, self._digest, digest_of_folder):
            return Owlv2(self._folder, self._device, self._dtype)

    @cached_property
    def _always(self) -> Phrases:
        return self._model.embed(self._vocabulary)


def _labelled(said: Semantics, label: Label | None) -> Semantics:
    if label is None:
        return said
    return said.replaced(label=label[0], attributes={**said.attributes, "label_score": round(label[1], 2)})


def _digest(pixels: RGBImage) -> str:
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
