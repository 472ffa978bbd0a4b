"""A question's program, executed over a twin: what each step keeps, and what is too close to call.

A step judges each candidate in three values (see ``relating``). Anchors of a step are what a program of
their own keeps of D0; a candidate that is too close to call is in no kept set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from dtwinseger.eval.scenes.validation.reading import Json, Picture, Seen
from dtwinseger.eval.scenes.validation.relating import Truth, between, opposite, related
from dtwinseger.eval.scenes.validation.sorting import ROUNDING, SortingError, compared, ranked
from dtwinseger.eval.scenes.validation.twins import SIZES

PLACE_MARGIN: Final = 0.03
"""Of the picture's extent: how near a box's middle may not come to the limit of a third."""

SIZE_MARGIN: Final = 0.05
"""Of the limit of a size class: how near an area may not come to it."""

Judged = Mapping[int, Truth]
"""Of each candidate: 1 kept, -1 dropped, 0 too close to call."""


class Use(Protocol):
    """Which kinds serve a use, and which ones people would argue about."""

    @property
    def kinds(self) -> frozenset[str]:
        """Those that serve it."""

    @property
    def disputed(self) -> frozenset[str]:
        """Those that a question about this use must not come across."""


class ProgramError(ValueError):
    """A program that cannot be executed over this twin; the text says why."""


@dataclass(frozen=True)
class Outcome:
    """What one step does.

    Attributes:
        judged: its candidates, by rising index.
        doubts: sentences about what is too close to call, in its anchors too.
    """

    judged: Judged
    doubts: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[int, ...]:
        """The candidates that stay for certain."""
        return tuple(index for index, truth in self.judged.items() if truth == 1)


@dataclass(frozen=True, eq=False)
class Machine:
    """Executes programs over one picture.

    Attributes:
        start: D0.
        uses: kinds by use.
    """

    picture: Picture
    start: tuple[int, ...]
    uses: Mapping[str, Use]
    _known: dict[str, tuple[Outcome, ...]] = field(default_factory=dict, repr=False)

    def run(self, program: Json) -> tuple[Outcome, ...]:
        """Of every step of a program, from D0.

        Raises:
            ProgramError: an operation or value that has no meaning here.
        """
        key = repr(program)
        if key not in self._known:
            if program["from"] != self.picture.granularity:
                raise ProgramError(f"a program from {program['from']!r} in a {self.picture.granularity} view")
            state, outcomes = self.start, []
            for step in program["steps"]:
                outcomes.append(self.step(step, state))
                state = outcomes[-1].kept
            self._known[key] = tuple(outcomes)
        return self._known[key]

    def found(self, program: Json) -> tuple[int, ...]:
        """What a program keeps of D0. Raises as ``run``."""
        outcomes = self.run(program)
        return outcomes[-1].kept if outcomes else self.start

    def step(self, step: Json, state: Sequence[int]) -> Outcome:
        """Of one step over the candidates ``state``.

        Raises:
            ProgramError: an operation or value that has no meaning here.
        """
        if step["op"] == "not":
            inner = self.step(step["step"], state)
            return Outcome({i: opposite(truth) for i, truth in inner.judged.items()}, inner.doubts)
        if not state:
            return Outcome({})
        anchors, doubts = [], []
        for program in anchor_programs(step):
            outcomes = self.run(program)
            doubts += [f"in an anchor of {step['op']}: {doubt}" for o in outcomes for doubt in o.doubts]
            anchors.append(self._objects(self.found(program)))
        judged = self._judged(step, self._objects(sorted(state)), anchors)
        if step["op"] == "rank" and anchors and (own := {a.index for a in anchors[0]}.intersection(state)):
            doubts.append(f"rank by {step['by']} measures {named(sorted(own))} from itself")
        unclear = [i for i, truth in judged.items() if truth == 0]
        if unclear:
            doubts.append(f"{step['op']} is undecided for {named(unclear)}")
        return Outcome(judged, tuple(doubts))

    def _objects(self, indices: Iterable[int]) -> list[Seen]:
        return [self.picture.seen[i] for i in indices]

    def _judged(self, step: Json, candidates: list[Seen], anchors: list[list[Seen]]) -> Judged:
        op = step["op"]
        if op in ("rank", "compared"):
            to = anchors[0] if anchors else []
            try:
                return (ranked if op == "rank" else compared)(step, candidates, to)
            except SortingError as error:
                raise ProgramError(str(error)) from error
        return {c.index: self._one(step, c, anchors) for c in candidates}

    def _one(self, step: Json, one: Seen, anchors: list[list[Seen]]) -> Truth:
        op = step["op"]
        if op == "kind":
            return _yes(one.label in step["labels"])
        if op == "attribute":
            return _attribute(one, step["key"], step["values"], self.picture)
        if op == "place":
            return min(_placed(one, side, self.picture) for side in step["sides"])
        if op == "related":
            return _related(step, one, anchors[0])
        if op == "between":
            if [len(a) for a in anchors] != [1, 1]:
                raise ProgramError(f"between needs one object on each side, not {[len(a) for a in anchors]}")
            return between(one.shape, anchors[0][0].shape, anchors[1][0].shape)
        if op == "part_of":
            return _yes(one.parent in [a.index for a in anchors[0]])
        if op == "counted":
            return _counted(step, one, anchors[0])
        if op == "use":
            if step["use"] not in self.uses:
                raise ProgramError(f"no use {step['use']!r}")
            use = self.uses[step["use"]]
            return 0 if one.label in use.disputed else _yes(one.label in use.kinds)
        raise ProgramError(f"no operation {op!r}")


def bare(step: Json) -> Json:
    """A step without what denies it."""
    return bare(step["step"]) if step["op"] == "not" else step


def anchor_programs(step: Json) -> list[Json]:
    """The programs of a step's anchors, in order.

    Raises:
        ProgramError: the step has no anchors where its operation needs them.
    """
    key = {"part_of": "of", "counted": "others"}.get(step["op"], "to")
    found: Any = step.get(key)
    programs = found if isinstance(found, list) else [found] if found is not None else []
    if not programs and step["op"] in ("related", "between", "compared", "part_of", "counted"):
        raise ProgramError(f"{step['op']} without anchors")
    return programs


def criteria(program: Json) -> int:
    """How many criteria a program has, with those of its anchors; a denied one counts once."""
    return sum(_criteria_of(step) for step in program["steps"])


def _criteria_of(step: Json) -> int:
    return 1 + sum(criteria(program) for program in anchor_programs(bare(step)))


def missing_anchors(machine: Machine, program: Json) -> list[str]:
    """The operations, anywhere in a program, whose anchors are none."""
    found: list[str] = []
    for step in program["steps"]:
        inner = bare(step)
        for anchor in anchor_programs(inner):
            if not machine.found(anchor):
                found.append(inner["op"])
            found += missing_anchors(machine, anchor)
    return found


def named(indices: Iterable[int]) -> str:
    """``object 3``, ``objects 3, 5``."""
    listed = [str(i) for i in indices]
    return ("object " if len(listed) == 1 else "objects ") + ", ".join(listed)


def _yes(holds: bool) -> Truth:
    return 1 if holds else -1


def _attribute(one: Seen, key: str, values: Sequence[str], picture: Picture) -> Truth:
    if key not in one.attributes:
        return 0
    if key == "size":
        area = 100 * one.shape.area / (picture.height * picture.width)
        if any(abs(area - limit) < SIZE_MARGIN * limit for limit, _ in SIZES):
            return 0
    words = one.words(key)
    if key != "colors":
        return _yes(not set(words).isdisjoint(values))
    if words[0] in values:
        return 1
    # A white mug with red stripes or a red rim could be called red, or not; and so one that is dark red.
    terms = {value.split()[-1] for value in values}
    return 0 if terms & {word.split()[-1] for word in (*words, *one.words("accents"))} else -1


def _placed(one: Seen, side: str, picture: Picture) -> Truth:
    x1, y1, x2, y2 = one.box
    x, y = (x1 + x2) / 2 / picture.width, (y1 + y2) / 2 / picture.height
    within = {"left": 1 / 3 - x, "right": x - 2 / 3, "top": 1 / 3 - y, "bottom": y - 2 / 3}
    if side == "center":
        inside = -max(within.values())
    elif side in within:
        inside = within[side]
    else:
        raise ProgramError(f"no side {side!r}")
    return 0 if abs(inside) < PLACE_MARGIN - ROUNDING else _yes(inside > 0)


def _related(step: Json, one: Seen, anchors: list[Seen]) -> Truth:
    each = [max(related(name, one.shape, a.shape) for name in step["names"]) for a in anchors]
    if not each:
        return -1
    if step["of"] not in ("any", "all"):
        raise ProgramError(f"related to {step['of']!r}: any or all")
    return max(each) if step["of"] == "any" else min(each)


def _counted(step: Json, one: Seen, others: list[Seen]) -> Truth:
    each = [max(related(name, other.shape, one.shape) for name in step["names"]) for other in others]
    certain, possible = sum(t == 1 for t in each), sum(t >= 0 for t in each)
    most = len(others) if step["most"] is None else step["most"]
    if possible < step["least"] or certain > most:
        return -1
    return 1 if certain >= step["least"] and possible <= most else 0
