"""Whole questions: short phrases, questions, requests, long sentences."""

from __future__ import annotations

from typing import Final, Literal

from dtwinseger.eval.scenes.asking.phrases import Number, Phraser
from dtwinseger.eval.scenes.asking.program import Attribute, Kind, Program, Rank, Use
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.nouns import indefinite, is_plural_only, plural
from dtwinseger.eval.scenes.states import STATE_QUESTIONS

Answers = Literal["none", "one", "several"]

_ONE: Final = (
    "{the}",
    "{the}",
    "{bare}",
    "Show me {the}.",
    "Find {the}.",
    "Please segment {the}.",
    "Where is {the}?",
    "Can you point at {the}?",
    "I need {the}.",
    "I am looking for {the}. Where is it?",
    "Could you please mark {the} for me?",
    "Have a close look at the picture and mark {the}, nothing else.",
    "Somebody asked me to fetch {the}; which one is it?",
)
_SEVERAL: Final = (
    "{the}",
    "all {bare}",
    "{bare}",
    "Show me {the}.",
    "Find all {bare}.",
    "Please segment all {bare}.",
    "Where are {the}?",
    "Can you point at all the {bare}?",
    "I need {the}, all of them.",
    "Could you please mark all the {bare} for me?",
    "Have a close look at the picture and mark all {bare}, nothing else.",
)
_NONE: Final = (
    "{the}",
    "{bare}",
    "{a}",
    "Show me {the}.",
    "Is there {a}?",
    "Please segment {the}, if there is one.",
    "Can you see {a} here?",
)
_PLURAL_ONLY: Final = ("{the}", "{bare}", "Show me {the}.", "Please segment {the}.", "Where are {the}?")
_FOLLOWING: Final = ("I mean {the}.", "Take {the}.", "I want {the}.")


def worded(phraser: Phraser, program: Program, answers: Answers) -> str:
    """The program in words; the number of nouns is that of its answers."""
    first = program.steps[0]
    if isinstance(first, Use):
        use = USES[first.use]
        return _followed(phraser, program, 1, answers, use.one if answers != "several" else use.several)
    if (ways := _state_ways(program, answers)) is not None:
        return _followed(phraser, program, 2, answers, ways)
    which = _which(phraser, program, answers)
    if which is not None and phraser.rng.random() < 0.25:
        return which
    number = _number(phraser, program, answers)
    bare = phraser.phrase(program, number)
    frames = {"one": _ONE, "several": _SEVERAL, "none": _NONE}[answers]
    if is_plural_only(phraser.noun(program)):
        frames = _PLURAL_ONLY
    return phraser.chosen(*frames).format(the=f"the {bare}", bare=bare, a=indefinite(bare))


def _number(phraser: Phraser, program: Program, answers: Answers) -> Number:
    return "several" if answers == "several" or is_plural_only(phraser.noun(program)) else "one"


def asks_by_state(program: Program) -> bool:
    """Whether the program is one that is asked by how a thing is just now."""
    return _state_ways(program, "one") is not None


def _state_ways(program: Program, answers: Answers) -> tuple[str, ...] | None:
    match program.steps[:2]:
        case (Kind((kind,)), Attribute("state", (state,))):
            for question in STATE_QUESTIONS:
                if (question.kind, question.state) == (kind, state):
                    return question.several if answers == "several" else question.one
    return None


def _followed(phraser: Phraser, program: Program, said: int, answers: Answers, ways: tuple[str, ...]) -> str:
    """One of the ways, and what is asked besides in a second sentence."""
    asked = phraser.chosen(*ways)
    if len(program.steps) == said:
        return asked
    end = "" if asked.endswith(("?", ".", "!")) else "."
    rest = Program(program.source, program.steps[said:])
    number: Number = "several" if answers == "several" else "one"
    the = f"the {phraser.phrase(rest, number, noun='one')}"
    return f"{asked}{end} {phraser.chosen(*_FOLLOWING).format(the=the)}"


def _which(phraser: Phraser, program: Program, answers: Answers) -> str | None:
    """Such as "Which mug is red?", where the last step can stand behind "is"."""
    if answers == "none" or len(program.steps) < 2 or not isinstance(program.steps[0], Kind):
        return None
    *before, last = program.steps
    # "Which largest mug is red?" would be another question.
    if any(isinstance(step, Rank) for step in before):
        return None
    number = _number(phraser, program, answers)
    predicate = phraser.predicate(last, number)
    if predicate is None:
        return None
    rest = Program(program.source, tuple(before))
    if predicate.startswith("the ") and len(before) == 1 and phraser.rng.random() < 0.5:
        several = plural(phraser.noun(rest))
        return f"Which of the {several} {'is' if number == 'one' else 'are'} {predicate}?"
    return f"Which {phraser.phrase(rest, number)} {'is' if number == 'one' else 'are'} {predicate}?"
