"""All that can be said against one record: its twin, its path, its answer, what its provenance says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from dtwinseger.eval.scenes.validation.claims import claim_findings
from dtwinseger.eval.scenes.validation.reading import Json, Picture, Shapes, read_picture
from dtwinseger.eval.scenes.validation.recomputing import (
    Machine,
    Outcome,
    ProgramError,
    Use,
    bare,
    criteria,
    missing_anchors,
    named,
)
from dtwinseger.eval.scenes.validation.sorting import SortingError
from dtwinseger.eval.scenes.validation.twins import twin_findings
from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.record import Record

JUDGING_ALONE: Final = ("kind", "attribute", "place", "related", "part_of", "use")
"""Operations that judge an object whatever the other candidates are."""

SPATIAL: Final = ("related", "between", "rank", "counted")


def record_findings(line: str, uses: Mapping[str, Use], shapes: Shapes | None = None) -> Iterator[str]:
    """Sentences about whatever is wrong with one line of ``records.jsonl``; none for a sound one.

    Args:
        uses: kinds by use, for the operation of that name.
        shapes: masks that were decoded before; new ones are added.
    """
    try:
        Record.from_line(line)
    except BadTwinError as error:
        yield f"not a valid record: {error}"
    try:
        data = json.loads(line)
        picture = read_picture(data["twin"], {} if shapes is None else shapes)
        yield from twin_findings(picture)
        machine = Machine(picture, tuple(data["path"][0]["kept"]), uses)
        yield from _path_findings(data, machine)
        yield from _provenance_findings(data, machine)
    except (ProgramError, SortingError) as error:
        yield f"the program cannot be executed: {error}"
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        yield f"cannot be read: {type(error).__name__}: {error}"


def _path_findings(data: Json, machine: Machine) -> Iterator[str]:
    entries, steps = data["path"][1:], data["provenance"]["program"]["steps"]
    if list(machine.start) != list(machine.picture.seen):
        yield f"D0 holds {list(machine.start)}, not all of the view: {list(machine.picture.seen)}"
    if len(entries) != len(steps):
        yield f"the path has {len(entries)} steps, the program {len(steps)}"
    state = machine.start
    for entry, step in zip(entries, steps, strict=False):
        outcome = machine.step(step, state)
        for text in _step_findings(entry, step, outcome, machine.picture):
            yield f"step {entry['step']} ({step['op']}): {text}"
        state = tuple(entry["kept"])
    if list(state) != data["indices"]:
        yield f"indices {data['indices']} are not the last state {list(state)}"
    yield from _answer_findings(data, machine)


def _answer_findings(data: Json, machine: Machine) -> Iterator[str]:
    outcomes = machine.run(data["provenance"]["program"])
    answer = outcomes[-1].kept if outcomes else machine.start
    if list(answer) != data["indices"]:
        yield f"indices {data['indices']} are not the recomputed answer {list(answer)}"
    if surfaces := [i for i in answer if machine.picture.seen[i].attributes.get("surface")]:
        yield f"{named(surfaces)} in the answer: a surface is no thing to ask for"
    # Of nothing, only nothing can be asked: "not near the dog" of a picture without a dog puzzles people.
    if answer and (absent := missing_anchors(machine, data["provenance"]["program"])):
        yield f"there is an answer, but nothing that these are about: {', '.join(absent)}"


def _step_findings(entry: Json, step: Json, outcome: Outcome, picture: Picture) -> Iterator[str]:
    yield from outcome.doubts
    decisions = {d["index"]: d for d in entry["decisions"]}
    if [d["index"] for d in entry["decisions"]] != list(outcome.judged):
        yield f"decisions about {[d['index'] for d in entry['decisions']]}, not about {list(outcome.judged)}"
    for index, decision in decisions.items():
        truth = outcome.judged.get(index, 0)
        if truth and decision["keep"] != (truth == 1):
            yield f"object {index} is {_done(decision['keep'])}, recomputed it is {_done(truth == 1)}"
        if not (decision["reason"] or "").strip():
            yield f"no reason for object {index}"
        if decision["keep"] and not (decision["semantics"] or "").strip():
            yield f"object {index} is kept without semantics"
    if entry["kept"] != list(outcome.kept):
        yield f"keeps {entry['kept']}, recomputed {list(outcome.kept)}"
    if entry["kept"] != sorted(i for i, d in decisions.items() if d["keep"]):
        yield "`kept` is not what the decisions keep"
    for claim in entry["evidence"]:
        yield from claim_findings(claim, picture)
    inner = bare(step)
    # Lightness is no measure that a claim can be about.
    if inner["op"] in SPATIAL and inner.get("by") != "lightness" and outcome.judged and not entry["evidence"]:
        yield "a spatial step without evidence"


def _provenance_findings(data: Json, machine: Machine) -> Iterator[str]:
    said = data["provenance"]
    if said["steps"] != criteria(said["program"]):
        yield f"steps is {said['steps']}, the program has {criteria(said['program'])} criteria"
    failed, unclear = _failures(said["program"], machine)
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


def _done(keep: bool) -> str:
    return "kept" if keep else "dropped"
