"""A model's service with eyes: it looks at the pictures that it is sent. It knows colours, no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from graphfakes import BLUE, GREEN, GREY, RED, YELLOW
from loopback import Exchange, Says
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

COLOURS = {"red": RED, "green": GREEN, "yellow": YELLOW, "blue": BLUE, "grey": GREY}
_VIVID = 70  # difference of the channels; what is dimmed has none to speak of


def named(colour: NDArray[np.float64]) -> str:
    """The name of the nearest colour that it knows."""
    return min(COLOURS, key=lambda name: float(np.abs(colour - COLOURS[name]).sum()))


def colour_in_crop(picture: Pixels) -> str:
    """Of what is not dimmed; grey where that has no colour."""
    vivid = np.ptp(picture.astype(int), axis=2) > _VIVID
    return named(picture[vivid].mean(0)) if vivid.mean() > 0.02 else "grey"


def colour_in_outline(picture: Pixels) -> str:
    """Of the largest vivid region that a line runs around, light between dark rims."""
    line = ((picture.max(axis=2) < 90) | (picture.min(axis=2) > 170)).astype(np.uint8)
    count, regions = cv2.connectedComponents(1 - line, connectivity=4)
    border = {*regions[0], *regions[-1], *regions[:, 0], *regions[:, -1]}
    inside = [region for region in range(1, count) if region not in border]
    core = {region: cv2.erode((regions == region).astype(np.uint8), np.ones((7, 7))) > 0 for region in inside}
    vivid = {
        region: pixels
        for region, pixels in core.items()
        if pixels.any() and np.ptp(picture[pixels].mean(0)) > _VIVID
    }
    if not vivid:
        return "grey"
    return named(picture[max(vivid.values(), key=lambda pixels: int(pixels.sum()))].mean(0))


def objects_of(exchange: Exchange) -> Iterator[tuple[int, list[Pixels]]]:
    """The objects that a message shows, each with its pictures."""
    pictures = iter(exchange.asked.pictures)
    number, found = None, []
    for part in exchange.asked.body["messages"][0]["content"]:
        if part["type"] == "image_url":
            found.append(next(pictures))
        elif line := re.fullmatch(r"Object (\d+):", part["text"]):
            if number is not None:
                yield number, found
            number, found = int(line[1]), []
    assert number is not None
    yield number, found


@dataclass(frozen=True)
class Eyes:
    """Tags by colour, and keeps the objects whose label is ``wanted``.

    Args:
        views: what it expects to be shown of each object.
    """

    views: str = "both"
    wanted: str = "red"

    def play(self, to: Exchange) -> None:
        """Answer by looking."""
        body = to.asked.body
        if "tools" in body:
            Says(None, calls=[self._move(body["messages"])]).play(to)
            return
        answer = {
            "GranularityAnswer": self._granularity,
            "TagsAnswer": self._tags,
            "ObservedTagsAnswer": self._tags,
            "BoxesAnswer": self._boxes,
        }[body["response_format"]["json_schema"]["name"]](to)
        Says(json.dumps(answer)).play(to)

    def _granularity(self, to: Exchange) -> Mapping[str, Any]:
        assert len(to.asked.pictures) == 1
        return {"reason": "it asks for one thing", "granularity": "object"}

    def _tags(self, to: Exchange) -> Mapping[str, Any]:
        looks = {
            "crop": [colour_in_crop],
            "marks": [colour_in_outline],
            "both": [colour_in_crop, colour_in_outline],
        }[self.views]
        objects = []
        for number, pictures in objects_of(to):
            colour, *others = (look(picture) for look, picture in zip(looks, pictures, strict=True))
            # Around the grey ground a line runs that runs around all else, too.
            assert colour == "grey" or {*others} <= {colour}, f"object {number} is {colour} and {others}"
            objects.append(
                {
                    "index": number,
                    "label": f"{colour} thing",
                    "attributes": [{"name": "seen", "values": [colour]}],
                    "description": f"Something {colour}.",
                }
            )
        observed = "observations" in json.dumps(to.asked.body["response_format"])
        return {**({"observations": "Colours."} if observed else {}), "objects": objects}

    def _boxes(self, to: Exchange) -> Mapping[str, Any]:
        [picture] = to.asked.pictures
        near = np.abs(picture.astype(int) - COLOURS[self.wanted]).sum(2) < 60
        y, x = np.nonzero(near)
        if not len(x):
            return {"boxes": []}
        height, width = near.shape
        sides = {
            "x1": x.min() / width,
            "y1": y.min() / height,
            "x2": (x.max() + 1) / width,
            "y2": (y.max() + 1) / height,
        }
        return {"boxes": [{side: 1000 * float(share) for side, share in sides.items()}]}

    def _move(self, messages: list[Any]) -> tuple[str, str]:
        """Filter by the label, once; then answer."""
        if any(message["role"] == "tool" for message in messages):
            return "answer", json.dumps({"notes": []})
        [line] = [line for line in messages[0]["content"].splitlines() if line.startswith("The twin, state ")]
        twin = json.loads(line.partition(": ")[2])
        rows = [dict(zip(twin["columns"], row, strict=True)) for row in twin["objects"]]
        keep = [row["index"] for row in rows if row["label"] == f"{self.wanted} thing"]
        drop = [row["index"] for row in rows if row["index"] not in keep]
        step = {
            "criterion": self.wanted,
            "keep": [
                {
                    "indices": keep,
                    "reason": f"it is {self.wanted}",
                    "semantics": f"a {self.wanted} thing, as asked",
                }
            ]
            if keep
            else [],
            "drop": [{"indices": drop, "reason": f"it is not {self.wanted}"}] if drop else [],
        }
        return "refine", json.dumps(step)


@dataclass(frozen=True)
class Labels:
    """Looks at nothing: each object is a thing with its own number, what is looked for is in a corner."""

    def play(self, to: Exchange) -> None:
        """Answer by the words alone."""
        parts = to.asked.body["messages"][0]["content"]
        lines = [re.fullmatch(r"Object (\d+):", part.get("text", "")) for part in parts]
        objects = [
            {"index": int(line[1]), "label": f"thing {line[1]}", "attributes": [], "description": "A thing."}
            for line in lines
            if line
        ]
        answers: dict[str, Mapping[str, Any]] = {
            "GranularityAnswer": {"reason": "it asks for one thing", "granularity": "object"},
            "ObservedTagsAnswer": {"observations": "Things.", "objects": objects},
            "BoxesAnswer": {"boxes": [{"x1": 0, "y1": 0, "x2": 500, "y2": 250}]},
        }
        Says(json.dumps(answers[to.asked.body["response_format"]["json_schema"]["name"]])).play(to)
