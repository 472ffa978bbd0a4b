"""Which programs may be asked, and what distracts from their answers."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from dtwinseger.eval.scenes.asking.fitness import fit
from dtwinseger.eval.scenes.asking.path import found, states_of
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Counted,
    Kind,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.viewing import UndecidedError

RED = Attribute("colors", ("red", "light red", "dark red"))
BLUE = Attribute("colors", ("blue", "light blue", "dark blue"))
MUG, TABLE = Kind(("mug",)), Kind(("table",))
MOVABLE = Kind(("mug", "bowl", "banana"))


def of(*steps: Step) -> Program:
    return Program("object", steps)


def part(*steps: Step) -> Program:
    return Program("part", steps)


RIGHT_OF_RED = Related(("right_of",), of(MUG, RED))


def distractors(
    hand: SimpleNamespace, program: Program, hidden: Iterable[tuple[int, str]] = ()
) -> tuple[int, ...]:
    view = hand.view(parts=program.source == "part")
    return fit(view, hand.truth(view, hidden), program, states_of(view, program))


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (of(MUG, Attribute("material", ("ceramic",))), "drops nothing"),
        (of(MUG, RED, Rank("x", "ascending")), "drops nothing"),
        (of(MUG, Attribute("texture", ("spotted",)), RED), "a step drops nothing"),
        (of(Kind(("mug", "bowl")), MUG), "the same sort"),
        (of(Kind(("mug", "plate")), Not(BLUE), RED, Place(("left",))), "a step drops nothing"),
        (of(Kind(("mug", "plate")), Not(BLUE), Not(Attribute("texture", ("plain",)))), "the same sort"),
        (of(MUG, Place(("top",))), "asked for by its place"),
        (of(TABLE), "a surface is among the answers"),
        (of(Kind(("table", "mug"))), "a surface is among the answers"),
        (of(MOVABLE, RIGHT_OF_RED, Rank("x", "ascending", first=2)), "too much behind it"),
    ],
)
def test_a_program_that_nobody_would_ask_is_refused(
    hand: SimpleNamespace, program: Program, why: str
) -> None:
    view = hand.view()
    with pytest.raises(UndecidedError, match=why):
        fit(view, hand.truth(view), program, states_of(view, program))


def test_an_attribute_that_nothing_has_may_be_asked_for(hand: SimpleNamespace) -> None:
    assert distractors(hand, of(MUG, Attribute("texture", ("spotted",)))) == (1, 2)


def test_another_reading_with_another_answer_is_refused(hand: SimpleNamespace) -> None:
    # Of what is to the right of the red mug the blue one is the largest; but the red one is the largest of
    # all, and nothing to the right of itself.
    largest = of(MOVABLE, RIGHT_OF_RED, Rank("area", "descending"))
    assert found(hand.view(), largest) == (2,)
    with pytest.raises(UndecidedError, match="another reading"):
        distractors(hand, largest)


def test_another_reading_with_the_same_answer_is_not(hand: SimpleNamespace) -> None:
    rightmost = of(MOVABLE, RIGHT_OF_RED, Rank("x", "descending"))
    assert found(hand.view(), rightmost) == (5,)
    # Table and plate fail the kind alone, the red mug the relation alone.
    assert distractors(hand, rightmost) == (0, 1, 4)


def test_whether_surfaces_are_things_must_not_matter(hand: SimpleNamespace) -> None:
    second = of(Rank("area", "descending", first=2))
    assert found(hand.view(), second) == (1,)  # after the table; without it the second is the plate
    with pytest.raises(UndecidedError, match="whether surfaces are things"):
        distractors(hand, second)
    assert distractors(hand, of(Attribute("texture", ("striped",)))) == (0, 1, 3, 4, 5)


def test_with_a_kind_surfaces_do_not_matter(hand: SimpleNamespace) -> None:
    assert distractors(hand, of(MUG, Rank("area", "descending", first=2))) == (0, 3, 4, 5)


def test_distractors_fail_just_one_step_for_sure(hand: SimpleNamespace) -> None:
    # The blue mug fails the colour, the banana the kind. The plate fails both; the bowl is red in part.
    assert distractors(hand, of(MUG, RED)) == (2, 5)
    # Table and plate are not red, but no mugs. The banana fails both.
    assert distractors(hand, of(MUG, Not(RED))) == (0, 1, 4)
    assert distractors(hand, of(Use("eat"))) == (0, 1, 2, 3, 4)


def test_steps_that_need_the_others_make_no_distractors(hand: SimpleNamespace) -> None:
    # Only the kind counts: the other mug fails but a comparison of the two.
    assert distractors(hand, of(MUG, Rank("height", "descending"))) == (0, 3, 4, 5)
    on_it = Counted(("on",), of(Kind(("banana",))), 1)
    assert distractors(hand, of(Kind(("plate", "bowl")), on_it)) == (0, 1, 2, 5)


HANDLE = Kind(("handle",))


def test_parts_that_show_may_be_asked_for(hand: SimpleNamespace) -> None:
    handle = part(HANDLE, PartOf(part(MUG, RED)))
    with pytest.raises(UndecidedError, match="drops nothing"):
        distractors(hand, handle)  # there is but one handle
    assert distractors(hand, part(HANDLE)) == (0, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("program", "hidden", "refused"),
    [
        (part(HANDLE), {(2, "handle")}, True),
        (part(HANDLE), {(2, "body")}, False),
        (part(Kind(("handle", "spout")), PartOf(part(MUG, RED))), {(1, "spout")}, True),
        (part(PartOf(part(MUG, RED)), HANDLE), {(1, "handle")}, True),
    ],
)
def test_what_has_parts_that_do_not_show_is_not_asked_about(
    hand: SimpleNamespace, program: Program, hidden: set[tuple[int, str]], refused: bool
) -> None:
    view = hand.view(parts=True)
    # With one handle a second step drops nothing, which would be refused first.
    states = [s for s in states_of(view, program) if len(s.kept) < len(s.of)]
    if refused:
        with pytest.raises(UndecidedError, match="do not show"):
            fit(view, hand.truth(view, hidden), program, tuple(states))
    else:
        assert fit(view, hand.truth(view, hidden), program, tuple(states))


@pytest.mark.parametrize("program", [part(RED, Rank("x", "ascending")), part(MUG), part(Kind(("animal",)))])
def test_a_part_is_asked_for_by_its_own_name(hand: SimpleNamespace, program: Program) -> None:
    view = hand.view(parts=True)
    # The states of another program: what matters here is what is said.
    with pytest.raises(UndecidedError, match="its own name"):
        fit(view, hand.truth(view), program, states_of(view, part(HANDLE)))
