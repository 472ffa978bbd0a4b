"""The contract of ``result.json``, checked field by field, and its masks, decoded."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco_mask

# What ``result.json`` promises: every field with the types that its value may have.
NUMBER = (int, float)
RESULT = {
    "status": str,
    "complete": bool,
    "stopped_by": (str, type(None)),
    "error": (str, type(None)),
    "query": str,
    "image": dict,
    "granularity": (str, type(None)),
    "indices": list,
    "mask": (dict, type(None)),
    "twin": (dict, type(None)),
    "path": list,
    "usage": dict,
    "evidence": dict,
    "components": dict,
    "trace_id": str,
}
IMAGE = {"path": (str, type(None)), "sha256": (str, type(None)), "height": int, "width": int}
TWIN = {"image": dict, "granularity": str, "left_out": int, "objects": list}
OBJECT = {
    "index": int,
    "level": str,
    "parent": (int, type(None)),
    "box": list,
    "area_pct": NUMBER,
    "score": NUMBER,
    "source": str,
    "label": (str, type(None)),
    "attributes": dict,
    "description": (str, type(None)),
    "relations": list,
    "mask": dict,
}
USAGE = {
    "llm_calls": int,
    "vlm_calls": int,
    "input_tokens": int,
    "output_tokens": int,
    "usd": NUMBER,
    "seconds": dict,
}
COMPONENTS = {"segmenter": (str, type(None)), "tagger": (str, type(None)), "planner": str}
DECISION = {"index": int, "keep": bool, "reason": str, "semantics": (str, type(None))}


def has_fields(value: Any, fields: dict[str, Any]) -> None:
    assert isinstance(value, dict)
    for name, kind in fields.items():
        assert name in value, name
        assert isinstance(value[name], kind), (name, value[name])
        assert kind is bool or not isinstance(value[name], bool) or bool in np.atleast_1d(kind), name


def keeps_contract(result: Any) -> None:
    """The contract of ``result.json``, checked without our own reader."""
    has_fields(result, RESULT)
    assert result["status"] in ("found", "nothing", "failed")
    has_fields(result["image"], IMAGE)
    has_fields(result["usage"], USAGE)
    assert all(isinstance(s, NUMBER) and s >= 0 for s in result["usage"]["seconds"].values())
    has_fields(result["evidence"], {"checked": int, "false_at_first": int, "disputed": int, "uncited": int})
    has_fields(result["components"], COMPONENTS)
    assert re.fullmatch(r"[0-9a-f-]{36}", result["trace_id"])
    has_fields(result["twin"], TWIN)
    has_fields(result["twin"]["image"], {k: v for k, v in IMAGE.items() if k != "path"})
    for obj in result["twin"]["objects"]:
        has_fields(obj, OBJECT)
        assert len(obj["box"]) == 4
        assert all(set(r) == {"relation", "to"} for r in obj["relations"])
    assert (result["mask"] is None) == (result["status"] == "failed")
    keeps_path(result)


def keeps_path(result: Any) -> None:
    """``start`` first; then a decision for every object of the state before, and who was kept."""
    start, *steps = result["path"]
    assert {key: start[key] for key in ("step", "kind", "criterion", "decisions")} == {
        "step": 0,
        "kind": "start",
        "criterion": None,
        "decisions": [],
    }
    assert start["kept"] == [o["index"] for o in result["twin"]["objects"]]
    state = start["kept"]
    for number, step in enumerate(steps, 1):
        assert (step["step"], step["kind"]) == (number, "filter")
        assert isinstance(step["criterion"], str)
        for decision in step["decisions"]:
            has_fields(decision, DECISION)
            assert decision["reason"]
        assert sorted(d["index"] for d in step["decisions"]) == sorted(state)
        assert step["kept"] == [d["index"] for d in step["decisions"] if d["keep"]]
        state = step["kept"]
    if result["status"] == "found":
        assert result["indices"] == state


def decoded(rle: Any) -> NDArray[np.uint8]:
    """As pycocotools decodes it, 255 where it is set."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pycocotools' own, of NumPy 2
        mask = coco_mask.decode({"size": rle["size"], "counts": rle["counts"].encode()})
    return np.asarray(255 * mask, np.uint8)


def pixels(path: Path) -> NDArray[np.uint8]:
    with Image.open(path) as image:
        assert image.mode == "L", path
        return np.asarray(image)
