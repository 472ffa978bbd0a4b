"""Programs over a small view: the state after each step, the gold path, and their written form."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dtwinseger.eval.scenes.asking.path import found, path_of, states_of
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Counted,
    Kind,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Use,
    anchors,
)
from dtwinseger.eval.scenes.asking.viewing import UndecidedError
from dtwinseger.twin.evidence import checked
from dtwinseger.twin.steps import FilterStep, RelationClaim


def on_the_table(hand: SimpleNamespace) -> Program:
    """The tallest thing of ceramic on the table that is not red: the blue mug."""
    on = Related(("on",), hand.table)
    steps = (Kind(("mug", "plate")), on, Not(hand.red), Rank("height", "descending"))
    return Program("object", steps)


def test_each_state_is_what_the_steps_until_then_left(hand: SimpleNamespace) -> None:
    states = states_of(hand.view(), on_the_table(hand))
    assert [state.kept for state in states] == [(1, 2, 4), (1, 2, 4), (2, 4), (2,)]
    assert [tuple(sorted(state.of)) for state in states] == [
        (0, 1, 2, 3, 4, 5),
        (1, 2, 4),
        (1, 2, 4),
        (2, 4),
    ]


def test_a_program_finds_its_last_state_and_without_steps_everything(hand: SimpleNamespace) -> None:
    assert found(hand.view(), on_the_table(hand)) == (2,)
    assert found(hand.view(), hand.program()) == (0, 1, 2, 3, 4, 5)
    assert found(hand.view(), hand.program(Kind(("lamp",)))) == ()


def test_the_order_of_steps_matters_to_a_rank(hand: SimpleNamespace) -> None:
    last = Rank("x", "descending")
    assert found(hand.view(), hand.program(hand.mug, last)) == (2,)
    assert found(hand.view(), hand.program(Kind(("mug", "bowl")), last, hand.mug)) == ()


def test_an_open_anchor_leaves_the_program_open(hand: SimpleNamespace) -> None:
    anchor = hand.program(hand.red)  # the bowl is red in part
    with pytest.raises(UndecidedError, match="partly"):
        found(hand.view(), hand.program(hand.mug, Related(("near",), anchor)))


def test_a_path_has_one_filter_step_for_each_criterion(hand: SimpleNamespace) -> None:
    view = hand.view()
    path = path_of(view, states_of(view, on_the_table(hand)))
    assert path.start == (0, 1, 2, 3, 4, 5)
    assert all(isinstance(step, FilterStep) for step in path.steps)
    assert [(step.step, step.criterion) for step in path.steps] == [
        (1, "mug or plate"),
        (2, "on the table"),
        (3, "not red"),
        (4, "the tallest"),
    ]
    assert [path.states[n].active for n in range(5)] == [
        (0, 1, 2, 3, 4, 5),
        (1, 2, 4),
        (1, 2, 4),
        (2, 4),
        (2,),
    ]


def test_every_object_of_a_state_is_decided_and_what_is_kept_says_how_it_meets_the_step(
    hand: SimpleNamespace,
) -> None:
    view = hand.view()
    path = path_of(view, states_of(view, on_the_table(hand)))
    for before, step in enumerate(path.steps):
        assert isinstance(step, FilterStep)
        assert tuple(d.index for d in step.decisions) == path.states[before].active
    last = path.steps[3]
    assert isinstance(last, FilterStep)
    assert [(d.keep, d.reason, d.semantics) for d in last.decisions] == [
        (True, "its height is 18 px, number 1 of 2", "mug; on the table; not red; the tallest"),
        (False, "its height is 10 px, number 2 of 2; asked for: the tallest", None),
    ]


def test_the_kind_alone_is_not_said_twice(hand: SimpleNamespace) -> None:
    view = hand.view()
    (step,) = path_of(view, states_of(view, hand.mugs)).steps
    assert isinstance(step, FilterStep)
    assert [d.semantics for d in step.decisions if d.keep] == ["mug", "mug"]


def test_the_evidence_of_a_path_is_true_when_it_is_measured_again(hand: SimpleNamespace) -> None:
    view = hand.view()
    path = path_of(view, states_of(view, on_the_table(hand)))
    steps = [step for step in path.steps if isinstance(step, FilterStep)]
    assert [len(step.evidence) for step in steps] == [0, 3, 0, 1]
    assert steps[1].evidence[0] == RelationClaim(index=1, name="on", to=(0,), verdict="true")
    for step in steps:
        assert checked(step.evidence, view.twin, view.geometry) == step.evidence


def test_criteria_are_counted_with_those_of_the_anchors(hand: SimpleNamespace) -> None:
    assert hand.program(hand.mug).criteria == 1
    assert hand.red_mug.criteria == 2
    assert hand.program(hand.mug, Related(("near",), hand.red_mug)).criteria == 4
    assert hand.program(Between((hand.red_mug, hand.bowl))).criteria == 4
    assert hand.program(Rank("distance", "ascending", to=hand.bowl)).criteria == 2
    assert hand.program(Not(Compared("area", "ascending", hand.red_mug))).criteria == 3
    nested = hand.program(Related(("near",), hand.program(Related(("on",), hand.table))))
    assert nested.criteria == 3


def test_a_step_knows_its_anchors(hand: SimpleNamespace) -> None:
    assert list(anchors(Between((hand.red_mug, hand.bowl)))) == [hand.red_mug, hand.bowl]
    assert list(anchors(Not(PartOf(hand.bowl)))) == [hand.bowl]
    assert list(anchors(Counted(("on",), hand.mugs, 1))) == [hand.mugs]
    assert list(anchors(Rank("x", "ascending"))) == []


def test_a_nested_program_is_written_in_full(hand: SimpleNamespace) -> None:
    inner = Program("part", (Kind(("mug",)), Related(("on", "near"), Program("part", (Use("eat"),)), "all")))
    written = Program(
        "part",
        (
            Kind(("handle",)),
            PartOf(inner),
            Attribute("colors", ("red", "dark red")),
            Not(Place(("top", "left"))),
            Between((hand.bowl, hand.plate)),
            Counted(("on",), hand.mugs, 2, 2),
            Compared("area", "ascending", hand.bowl),
            Rank("x", "ascending", first=2),
            Rank("distance", "descending", count=2, to=hand.bowl),
        ),
    ).to_json()
    bowl = {"from": "object", "steps": [{"op": "kind", "labels": ["bowl"]}]}
    plate = {"from": "object", "steps": [{"op": "kind", "labels": ["plate"]}]}
    mugs = {"from": "object", "steps": [{"op": "kind", "labels": ["mug"]}]}
    assert written == {
        "from": "part",
        "steps": [
            {"op": "kind", "labels": ["handle"]},
            {
                "op": "part_of",
                "of": {
                    "from": "part",
                    "steps": [
                        {"op": "kind", "labels": ["mug"]},
                        {
                            "op": "related",
                            "names": ["on", "near"],
                            "to": {"from": "part", "steps": [{"op": "use", "use": "eat"}]},
                            "of": "all",
                        },
                    ],
                },
            },
            {"op": "attribute", "key": "colors", "values": ["red", "dark red"]},
            {"op": "not", "step": {"op": "place", "sides": ["top", "left"]}},
            {"op": "between", "to": [bowl, plate]},
            {"op": "counted", "names": ["on"], "others": mugs, "least": 2, "most": 2},
            {"op": "compared", "by": "area", "order": "ascending", "to": bowl},
            {"op": "rank", "by": "x", "order": "ascending", "first": 2, "count": 1},
            {"op": "rank", "by": "distance", "order": "descending", "first": 1, "count": 2, "to": bowl},
        ],
    }
