"""Steps and programs in plain words, one way each: for criteria, reasons and semantics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

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
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Order

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

ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth")
NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six")


def criterion(step: Step) -> str:
    """Such as "red", "to the left of the mug", "the second largest"."""
    match step:
        case Kind(labels):
            return " or ".join(labels)
        case Attribute(key, values):
            shown = _terms(values) if key == "colors" else values
            return " or ".join(shown)
        case Place(sides):
            return "in the center" if sides == ("center",) else f"at the {' '.join(sides)}"
        case Related(names, to, of):
            words = " or ".join(RELATION_WORDS[name] for name in names)
            return f"{words} {'all of ' if of == 'all' else ''}{described(to)}"
        case Between((first, second)):
            return f"between {described(first)} and {described(second)}"
        case Rank():
            return _rank(step)
        case Compared(by, order, to):
            return f"{COMPARATIVES[by, order]} than {described(to)}"
        case PartOf(of):
            return f"part of {described(of)}"
        case Counted(names, others, least, most):
            words = " or ".join(RELATION_WORDS[name] for name in names)
            return f"with {_amount(least, most)} of {described(others)} {words} it"
        case Use(use):
            return f"good to {use}"
        case Not(inner):
            return f"not {criterion(inner)}"


def described(program: Program) -> str:
    """Such as "the red mug": the criteria of a program in a row."""
    looks = [criterion(s) for s in program.steps if isinstance(s, Attribute)]
    ranks = [criterion(s).removeprefix("the ") for s in program.steps if isinstance(s, Rank)]
    kinds = [criterion(s) for s in program.steps if isinstance(s, Kind)] or ["thing"]
    rest = [criterion(s) for s in program.steps if not isinstance(s, Attribute | Rank | Kind)]
    return " ".join(["the", *ranks, *looks, *kinds, *rest])


def _terms(values: Sequence[str]) -> list[str]:
    """The plain term where its shades are meant, too: "red" for red, light red and dark red."""
    plain = [value for value in values if " " not in value]
    return plain or list(values)


def _rank(rank: Rank) -> str:
    word = SUPERLATIVES[rank.by, rank.order]
    count = "" if rank.count == 1 else f"{NUMBERS[rank.count]} "
    first = "" if rank.first == 1 else f"{ORDINALS[rank.first - 1]} "
    where = (
        "" if rank.to is None else f" {'to' if rank.order == 'ascending' else 'from'} {described(rank.to)}"
    )
    return f"the {count}{first}{word}{where}"


def _amount(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {NUMBERS[least]}"
    return f"exactly {NUMBERS[least]}" if least == most else f"{NUMBERS[least]} to {NUMBERS[most]}"
