"""Steps and programs in plain words, one way each: for criteria, reasons and semantics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dtwinseger.eval.scenes.asking.facts import USE_CLAUSES
from dtwinseger.eval.scenes.asking.program import (
    Attribute,
    Between,
    Compared,
    Counted,
    Kind,
    Measure,
    Not,
    PartOf,
    Place,
    Program,
    Rank,
    Related,
    Step,
    Use,
)
from dtwinseger.eval.scenes.asking.words import SHOWN_STATES, STATE_WORDS
from dtwinseger.eval.scenes.nouns import collective_of, one_of, several_of
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Order
from dtwinseger.twin.words import PlaceWord

RELATION_WORDS: Final[Mapping[RelationName, str]] = {
    "left_of": "to the left of",
    "right_of": "to the right of",
    "above": "above",
    "below": "below",
    "inside": "inside",
    "surrounding": "around",
    "overlapping": "overlapping",
    "touching": "touching",
    "near": "near",
    "on": "on",
    "under": "under",
}

SUPERLATIVES: Final[Mapping[tuple[Measure, Order], str]] = {
    ("area", "descending"): "largest",
    ("area", "ascending"): "smallest",
    ("x", "ascending"): "leftmost",
    ("x", "descending"): "rightmost",
    ("y", "ascending"): "topmost",
    ("y", "descending"): "lowest",
    ("height", "descending"): "tallest",
    ("height", "ascending"): "shortest",
    ("width", "descending"): "widest",
    ("width", "ascending"): "narrowest",
    ("length", "descending"): "longest",
    ("length", "ascending"): "shortest",
    ("lightness", "descending"): "brightest",
    ("lightness", "ascending"): "darkest",
    ("distance", "ascending"): "closest",
    ("distance", "descending"): "furthest",
}

COMPARATIVES: Final[Mapping[tuple[Measure, Order], str]] = {
    ("area", "descending"): "larger",
    ("area", "ascending"): "smaller",
    ("height", "descending"): "taller",
    ("height", "ascending"): "shorter",
    ("width", "descending"): "wider",
    ("width", "ascending"): "narrower",
    ("lightness", "descending"): "brighter",
    ("lightness", "ascending"): "darker",
}

SIDES: Final[Mapping[tuple[PlaceWord, ...], str]] = {
    ("left",): "on the left",
    ("right",): "on the right",
    ("center",): "in the middle",
}
"""Others are "at the top left" and the like."""

_FROM: Final[Mapping[tuple[Measure, Order], str]] = {
    ("x", "ascending"): "left",
    ("x", "descending"): "right",
    ("y", "ascending"): "top",
    ("y", "descending"): "bottom",
}

ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six")


def criterion(step: Step) -> str:
    """Such as "red", "to the left of the mug", "the second largest"."""
    match step:
        case Kind(labels):
            return listed(labels, "or")
        case Attribute(key, values):
            return listed([_look(value) for value in (_terms(values) if key == "colors" else values)], "or")
        case Place(sides):
            return SIDES.get(sides, f"at the {' '.join(sides)}")
        case Related(names, to, of):
            words = listed([RELATION_WORDS[name] for name in names], "or")
            return f"{words} {f'all the {several_described(to)}' if of == 'all' else described(to)}"
        case Between((first, second)):
            return f"between {described(first)} and {described(second)}"
        case Rank():
            return _rank(step)
        case Compared(by, order, to):
            return f"{COMPARATIVES[by, order]} than {described(to)}"
        case PartOf(of):
            return f"part of {described(of)}"
        case Counted(names, others, least, most):
            words = listed([RELATION_WORDS[name] for name in names], "or")
            noun = one_described(others) if least == 1 and most in (1, None) else several_described(others)
            return f"with {_amount(least, most)} {noun} {words} it"
        case Use(use):
            return f"something that {USE_CLAUSES[use]}"
        case Not(inner):
            return f"not {criterion(inner)}"


def described(program: Program) -> str:
    """Such as "the red mug": the criteria of a program in a row."""
    return f"the {one_described(program)}"


def one_described(program: Program) -> str:
    """Such as "red mug"."""
    return _phrase(program, one_of)


def several_described(program: Program) -> str:
    """Such as "red mugs"."""
    return _phrase(program, several_of)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Such as "red, small and round"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _phrase(program: Program, form: Callable[[str], str]) -> str:
    kinds = [s.labels for s in program.steps if isinstance(s, Kind)] or [("thing",)]
    heads = [collective_of(labels) or listed([form(label) for label in labels], "or") for labels in kinds]
    heads = [form(head) if collective_of(labels) else head for head, labels in zip(heads, kinds, strict=True)]
    ranks = [criterion(s).removeprefix("the ") for s in program.steps if isinstance(s, Rank)]
    looks = [criterion(s) for s in program.steps if isinstance(s, Attribute)]
    behind = [look for look in looks if look in SHOWN_STATES.values()]
    rest = [criterion(s) for s in program.steps if not isinstance(s, Attribute | Rank | Kind)]
    return " ".join([*ranks, *(look for look in looks if look not in behind), *heads, *behind, *rest])


def _terms(values: Sequence[str]) -> list[str]:
    """The plain term where its shades are meant, too: "red" for red, light red and dark red."""
    plain = [value for value in values if " " not in value]
    return plain or list(values)


def _look(value: str) -> str:
    return SHOWN_STATES.get(value) or STATE_WORDS.get(value, value)


def _rank(rank: Rank) -> str:
    count = "" if rank.count == 1 else f"{NUMBERS[rank.count]} "
    if rank.first > 1 and (rank.by, rank.order) in _FROM:
        return f"the {ORDINALS[rank.first - 1]} {count}from the {_FROM[rank.by, rank.order]}"
    word = SUPERLATIVES[rank.by, rank.order]
    first = "" if rank.first == 1 else f"{ORDINALS[rank.first - 1]} "
    where = (
        "" if rank.to is None else f" {'to' if rank.order == 'ascending' else 'from'} {described(rank.to)}"
    )
    return f"the {count}{first}{word}{where}"


def _amount(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {NUMBERS[least]}"
    return f"exactly {NUMBERS[least]}" if least == most else f"{NUMBERS[least]} to {NUMBERS[most]}"
