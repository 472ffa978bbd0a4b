"""Programs as noun phrases: "second red mug from the left", "books on the table that are not blue"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dtwinseger.eval.scenes.asking.describing import COMPARATIVES, NUMBERS, ORDINALS, SUPERLATIVES, listed
from dtwinseger.eval.scenes.asking.facts import USE_CLAUSES
from dtwinseger.eval.scenes.asking.nouns import OTHER_WORDS
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
    anchors,
)
from dtwinseger.eval.scenes.asking.words import (
    ADJECTIVES,
    FROM,
    FURTHEST,
    MATERIAL_WORDS,
    OTHERS,
    RELATIONS,
    SIDES,
    STATE_CLAUSES,
    STATE_WORDS,
    VERBS,
)
from dtwinseger.eval.scenes.nouns import collective_of, indefinite, is_plural, one_of, several_of

Number = Literal["one", "several"]


@dataclass(frozen=True)
class Phrase:
    """A noun phrase in pieces.

    Attributes:
        rank: such as "two", "largest" of "the two largest".
        looks: adjectives.
        tail: right after the noun: "from the left", "of the bus".
        predicates: what may follow "that is".
        clauses: whole clauses: "with its headlights on", "that one can drink from".
        having: what may follow "with" or "has": "an apple on it".
        last: "except the largest one".
    """

    rank: Sequence[str]
    looks: Sequence[str]
    head: str
    tail: Sequence[str]
    predicates: Sequence[str]
    clauses: Sequence[str]
    having: Sequence[str]
    last: Sequence[str]


@dataclass(frozen=True, eq=False)
class Phraser:
    """Puts programs into words, by chance one way or another; one query by one phraser.

    Attributes:
        picture: what the picture is called.
    """

    rng: np.random.Generator
    picture: str = "picture"
    _words: dict[str, str] = field(default_factory=dict, repr=False)

    def chosen(self, ways: Sequence[str]) -> str:
        """One of several ways to say it."""
        return ways[int(self.rng.integers(len(ways)))]

    def the(self, program: Program, beside: Program | None = None) -> str:
        """What an anchor is called: "the red mug", or "the red one" beside another mug."""
        noun = None
        looks = any(isinstance(step, Attribute | Rank) for step in program.steps)
        if beside is not None and looks and self.rng.random() < 0.4 and _kind(program) == _kind(beside):
            noun = "one"
        pieces = self.pieces(program, "one", noun, short=True)
        return f"the {self.joined(pieces, 'one', full=bool(pieces.predicates))}"

    def phrase(self, program: Program, number: Number) -> str:
        """Without an article."""
        return self.joined(self.pieces(program, number), number)

    def joined(self, pieces: Phrase, number: Number, *, full: bool = False) -> str:
        """The pieces in a row; ``full``: with "that is"."""
        words = [*pieces.rank, *pieces.looks, pieces.head, *pieces.tail]
        clauses = [*pieces.clauses]
        is_are = "is" if number == "one" else "are"
        plain = len(pieces.predicates) == 1 and not (clauses or pieces.having or full)
        plain = plain and self.rng.random() < 0.75
        if plain and not pieces.predicates[0].startswith("not "):
            words += pieces.predicates
        elif pieces.predicates:
            clauses.append(f"that {is_are} {listed(pieces.predicates)}")
        with_first = sorted(clauses, key=lambda clause: not clause.startswith("with "))
        for n, clause in enumerate(with_first):
            words += ["and", clause] if n and not with_first[n - 1].startswith("with ") else [clause]
        for having in pieces.having:
            # "With a house near it that is not white" would say that of the house.
            has = "has" if number == "one" else "have"
            said = bool(pieces.predicates) or any(clause.startswith("that ") for clause in clauses)
            words.append(f"and {has} {having}" if said else f"{'and' if clauses else 'with'} {having}")
        return " ".join([*words, *pieces.last])

    def pieces(
        self, program: Program, number: Number, noun: str | None = None, *, short: bool = False
    ) -> Phrase:
        """A program's words by where they stand.

        Args:
            noun: in place of the program's own ("one").
            short: "leftmost", not "furthest to the left".
        """
        own = noun or self.noun(program)
        head = several_of(own) if number == "several" else one_of(own)
        rank: list[str] = []
        looks: list[str] = []
        tail: list[str] = []
        predicates: list[str] = []
        clauses: list[str] = []
        having: list[str] = []
        last: list[str] = []
        steps = sorted(program.steps, key=_place_among_adjectives)
        # What stands beside something that is told by a third comes last.
        steps = sorted(steps, key=lambda s: sum(len(a.steps) for a in anchors(s)) > 1)
        for step in steps:
            match step:
                case Kind():
                    continue
                case Use(use):
                    clauses.append(f"that {use_clause(use, number)}")
                case Attribute(key="state", values=(state,)) if (_kind(program), state) in STATE_CLAUSES:
                    clauses.append(STATE_CLAUSES[_kind(program), state][number == "several"])
                case Attribute(key="material") if self.rng.random() < 0.4:
                    tail.append(f"made of {step.values[0]}")
                case Attribute():
                    looks.append(self.adjective(step))
                case Rank():
                    # "The window furthest to the left of the house" would be another one.
                    behind = any(isinstance(s, PartOf | Related) for s in program.steps)
                    before, after = self._rank(step, short=short or behind)
                    rank += before
                    tail = [*after, *tail]
                case PartOf(of):
                    every = len(of.steps) == 1 and number == "several" and self.many_wholes
                    tail.append(f"of all the {self.phrase(of, number)}" if every else f"of {self.the(of)}")
                case Counted():
                    having.append(self.counted(step, number, program))
                case Not(step=Rank() as inner):
                    superlative = " ".join(self._rank(inner, short=True)[0])
                    last.append(f"the {superlative} one")
                case _:
                    predicates.append(self.predicate(step, program))
        predicates.sort(key=lambda words: words.startswith("not "))
        if last:
            # "The books that are not on the box but the largest one" would lead astray.
            last.insert(0, "except" if predicates or clauses or having else self.chosen(("except", "but")))
        return Phrase(rank, looks, head, tail, predicates, clauses, having, last)

    many_wholes: bool = False
    """Whether the whole that a part belongs to is every one of its kind."""

    def noun(self, program: Program) -> str:
        """What is asked for: its kind, a collective noun, or just "thing"."""
        kinds = [step for step in program.steps if isinstance(step, Kind)]
        if not kinds:
            return self._word("thing", ("thing", "thing", "object", "item"))
        label = kinds[0].labels[0]
        return collective_of(kinds[0].labels) or self._word(label, OTHER_WORDS.get(label, (label,)))

    def _word(self, label: str, ways: Sequence[str]) -> str:
        if label not in self._words:
            self._words[label] = self.chosen(ways)
        return self._words[label]

    def adjective(self, step: Attribute) -> str:
        """Such as "red", "striped", "wooden"."""
        match step:
            case Attribute("colors", values):
                return next((v for v in values if " " not in v), values[0])
            case Attribute("size", values):
                return "small" if "small" in values else self.chosen(("large", "big"))
            case Attribute("state", (state,)):
                return STATE_WORDS.get(state, state)
            case _:
                return MATERIAL_WORDS.get(step.values[0], step.values[0])

    def predicate(self, step: Step, program: Program | None = None) -> str:
        """What follows "is": "red", "to the left of the lamp", "not striped".

        Raises:
            ValueError: nothing that it says follows "is".
        """
        match step:
            case Attribute(key="material"):
                return f"made of {step.values[0]}"
            case Attribute():
                return self.adjective(step)
            case Place(sides):
                return self.chosen(SIDES[sides]).format(picture=self.picture)
            case Related(names, to, of):
                others = f"all the {self.phrase(to, 'several')}" if of == "all" else self.the(to, program)
                return f"{self.chosen(RELATIONS[names[0]])} {others}"
            case Between((first, second)):
                return f"between {self.the(first)} and {self.the(second)}"
            case Compared(by, order, to):
                word = COMPARATIVES[by, order]
                return f"{self.chosen(OTHERS.get(word, (word,)))} than {self.the(to, program)}"
            case Rank(to=Program()):
                return " ".join(self._rank(step)[1])
            case Not(inner):
                return f"not {self.predicate(inner, program)}"
            case _:
                raise ValueError(f"nothing follows 'is' that says {step}")

    def counted(self, step: Counted, number: Number, program: Program) -> str:
        """What follows "with" or "has": "an apple on it", "exactly two people on it"."""
        one = step.least == 1 and step.most is None
        others = self.phrase(step.others, "one" if step.least == 1 else "several")
        exactly = "exactly" if step.most == step.least else "at least"
        amount = indefinite(others) if one else f"{exactly} {NUMBERS[step.least]} {others}"
        them = number == "several" or _kind(program) == "person"
        return f"{amount} {self.chosen(RELATIONS[step.names[0]])} {'them' if them else 'it'}"

    def superlative(self, rank: Rank) -> str:
        """As a predicate: "the largest", "second from the left"."""
        before, after = self._rank(rank, short=rank.count > 1)
        if rank.to is not None:
            return " ".join(after)
        if after and rank.first == rank.count == 1:
            return " ".join(after)
        return f"the {' '.join([*before, *after])}"

    def _rank(self, rank: Rank, *, short: bool = False) -> tuple[list[str], list[str]]:
        """What comes before the noun, and what after it."""
        superlative = SUPERLATIVES[rank.by, rank.order]
        count = [] if rank.count == 1 else [NUMBERS[rank.count]]
        if rank.to is not None:
            near = self.chosen(("closest to", "nearest to"))
            words = near if rank.order == "ascending" else "furthest from"
            return count, [words, self.the(rank.to)]
        side = (rank.by, rank.order)
        if rank.first == 1:
            if not short and side in FURTHEST and self.rng.random() < 0.25:
                return count, [FURTHEST[side]]
            return [*count, self.chosen(OTHERS.get(superlative, (superlative,)))], []
        ordinal = ORDINALS[rank.first - 1]
        if side in FROM:
            return [ordinal], [FROM[side]]
        return [ordinal, self.chosen(OTHERS.get(superlative, (superlative,)))], []


def use_clause(use: str, number: Number) -> str:
    """What follows "that": "one can drink from", "tell the time"."""
    clause = USE_CLAUSES[use]
    if number == "one":
        return clause
    first, _, rest = clause.partition(" ")
    first = {"is": "are", "has": "have"}.get(first, first.removesuffix("s") if first in VERBS else first)
    return f"{first} {rest}".strip()


def takes_are(noun: str, number: Number) -> bool:
    """Whether the noun takes "are"."""
    return number == "several" or is_plural(noun)


def _place_among_adjectives(step: Step) -> int:
    if not isinstance(step, Attribute):
        return len(ADJECTIVES)
    # "Plain gray plate", but "gray striped plate".
    return ADJECTIVES.index("state" if step.values == ("plain",) else step.key)


def _kind(program: Program) -> str:
    kinds = [step for step in program.steps if isinstance(step, Kind)]
    return "|".join(kinds[0].labels) if kinds else ""
