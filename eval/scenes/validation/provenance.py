"""What a record's provenance says of its question, against the question's program and the scene's number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dtwinseger.eval.scenes.validation.reading import Json
from dtwinseger.eval.scenes.validation.recomputing import (
    Machine,
    ProgramError,
    anchor_programs,
    bare,
    criteria,
    named,
)

GENERATOR: Final = "dtwinseger scenes 2"
WORLDS: Final = ("table", "street")
"""They take turns, by the scene's number."""

JUDGING_ALONE: Final = ("kind", "attribute", "place", "related", "part_of", "use")
"""Operations that judge an object whatever the other candidates are."""

_FIELDS: Final = {
    "generator", "seed", "world", "kind", "steps", "program", "distractors", "names", "reasonseg",
}  # fmt: skip
_STEP_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "kind": frozenset({"op", "labels"}),
    "attribute": frozenset({"op", "key", "values"}),
    "place": frozenset({"op", "sides"}),
    "related": frozenset({"op", "names", "to", "of"}),
    "between": frozenset({"op", "to"}),
    "rank": frozenset({"op", "by", "order", "first", "count"}),
    "compared": frozenset({"op", "by", "order", "to"}),
    "part_of": frozenset({"op", "of"}),
    "counted": frozenset({"op", "names", "others", "least", "most"}),
    "use": frozenset({"op", "use"}),
    "not": frozenset({"op", "step"}),
}


def provenance_findings(data: Json, machine: Machine) -> Iterator[str]:
    """Sentences about what is wrong in a record's ``provenance``."""
    said = data["provenance"]
    program = said["program"]
    refuse_other_fields(program)
    if others := sorted(set(said) - _FIELDS):
        yield f"its provenance says {', '.join(others)} besides"
    if said["generator"] != GENERATOR:
        yield f"its generator is {said['generator']!r}, not {GENERATOR!r}"
    world = WORLDS[int(data["id"].split("-")[0]) % len(WORLDS)]
    if said["world"] != world:
        yield f"its world is {said['world']!r}, by the scene's number {world!r}"
    if said["steps"] != criteria(program):
        yield f"steps is {said['steps']}, the program has {criteria(program)} criteria"
    if said["kind"] not in _kinds(program):
        yield f"kind is {said['kind']!r}, by the program {' or '.join(_kinds(program))}"
    names = any(op in ("kind", "use") for op in _operations(program))
    if said["names"] is not names:
        yield f"names is {said['names']}, by the program {names}"
    if type(said["reasonseg"]) is not bool:
        yield f"reasonseg is {said['reasonseg']!r}"
    yield from _distractor_findings(said, machine)


def refuse_other_fields(program: Json) -> None:
    """Refuse a program that says more than is executed.

    Raises:
        ProgramError: it has a field without a meaning.
    """
    if set(program) != {"from", "steps"}:
        raise ProgramError(f"a program with the fields {', '.join(sorted(program))}")
    for step in program["steps"]:
        inner = bare(step)
        fields = _STEP_FIELDS.get(inner["op"], frozenset())
        # Only a rank by distance has anchors.
        allowed = fields | {"to"} if inner["op"] == "rank" and inner["by"] == "distance" else fields
        if set(inner) != allowed or (step is not inner and set(step) != _STEP_FIELDS["not"]):
            raise ProgramError(f"{inner['op']} with the fields {', '.join(sorted(inner))}")
        for anchor in anchor_programs(inner):
            refuse_other_fields(anchor)


def _kinds(program: Json) -> tuple[str, ...]:
    """What a question with this program may be called."""
    first, second = [*program["steps"], {"op": ""}, {"op": ""}][:2]
    if first["op"] == "use":
        return ("use",)
    # Something in a state is asked for in both ways.
    stated = first["op"] == "kind" and second["op"] == "attribute" and second["key"] == "state"
    return ("explicit", "state") if stated else ("explicit",)


def _operations(program: Json) -> Iterator[str]:
    for step in program["steps"]:
        inner = bare(step)
        yield inner["op"]
        for anchor in anchor_programs(inner):
            yield from _operations(anchor)


def _distractor_findings(said: Json, machine: Machine) -> Iterator[str]:
    failed, unclear = _failures(said["program"], machine)
    if said["distractors"] != sorted(set(said["distractors"])):
        yield f"distractors {said['distractors']} do not rise"
    for index in said["distractors"]:
        if failed.get(index) != 1:
            yield f"distractor {index} fails {failed.get(index, 'unknown')} criteria, not one"
        elif index in unclear:
            yield f"distractor {index}: whether it fails one of the criteria is undecided"
    left = [i for i, n in failed.items() if n == 1 and i not in said["distractors"] and i not in unclear]
    # Masks do not tell depth: what stands before a thing looks as if it was on it, and is rightly left out.
    if left and not any("on" in bare(step).get("names", ()) for step in said["program"]["steps"]):
        yield f"{named(left)} would be distractors: just one criterion fails"


def _failures(program: Json, machine: Machine) -> tuple[dict[int, int], set[int]]:
    """How many of the steps that judge an object alone each object of D0 fails, and of whom that is unclear.

    Steps that a rank precedes or follows are judged all the same, over D0.
    """
    failed, unclear = dict.fromkeys(machine.start, 0), set[int]()
    for step in program["steps"]:
        if bare(step)["op"] not in JUDGING_ALONE:
            continue
        for index, truth in machine.step(step, machine.start).judged.items():
            failed[index] += truth == -1
            if truth == 0:
                unclear.add(index)
    return failed, unclear
