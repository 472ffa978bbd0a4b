from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.record import Record
from dtwinseger.twin.result import EvidenceTally, ImageInfo, Segmentation, Usage
from dtwinseger.twin.steps import Decision, FilterStep


def of_path(found: Segmentation, path: Any, masks: Any) -> Segmentation:
    """The result of another run."""
    size = path.twin.image
    image = ImageInfo(path="a.png", sha256=size.sha256, height=size.height, width=size.width)
    status = "found" if path.last.active else "nothing"
    return replace(found, status=status, image=image, path=path, masks=masks)


def settled(found: Segmentation, drawn: Any) -> Segmentation:
    """The result of a random run, as it is written down."""
    path, masks = drawn[0].settled(), drawn[1]
    return of_path(found, path, masks.take(drawn[0].twin.rows(o.index for o in path.twin.objects)))


# ---- what is written reads back ---------------------------------------------------------------------


def same(a: Segmentation, b: Segmentation) -> None:
    names = set(Segmentation.__dataclass_fields__) - {"masks", "path"}
    assert {n: getattr(a, n) for n in names} == {n: getattr(b, n) for n in names}
    assert a.path is not None
    assert b.path is not None
    assert (a.path.start, a.path.live) == (b.path.start, b.path.live)
    assert a.path.twin.objects == b.path.twin.objects
    assert a.masks is not None
    assert b.masks is not None
    assert all(m.same_as(n) for m, n in zip(a.masks, b.masks, strict=True))


@given(st.data())
def test_any_result_reads_back_equal(found: Segmentation, paths: Any, data: Any) -> None:
    written = settled(found, data.draw(paths()))
    again = Segmentation.from_json(json.loads(json.dumps(written.to_json(), allow_nan=False)))
    assert again.to_json() == written.to_json()
    same(again, written)
    assert written.packed_mask is not None
    assert np.array_equal(again.mask, written.packed_mask.dense())


@given(st.data())
def test_any_record_is_one_line_that_reads_back_equal(found: Segmentation, paths: Any, data: Any) -> None:
    written = settled(found, data.draw(paths()))
    line = Record.of(written, "s-1", {"seed": 3, "by": ["me", None]}).to_line()
    again = Record.from_line(line)
    assert "\n" not in line
    assert (again.id, again.image, again.query) == ("s-1", "a.png", written.query)
    assert again.provenance == {"seed": 3, "by": ["me", None]}
    assert again.to_line() == line
    same(of_path(found, again.path, again.masks), written)


def test_a_record_holds_the_very_twin_and_path_of_the_result(found: Segmentation) -> None:
    whole, line = found.to_json(), json.loads(Record.of(found, "s", {}).to_line())
    assert list(line) == [
        "version",
        "id",
        "image",
        "granularity",
        "query",
        "twin",
        "path",
        "indices",
        "provenance",
    ]
    assert (line["twin"], line["path"], line["indices"]) == (whole["twin"], whole["path"], whole["indices"])


def test_a_result_is_written_as_the_contract_says(found: Segmentation) -> None:
    data = found.to_json()
    assert (data["status"], data["complete"], data["indices"], data["mask"]) == (
        "found", True, [1], {"size": [2, 5], "counts": "046"},
    )  # fmt: skip
    assert data["twin"]["objects"][0] == {
        "index": 0, "level": "object", "parent": 1, "box": [0, 0, 1, 1], "area_pct": 10.0, "score": 0.9,
        "source": "regions", "label": None, "attributes": {}, "description": None,
        "relations": [{"relation": "inside", "to": 1}], "mask": {"size": [2, 5], "counts": "019"},
    }  # fmt: skip
    assert data["path"][0] == {
        "step": 0,
        "kind": "start",
        "criterion": None,
        "kept": [0, 1, 3],
        "decisions": [],
    }
    assert [(e["step"], e["kind"], e["kept"]) for e in data["path"]] == [
        (0, "start", [0, 1, 3]), (1, "filter", [0, 1]), (5, "revert", [0, 1]), (6, "filter", [1]),
    ]  # fmt: skip
    assert data["path"][1]["decisions"][2] == {"index": 3, "keep": False, "reason": "r", "semantics": None}
    assert data["usage"]["seconds"] == {"encode": 0.5}


def test_fields_of_later_steps_are_written_where_they_say_something(found: Segmentation) -> None:
    objects = {o["index"]: o for o in found.to_json()["twin"]["objects"]}
    assert "added_at" not in objects[0]
    assert "derived_from" not in objects[4]
    assert (objects[4]["added_at"], objects[5]["derived_from"]) == (2, [1, 4])
    assert found.path is not None
    merged = ReasoningPath(twin=found.path.twin, start=(0, 1, 3), steps=found.path.steps[:3]).settled()
    data = of_path(found, merged, found.masks).to_json()
    assert [o.get("retired_at") for o in data["twin"]["objects"]] == [None, 3, None, 3, None]
    assert Segmentation.from_json(data).indices == (5,)


# ---- statuses -------------------------------------------------------------------------------------


def test_nothing_is_an_answer_with_an_all_zero_mask(found: Segmentation) -> None:
    assert found.path is not None
    none = FilterStep(step=7, criterion="blue", decisions=(Decision(index=1, keep=False, reason="r"),))
    nothing = of_path(found, found.path.extended(none), found.masks)
    assert (nothing.status, nothing.indices) == ("nothing", ())
    assert nothing.mask is not None
    assert (nothing.mask.shape, nothing.mask.any()) == ((2, 5), False)
    assert nothing.to_json()["mask"] == {"size": [2, 5], "counts": ":"}
    same(Segmentation.from_json(nothing.to_json()), nothing)


def test_failed_has_no_mask_and_no_indices_but_its_last_state(found: Segmentation) -> None:
    failed = replace(found, status="failed", error="spent", stopped_by="steps", complete=False)
    assert (failed.mask, failed.indices) == (None, ())
    data = failed.to_json()
    assert (data["mask"], data["indices"], data["path"][-1]["kept"]) == (None, [], [1])
    same(Segmentation.from_json(data), failed)


def test_a_run_that_failed_before_there_was_a_twin_reads_back_and_makes_no_record(
    found: Segmentation,
) -> None:
    early = replace(found, path=None, masks=None, status="failed", error="no such file", granularity=None)
    data = early.to_json()
    assert (data["twin"], data["path"], data["mask"]) == (None, [], None)
    assert Segmentation.from_json(data).to_json() == data
    with pytest.raises(BadTwinError, match="makes no record"):
        Record.of(early, "s", {})


def test_costs_and_tallies_add_up() -> None:
    one = Usage(llm_calls=1, usd=0.5, seconds={"encode": 1, "plan": 2})
    two = Usage(vlm_calls=2, input_tokens=3, output_tokens=4, seconds={"plan": 3})
    assert one + two == Usage(
        llm_calls=1, vlm_calls=2, input_tokens=3, output_tokens=4, usd=0.5, seconds={"encode": 1, "plan": 5}
    )
    tally = EvidenceTally(checked=1, false_at_first=2, uncited=5) + EvidenceTally(checked=3, disputed=4)
    assert tally == EvidenceTally(checked=4, false_at_first=2, disputed=4, uncited=5)
