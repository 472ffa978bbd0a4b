"""Programs as noun phrases: "the second red mug from the left", "books on the table that are not blue"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from dtwinseger.eval.scenes.asking.describing import COMPARATIVES, NUMBERS, ORDINALS, SUPERLATIVES
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
    Step,
    Use,
)
from dtwinseger.eval.scenes.nouns import COLLECTIVES, indefinite, plural
from dtwinseger.twin.schema import RelationName

Number = Literal["one", "several"]

_RELATIONS: Final[Mapping[RelationName, tuple[str, ...]]] = {
    "left_of": ("to the left of", "left of"),
    "right_of": ("to the right of", "right of"),
    "above": ("above",),
    "below": ("below",),
    "inside": ("in", "inside"),
    "on": ("on",),
    "under": ("under", "underneath"),
    "near": ("near", "close to"),
    "touching": ("touching",),
}
_SIDES: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("left",): ("on the left", "on the left side of the picture", "in the left part of the picture"),
    ("right",): ("on the right", "on the right side of the picture", "in the right part of the picture"),
    ("top",): ("at the top", "at the top of the picture", "in the upper part of the picture"),
    ("bottom",): ("at the bottom", "at the bottom of the picture", "in the lower part of the picture"),
    ("center",): ("in the middle of the picture", "in the center of the picture"),
    ("top", "left"): ("at the top left", "in the top left of the picture"),
    ("top", "right"): ("at the top right", "in the top right of the picture"),
    ("bottom", "left"): ("at the bottom left", "in the bottom left of the picture"),
    ("bottom", "right"): ("at the bottom right", "in the bottom right of the picture"),
}
_MATERIALS: Final[Mapping[str, str]] = {"wood": "wooden"}
_BEFORE: Final = ("size", "state", "colors", "texture", "material")
"""The order of adjectives in English."""

_OTHER_SUPERLATIVES: Final = {"largest": ("largest", "biggest"), "topmost": ("topmost", "highest")}
_FROM: Final = {("x", "ascending"): "left", ("x", "descending"): "right", ("y", "ascending"): "top"}


@dataclass(frozen=True, eq=False)
class Phraser:
    """Puts programs into words, by chance one way or another."""

    rng: np.random.Generator

    def chosen(self, *ways: str) -> str:
        """One of several ways to say it."""
        return ways[int(self.rng.integers(len(ways)))]

    def the(self, program: Program, number: Number) -> str:
        """With "the": what an anchor is called, or what is asked for."""
        return f"the {self.phrase(program, number)}"

    def phrase(self, program: Program, number: Number, noun: str | None = None) -> str:
        """Without an article.

        Args:
            noun: in place of the program's own ("one").
        """
        steps = [step for step in program.steps if not isinstance(step, Kind | Use)]
        own = noun or self.noun(program)
        head = own if number == "one" else plural(own)
        before: list[str] = []
        after: list[str] = []
        looks = [step for step in steps if isinstance(step, Attribute)]
        for look in sorted(looks, key=lambda look: _BEFORE.index(look.key)):
            if look.key == "material" and self.rng.random() < 0.4:
                after.append(f"made of {look.values[0]}")
            else:
                before.append(self.adjective(look))
        for step in steps:
            if isinstance(step, Rank):
                first, last = self._rank(step)
                before = [*first, *before]
                after += last
            elif not isinstance(step, Attribute):
                after.append(self.modifier(step, number))
        return " ".join([*before, head, *after])

    def noun(self, program: Program) -> str:
        """What is asked for: its kind, a collective noun, or just "thing"."""
        kinds = [step for step in program.steps if isinstance(step, Kind)]
        if not kinds:
            return "part" if program.source == "part" else "thing"
        return noun_of(kinds[0])

    def adjective(self, step: Attribute) -> str:
        """Such as "red", "striped", "wooden"."""
        if step.key == "colors":
            return next((v for v in step.values if " " not in v), step.values[0])
        return _MATERIALS.get(step.values[0], step.values[0])

    def predicate(self, step: Step, number: Number) -> str | None:
        """What follows "is": "red", "the largest", "to the left of the lamp"; None where nothing can."""
        match step:
            case Attribute(key="material"):
                return f"made of {step.values[0]}"
            case Attribute():
                return self.adjective(step)
            case Rank(by=by, to=None) if step.first == 1 and by != "distance":
                return f"the {' '.join(self._rank(step)[0])}"
            case Rank(to=Program()) if step.first == 1 and step.count == 1:
                return " ".join(self._rank(step)[1])
            case Related() | Place() | Between() | Compared():
                return self.modifier(step, number)
            case _:
                return None

    def modifier(self, step: Step, number: Number) -> str:
        """What follows the noun."""
        match step:
            case Place(sides):
                return self.chosen(*_SIDES[sides])
            case Related(names, to, of):
                word = self.chosen(*_RELATIONS[names[0]])
                if of == "all":
                    return f"{word} both {self.phrase(to, 'several')}"
                return f"{word} {self.the(to, 'one')}"
            case Between((first, second)):
                return f"between {self.the(first, 'one')} and {self.the(second, 'one')}"
            case PartOf(of):
                return f"of {self.the(of, 'one')}"
            case Compared(by, order, to):
                return f"{COMPARATIVES[by, order]} than {self.the(to, 'one')}"
            case Counted(names, others, least, most):
                one = least == 1 and most is None
                some = indefinite(self.phrase(others, "one")) if one else self._amount(step)
                return f"with {some} {_RELATIONS[names[0]][0]} {'it' if number == 'one' else 'them'}"
            case Not(inner):
                return f"that {'is' if number == 'one' else 'are'} not {self._negated(inner, number)}"
            case _:
                raise ValueError(f"nothing follows a noun that says {step}")

    def _negated(self, step: Step, number: Number) -> str:
        if isinstance(step, Kind):
            return indefinite(noun_of(step)) if number == "one" else plural(noun_of(step))
        told = self.predicate(step, number)
        assert told is not None
        return told

    def _amount(self, step: Counted) -> str:
        several: Number = "one" if step.least == 1 else "several"
        exactly = "exactly" if step.most == step.least else "at least"
        return f"{exactly} {NUMBERS[step.least]} {self.phrase(step.others, several)}"

    def _rank(self, rank: Rank) -> tuple[list[str], list[str]]:
        """What comes before the noun, and what after it."""
        superlative = SUPERLATIVES[rank.by, rank.order]
        word = self.chosen(*_OTHER_SUPERLATIVES.get(superlative, (superlative,)))
        count = [] if rank.count == 1 else [NUMBERS[rank.count]]
        if rank.to is not None:
            near = self.chosen("closest to", "nearest to") if rank.order == "ascending" else "furthest from"
            return count, [near, self.the(rank.to, "one")]
        if rank.first == 1:
            return [*count, word], []
        ordinal = ORDINALS[rank.first - 1]
        if side := _FROM.get((rank.by, rank.order)):
            return [ordinal], [f"from the {side}"]
        return [ordinal, word], []


def noun_of(kind: Kind) -> str:
    """The singular noun for its labels."""
    for collective in COLLECTIVES:
        if {*kind.labels} == collective.kinds:
            return collective.noun
    return kind.labels[0]
