"""Sound records have no findings; each kind of damage has one that names it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from dtwinseger.eval.scenes.validation.records import record_findings


def found(record: Any, by_hand: SimpleNamespace) -> list[str]:
    return list(record_findings(json.dumps(record), by_hand.uses))


@pytest.mark.parametrize("name", ["farthest", "red_mug"])
def test_a_sound_record_has_no_findings(name: str, by_hand: SimpleNamespace) -> None:
    assert found(getattr(by_hand, name)(), by_hand) == []


def wrong_answer(r: Any) -> None:
    r["path"][2]["kept"] = r["indices"] = [2]
    for d in r["path"][2]["decisions"]:
        d["keep"] = not d["keep"]
        d["semantics"] = "a mug"


def wrong_last_state(r: Any) -> None:
    r["path"][2]["kept"] = [1, 2]


def wrong_indices(r: Any) -> None:
    r["indices"] = [2]


def swapped_decision(r: Any) -> None:
    r["path"][1]["decisions"][2]["keep"] = False


def left_out_decision(r: Any) -> None:
    del r["path"][1]["decisions"][0]


def empty_reason(r: Any) -> None:
    r["path"][1]["decisions"][0]["reason"] = " "


def no_semantics(r: Any) -> None:
    r["path"][2]["decisions"][0]["semantics"] = None


def box_off_by_one(r: Any) -> None:
    r["twin"]["objects"][1]["box"][2] += 1


def wrong_area(r: Any) -> None:
    r["twin"]["objects"][1]["area_pct"] += 0.5


def wrong_size_word(r: Any) -> None:
    r["twin"]["objects"][1]["attributes"]["size"] = "tiny"


def wrong_place_word(r: Any) -> None:
    r["twin"]["objects"][1]["attributes"]["place"] = ["right"]


def cut_off_mask(r: Any) -> None:
    r["twin"]["objects"][1]["mask"]["size"] = [40, 61]


def wrong_number_of_steps(r: Any) -> None:
    r["provenance"]["steps"] = 1


def distractor_that_fails_more(r: Any) -> None:
    r["provenance"]["distractors"].append(1)


def distractor_left_out(r: Any) -> None:
    r["provenance"]["distractors"].remove(3)


def start_without_the_table(r: Any) -> None:
    r["path"][0]["kept"] = [1, 2, 3]
    del r["path"][1]["decisions"][0]


def step_without_its_criterion(r: Any) -> None:
    r["provenance"]["program"]["steps"].pop()


def unknown_operation(r: Any) -> None:
    r["provenance"]["program"]["steps"][1] = {"op": "behind"}


def another_granularity(r: Any) -> None:
    r["provenance"]["program"]["from"] = "part"


def another_step_number(r: Any) -> None:
    r["path"][2]["step"] = 3


def disputed(r: Any) -> None:
    r["path"][2]["disputed"] = True


def reason_of_another(r: Any) -> None:
    r["path"][1]["decisions"][0]["reason"] = "it is a wall"


def semantics_that_forget(r: Any) -> None:
    r["path"][2]["decisions"][0]["semantics"] = "so"


def another_criterion(r: Any) -> None:
    r["path"][2]["criterion"] = "green"


def semantics_of_a_dropped_one(r: Any) -> None:
    r["path"][1]["decisions"][0]["semantics"] = "table"


def another_generator(r: Any) -> None:
    r["provenance"]["generator"] = "by hand"


def another_world(r: Any) -> None:
    r["provenance"]["world"] = "street"


def another_kind(r: Any) -> None:
    r["provenance"]["kind"] = "use"


def no_names(r: Any) -> None:
    r["provenance"]["names"] = False


def distractors_that_fall(r: Any) -> None:
    r["provenance"]["distractors"].reverse()


def a_further_remark(r: Any) -> None:
    r["provenance"]["author"] = "me"


def a_further_field_of_a_step(r: Any) -> None:
    r["provenance"]["program"]["steps"][0]["unless"] = "it rains"


def objects_left_out(r: Any) -> None:
    r["twin"]["left_out"] = 1


def unsure_mask(r: Any) -> None:
    r["twin"]["objects"][1]["score"] = 0.9


def wrong_brightness_word(r: Any) -> None:
    r["twin"]["objects"][3]["attributes"]["brightness"] = "bright"


def member_of_no_group(r: Any) -> None:
    r["twin"]["objects"][1]["parent"] = 0


DAMAGES = [
    (wrong_answer, "step 2", "object 1 is dropped, recomputed it is kept"),
    (wrong_answer, "", "indices [2] are not the recomputed answer [1]"),
    (wrong_last_state, "step 2", "keeps [1, 2], recomputed [1]"),
    (wrong_last_state, "step 2", "`kept` is not what the decisions keep"),
    (wrong_indices, "", "indices [2] are not the last state [1]"),
    (wrong_indices, "", "not a valid record"),
    (swapped_decision, "step 1", "object 2 is dropped, recomputed it is kept"),
    (left_out_decision, "step 1", "decisions about [1, 2, 3], not about [0, 1, 2, 3]"),
    (empty_reason, "step 1", "no reason for object 0"),
    (no_semantics, "step 2", "object 1 is kept without semantics"),
    (box_off_by_one, "", "object 1: box [4, 18, 15, 28] but the mask's is [4, 18, 14, 28]"),
    (wrong_area, "", "object 1: area_pct"),
    (wrong_size_word, "", "object 1: size ('tiny',) but its area says medium"),
    (wrong_place_word, "", "object 1: place ('right',) but its box says ['left']"),
    (cut_off_mask, "", "object 1: a mask of [40, 61] in a picture of [40, 60]"),
    (wrong_number_of_steps, "", "steps is 1, the program has"),
    (distractor_that_fails_more, "", "distractor 1 fails 0 criteria, not one"),
    (distractor_left_out, "", "object 3 would be distractors"),
    (start_without_the_table, "", "D0 holds [1, 2, 3], not all of the view: [0, 1, 2, 3]"),
    (step_without_its_criterion, "", "the path has 2 steps, the program 1"),
    (unknown_operation, "", "the program cannot be executed: no operation 'behind'"),
    (another_granularity, "", "a program from 'part' in a object view"),
    (another_step_number, "", "step 2 has the number 3"),
    (disputed, "step 2", "`disputed` is True"),
    (reason_of_another, "step 1", "the reason for object 0 does not say what it is: it is a wall"),
    (semantics_that_forget, "step 2", "object 1 was 'mug' and is 'so' now"),
    (another_criterion, "step 2", "object 1 was 'mug' and is 'mug; so' now"),
    (semantics_of_a_dropped_one, "step 1", "object 0 is dropped with semantics"),
    (another_generator, "", "its generator is 'by hand', not 'dtwinseger scenes 2'"),
    (another_world, "", "its world is 'street', by the scene's number 'table'"),
    (another_kind, "", "kind is 'use', by the program explicit"),
    (no_names, "", "names is False, by the program True"),
    (distractors_that_fall, "", "do not rise"),
    (a_further_remark, "", "its provenance says author besides"),
    (
        a_further_field_of_a_step,
        "",
        "the program cannot be executed: kind with the fields labels, op, unless",
    ),
    (objects_left_out, "", "left_out is 1"),
    (unsure_mask, "", "object 1: score 0.9, not 1.0"),
    (wrong_brightness_word, "", "object 3: brightness ('bright',) but lightness 25.3"),
    (member_of_no_group, "", "object 1 belongs to 0, which is no group"),
]


@pytest.mark.parametrize("record", ["farthest", "red_mug"])
@pytest.mark.parametrize(("damage", "place", "text"), DAMAGES)
def test_damage_is_named(damage: Any, place: str, text: str, record: str, by_hand: SimpleNamespace) -> None:
    damaged = getattr(by_hand, record)()
    damage(damaged)
    assert any(place in f and text in f for f in found(damaged, by_hand)), found(damaged, by_hand)


def moved(record: Any, by_hand: SimpleNamespace, index: int, *box: int) -> None:
    """The object at another place, with all that its JSON says of it."""
    pixels = by_hand.rectangle(*box)
    record["twin"]["objects"][index] |= {
        "box": list(box), "area_pct": round(pixels.sum() / 24, 4), "mask": by_hand.rle_of(pixels),
    }  # fmt: skip


def test_masks_that_overlap_are_named(by_hand: SimpleNamespace) -> None:
    record = by_hand.red_mug()
    moved(record, by_hand, 2, 10, 20, 18, 28)
    assert "the visible masks of objects 1 and 2 share 32 pixels" in found(record, by_hand)


def test_a_rank_that_is_too_close_to_call_is_named(by_hand: SimpleNamespace) -> None:
    record = by_hand.farthest()
    # Gap 32 from the red mug on the left, 32 from the blue one far above.
    moved(record, by_hand, 3, 46, 32, 52, 40)
    moved(record, by_hand, 2, 40, 0, 50, 1)
    texts = found(record, by_hand)
    assert "step 2 (rank): rank is undecided for objects 1, 2" in texts
    assert any("the evidence is undecided: 1 is number 1 by distance" in text for text in texts)


def test_a_false_claim_is_named(by_hand: SimpleNamespace) -> None:
    record = by_hand.farthest()
    record["path"][2]["evidence"][0]["index"] = 2
    assert any("the evidence is false: 2 is number 1 by distance" in text for text in found(record, by_hand))


def test_a_claim_with_another_verdict_than_true_is_named(by_hand: SimpleNamespace) -> None:
    record = by_hand.farthest()
    record["path"][2]["evidence"][0]["verdict"] = None
    assert any("true but recorded as None" in text for text in found(record, by_hand))


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (
            {"claim": "relation", "index": 1, "name": "left_of", "to": [2], "holds": True},
            "about another relation",
        ),
        ({"by": "x", "order": "ascending", "to": []}, "about another order: 1 is number 1 by x"),
        (
            {"among": [1, 2, 3]},
            "not about all that the step judges: 1 is number 1 by distance among [1, 2, 3]",
        ),
        ({"among": [0, 1, 2]}, "about objects that the step is not about"),
    ],
)
def test_a_claim_about_something_else_than_its_step_is_named(
    claim: Any, text: str, by_hand: SimpleNamespace
) -> None:
    record = by_hand.farthest()
    record["path"][2]["evidence"][0] |= claim
    assert any(f"step 2 (rank): the evidence is {text}" in f for f in found(record, by_hand))


def test_a_spatial_step_without_evidence_is_named(by_hand: SimpleNamespace) -> None:
    record = by_hand.farthest()
    record["path"][2]["evidence"] = []
    assert found(record, by_hand) == ["step 2 (rank): a spatial step without evidence"]


def test_a_sound_answer_of_none_has_no_findings(by_hand: SimpleNamespace) -> None:
    dog = {"op": "kind", "labels": ["dog"]}
    assert found(by_hand.record_of([dog], [[]], distractors=[0, 1, 2, 3]), by_hand) == []


def test_an_answer_about_something_absent_is_named(by_hand: SimpleNamespace) -> None:
    dogs = {"from": "object", "steps": [{"op": "kind", "labels": ["dog"]}]}
    far = {"op": "not", "step": {"op": "related", "names": ["near"], "to": dogs, "of": "any"}}
    claims = [{"claim": "count", "of": [], "n": 0, "verdict": "true"}]
    record = by_hand.record_of([by_hand.mug, far], [[1, 2], [1, 2]], {2: claims}, steps=3, distractors=[0, 3])
    assert found(record, by_hand) == ["there is an answer, but nothing that these are about: related"]


def test_a_distractor_of_which_it_is_undecided_whether_it_fails_is_named(by_hand: SimpleNamespace) -> None:
    """The blue mug gets a red rim."""
    record = by_hand.red_mug()
    record["twin"]["objects"][2]["attributes"]["accents"] = ["light red"]
    assert found(record, by_hand) == [
        "step 2 (attribute): attribute is undecided for object 2",
        "distractor 2 fails 0 criteria, not one",
    ]
    record["twin"]["objects"][3]["attributes"]["accents"] = ["light red"]
    record["twin"]["objects"][3]["attributes"]["colors"] = ["green"]
    texts = found(record, by_hand)
    assert "distractor 3: whether it fails one of the criteria is undecided" in texts


def test_a_surface_in_the_answer_is_named(by_hand: SimpleNamespace) -> None:
    table = {"op": "kind", "labels": ["table"]}
    record = by_hand.record_of([table], [[0]], distractors=[1, 2, 3])
    assert found(record, by_hand) == ["object 0 in the answer: a surface is no thing to ask for"]


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"twin": {"image": {}}}', '{"twin": [], "path": 3}'])
def test_a_line_that_is_no_record_is_named(line: str, by_hand: SimpleNamespace) -> None:
    texts = list(record_findings(line, by_hand.uses))
    assert texts[0].startswith("not a valid record")
    assert texts[1].startswith("cannot be read")
