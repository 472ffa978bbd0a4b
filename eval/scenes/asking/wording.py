"""Whole questions: short phrases, questions, requests, long sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dtwinseger.eval.scenes.asking.describing import NUMBERS
from dtwinseger.eval.scenes.asking.frames import (
    BEFORE,
    BEFORE_WHOLE,
    FOLLOWING,
    NONE,
    ONE,
    REQUESTS,
    SEVERAL,
    STAYING,
)
from dtwinseger.eval.scenes.asking.path import found
from dtwinseger.eval.scenes.asking.phrases import Number, Phraser, takes_are
from dtwinseger.eval.scenes.asking.planning import Answers
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Counted,
    Kind,
    Not,
    PartOf,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.viewing import View
from dtwinseger.eval.scenes.knowledge import USES
from dtwinseger.eval.scenes.nouns import indefinite, is_counted
from dtwinseger.eval.scenes.states import STATE_QUESTIONS

WHICH = 0.3
"""Share of the questions that begin with "Which", where they can."""

LONG = 0.2
"""Share of the others that are long sentences."""


@dataclass(frozen=True, eq=False)
class Worder:
    """Words questions about one view."""

    view: View
    rng: np.random.Generator

    def worded(self, program: Program, answers: Answers, count: int) -> str:
        """The program in words.

        Args:
            count: how many the answer has.
        """
        labels = {self.view.label(i) for i in self.view.twin.active}
        phraser = Phraser(self.rng, "image" if self.rng.random() < 0.25 else "picture")
        phraser = replace(phraser, many_wholes=self._many_wholes(program))
        ways = _implicit(program, answers)
        if ways is not None:
            said = 1 if isinstance(program.steps[0], Use) else 2
            if len(program.steps) == said:
                return phraser.chosen(ways)
            # "I mean the red one" is of one: several would be asked for one by one.
            if answers == "one" and (said == 2 or self.rng.random() < 0.6):
                return _followed(phraser, program, ways, said)
        number: Number = "several" if answers == "several" else "one"
        if answers == "none" and self.rng.random() < 0.35:
            number = "several"
        if answers != "none" and self.rng.random() < WHICH:
            which = self._which(phraser, program, number)
            if which is not None:
                return which
        pieces = phraser.pieces(program, number)
        bare = phraser.joined(pieces, number)
        the, every = f"the {bare}", self._every(phraser, program, bare, count)
        if pieces.last:
            the = bare = every
        if any(isinstance(step, Rank) and step.count > 1 for step in program.steps):
            # "Two widest houses" would be any two.
            bare = the
        if self.rng.random() < LONG:
            world = "street" if "road" in labels or "sidewalk" in labels else "table"
            request = phraser.chosen(REQUESTS).format(what=every if number == "several" else the)
            more = BEFORE_WHOLE[world] if self._is_of_movables(program) else ()
            text = phraser.chosen((*BEFORE[world], *more)) + request
            return text if text.endswith("?") else f"{text}."
        frames = {"one": ONE, "several": SEVERAL, "none": NONE}[answers]
        singular_any = number == "one" and is_counted(pieces.head)
        any_ = f"any {bare}" if not singular_any else indefinite(bare)
        text = phraser.chosen(frames).format(the=the, bare=bare, all=every, any=any_)
        text = _agreeing(text, takes_are(pieces.head, number))
        return text[0].upper() + text[1:] if text.endswith((".", "?", "!")) else text

    def _every(self, phraser: Phraser, program: Program, bare: str, count: int) -> str:
        """Such as "all red mugs"; where a number is said already, "the two largest mugs"."""
        if any(isinstance(step, Rank) for step in program.steps) or phraser.many_wholes:
            return f"the {bare}"
        excepted = any(isinstance(s, Not) and isinstance(s.step, Rank) for s in program.steps)
        ways = [f"all {bare}", f"all the {bare}", f"all {bare}"]
        if not excepted and 2 <= count <= 5:
            ways += [f"the {NUMBERS[count]} {bare}"]
        return phraser.chosen(ways)

    def _is_of_movables(self, program: Program) -> bool:
        """Whether it asks for whole things, none of which stays where it is in a room."""
        labels = {self.view.label(i) for i in found(self.view, program)}
        labels |= {label for step in program.steps if isinstance(step, Kind) for label in step.labels}
        return program.source != "part" and not labels & STAYING

    def _many_wholes(self, program: Program) -> bool:
        wholes = [step.of for step in program.steps if isinstance(step, PartOf)]
        return any(len(found(self.view, of)) > 1 for of in wholes)

    def _which(self, phraser: Phraser, program: Program, number: Number) -> str | None:
        """Such as "Which mug is red?", where the last step can be said of it."""
        *before, last = program.steps
        rest = Program(program.source, tuple(before))
        if not before and isinstance(last, Related):
            return f"What is {phraser.predicate(last)}?"
        if not before or any(isinstance(s, Rank | Use) for s in before):
            return None
        noun = phraser.noun(rest)
        if not is_counted(noun):
            return None
        verb = "is" if number == "one" else "are"
        if isinstance(last, Counted):
            has = "has" if number == "one" else "have"
            return f"Which {phraser.phrase(rest, number)} {has} {phraser.counted(last, number, rest)}?"
        told = _predicate(phraser, last, program)
        if told is None:
            return None
        if self.rng.random() < 0.5:
            group = phraser.phrase(rest, "several")
            if isinstance(last, Rank) and self.rng.random() < 0.4:
                return f"Of the {group}, which {verb} {told}?"
            return f"Which of the {group} {verb} {told}?"
        return f"Which {phraser.phrase(rest, number)} {verb} {told}?"


def _predicate(phraser: Phraser, step: Step, program: Program) -> str | None:
    match step:
        case Rank():
            return phraser.superlative(step)
        case Kind() | Use() | PartOf() | Not(step=Rank()):
            return None
        case Attribute(key="state") if program.steps[0] in (Kind(("car",)), Kind(("traffic light",))):
            return None
        case _:
            return phraser.predicate(step, program)


def _implicit(program: Program, answers: Answers) -> tuple[str, ...] | None:
    """Ways to ask by the use or the state that a program begins with."""
    match program.steps[:2]:
        case (Use(use), *_):
            return USES[use].several if answers == "several" else USES[use].one
        case (Kind((kind,)), Attribute("state", (state,))):
            for question in STATE_QUESTIONS:
                if (question.kind, question.state) == (kind, state):
                    return question.several if answers == "several" else question.one
    return None


def _followed(phraser: Phraser, program: Program, ways: Sequence[str], said: int) -> str:
    """One of the ways to say the first criteria, and what is asked besides in a second sentence."""
    asked = phraser.chosen(ways)
    rest = Program(program.source, program.steps[said:])
    told = phraser.joined(phraser.pieces(rest, "one", "one"), "one")
    end = "" if asked.endswith(("?", ".", "!")) else "."
    return f"{asked[0].upper()}{asked[1:]}{end} {phraser.chosen(FOLLOWING).format(the=f'the {told}')}"


def _agreeing(text: str, are: bool) -> str:
    return text.replace("Where is the", "Where are the") if are else text
