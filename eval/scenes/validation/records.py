"""All that can be said against one record: its twin, its path, its answer, what its provenance says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from dtwinseger.eval.scenes.validation.claims import claim_findings, topic_findings
from dtwinseger.eval.scenes.validation.provenance import provenance_findings
from dtwinseger.eval.scenes.validation.reading import Json, Shapes, read_picture
from dtwinseger.eval.scenes.validation.recomputing import (
    Machine,
    Outcome,
    ProgramError,
    Use,
    anchor_programs,
    bare,
    missing_anchors,
    named,
)
from dtwinseger.eval.scenes.validation.sorting import SortingError
from dtwinseger.eval.scenes.validation.twins import fixed_findings, twin_findings
from dtwinseger.twin.errors import BadTwinError
from dtwinseger.twin.record import Record

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
        yield from fixed_findings(data["twin"])
        yield from twin_findings(picture)
        machine = Machine(picture, tuple(data["path"][0]["kept"]), uses)
        yield from _path_findings(data, machine)
        yield from provenance_findings(data, machine)
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
    state, told = machine.start, {i: one.label for i, one in machine.picture.seen.items()}
    for number, (entry, step) in enumerate(zip(entries, steps, strict=False), 1):
        outcome = machine.step(step, state)
        findings = (
            *_step_findings(entry, step, outcome, machine),
            *_wording_findings(entry, step, told),
        )
        for text in findings:
            yield f"step {number} ({step['op']}): {text}"
        if entry["step"] != number:
            yield f"step {number} has the number {entry['step']}"
        state = tuple(entry["kept"])
    if list(state) != data["indices"]:
        yield f"indices {data['indices']} are not the last state {list(state)}"
    yield from _answer_findings(data, machine)


def _answer_findings(data: Json, machine: Machine) -> Iterator[str]:
    answer = machine.found(data["provenance"]["program"])
    if list(answer) != data["indices"]:
        yield f"indices {data['indices']} are not the recomputed answer {list(answer)}"
    if surfaces := [i for i in answer if machine.picture.seen[i].attributes.get("surface")]:
        yield f"{named(surfaces)} in the answer: a surface is no thing to ask for"
    # Of nothing, only nothing can be asked: "not near the dog" of a picture without a dog puzzles people.
    if answer and (absent := missing_anchors(machine, data["provenance"]["program"])):
        yield f"there is an answer, but nothing that these are about: {', '.join(absent)}"


def _step_findings(entry: Json, step: Json, outcome: Outcome, machine: Machine) -> Iterator[str]:
    yield from outcome.doubts
    decisions = {d["index"]: d for d in entry["decisions"]}
    if [d["index"] for d in entry["decisions"]] != list(outcome.judged):
        yield f"decisions about {[d['index'] for d in entry['decisions']]}, not about {list(outcome.judged)}"
    for index, decision in decisions.items():
        truth = outcome.judged.get(index, 0)
        if truth and decision["keep"] != (truth == 1):
            yield f"object {index} is {_done(decision['keep'])}, recomputed it is {_done(truth == 1)}"
    if entry["kept"] != list(outcome.kept):
        yield f"keeps {entry['kept']}, recomputed {list(outcome.kept)}"
    if entry["kept"] != sorted(i for i, d in decisions.items() if d["keep"]):
        yield "`kept` is not what the decisions keep"
    inner = bare(step)
    judged = set(outcome.judged)
    anchors = {i for program in anchor_programs(inner) for i in machine.found(program)}
    for claim in entry["evidence"]:
        yield from topic_findings(claim, inner, judged, anchors)
        yield from claim_findings(claim, machine.picture)
    # Lightness is no measure that a claim can be about.
    if inner["op"] in SPATIAL and inner.get("by") != "lightness" and outcome.judged and not entry["evidence"]:
        yield "a spatial step without evidence"
    if entry["disputed"] is not False:
        yield f"`disputed` is {entry['disputed']}: nothing certain is"


def _wording_findings(entry: Json, step: Json, told: dict[int, str]) -> Iterator[str]:
    """What a step says of objects, beside what it decides.

    Args:
        told: what was said of each object before, at first its label; the step's semantics take the place.
    """
    for decision in entry["decisions"]:
        index, reason, semantics = decision["index"], decision["reason"] or "", decision["semantics"]
        if not reason.strip():
            yield f"no reason for object {index}"
        elif step["op"] == "kind" and told[index].split(";")[0] not in reason:
            yield f"the reason for object {index} does not say what it is: {reason}"
        if not decision["keep"]:
            if semantics is not None:
                yield f"object {index} is dropped with semantics"
            continue
        if not (semantics or "").strip():
            yield f"object {index} is kept without semantics"
        elif semantics != (told[index] if step["op"] == "kind" else f"{told[index]}; {entry['criterion']}"):
            yield f"object {index} was {told[index]!r} and is {semantics!r} now"
        told[index] = semantics or ""


def _done(keep: bool) -> str:
    return "kept" if keep else "dropped"
