"""What planners write, and its conversion to and from steps, without loss.

On the wire a step is short: objects that share a reason share an entry. In a path every object has its
own decision. Planners, records and training all go through this one pair of functions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dtwinseger.twin.errors import AnswerFormatError, StepError
from dtwinseger.twin.path import ReasoningPath
from dtwinseger.twin.schema import DigitalTwin, Index
from dtwinseger.twin.steps import Claim, Decision, FilterStep, Text

Indices = tuple[Index, ...]
T = TypeVar("T", bound=BaseModel)

# Of a model's JSON.
_MOST_NESTED: Final = 64
_TOO_LARGE: Final = "a number has more than 64 bits"


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Keep(_Wire):
    """Objects that meet the criterion."""

    indices: Indices = Field(min_length=1)
    reason: Text = Field(description="why these objects meet the criterion")
    semantics: Text = Field(description="what each of these objects is, naming how it meets the criterion")


class Drop(_Wire):
    """Objects that do not meet the criterion."""

    indices: Indices = Field(min_length=1)
    reason: Text = Field(description="why these objects do not meet the criterion")


class RefineArgs(_Wire):
    """Filter the present objects by one criterion. Every object must be in keep or in drop, with a reason."""

    criterion: Text = Field(description="the one criterion of this step, in words")
    keep: tuple[Keep, ...] = ()
    drop: tuple[Drop, ...] = ()
    evidence: tuple[Claim, ...] = Field(
        default=(), description="relations, ranks and counts that the decisions rest on; they are recomputed"
    )


class PathAnswer(_Wire):
    """A whole reasoning path in one completion (Eq. 9)."""

    steps: tuple[RefineArgs, ...]
    indices: Indices

    def check_indices(self, last: DigitalTwin) -> None:
        """The answer is the last state, so the two must agree.

        Raises:
            AnswerFormatError: the indices are not those of the last state.
        """
        if sorted(self.indices) != list(last.active):
            raise AnswerFormatError(
                f"`indices` is {sorted(self.indices)}, but the last step keeps {list(last.active)}; "
                "they must be the same"
            )


def to_step(args: RefineArgs, number: int) -> FilterStep:
    """Expand to one decision for each object, by rising index.

    Raises:
        StepError: an object in both lists, or twice in one.
    """
    decisions: dict[int, Decision] = {}
    entries: list[Keep | Drop] = [*args.keep, *args.drop]
    for entry in entries:
        for index in entry.indices:
            if index in decisions:
                raise StepError(f"object {index} is decided twice; decide each object once")
            semantics = entry.semantics if isinstance(entry, Keep) else None
            decisions[index] = Decision(
                index=index, keep=isinstance(entry, Keep), reason=entry.reason, semantics=semantics
            )
    return FilterStep(
        step=number,
        criterion=args.criterion,
        decisions=tuple(decisions[i] for i in sorted(decisions)),
        evidence=args.evidence,
    )


def from_step(step: FilterStep) -> RefineArgs:
    """The short form: decisions with one reason (and one semantics) share an entry; verdicts are dropped."""
    keep: dict[tuple[str, str], list[int]] = {}
    drop: dict[str, list[int]] = {}
    for d in step.decisions:
        if d.keep:
            assert d.semantics is not None  # a step in a path was checked
            keep.setdefault((d.reason, d.semantics), []).append(d.index)
        else:
            drop.setdefault(d.reason, []).append(d.index)
    return RefineArgs(
        criterion=step.criterion,
        keep=tuple(Keep(indices=tuple(i), reason=r, semantics=s) for (r, s), i in keep.items()),
        drop=tuple(Drop(indices=tuple(i), reason=r) for r, i in drop.items()),
        evidence=tuple(c.model_copy(update={"verdict": None}) for c in step.evidence),
    )


def path_answer(path: ReasoningPath) -> PathAnswer:
    """A path of filter steps as a model would write it in one completion.

    Raises:
        StepError: the live path has other kinds of step, which one completion cannot write.
    """
    if others := sorted({s.kind for s in path.live} - {"filter"}):
        raise StepError(f"a path in one completion holds filter steps only, not {', '.join(others)}")
    steps = tuple(from_step(s) for s in path.live if isinstance(s, FilterStep))
    return PathAnswer(steps=steps, indices=path.last.active)


def extend(path: ReasoningPath, answer: PathAnswer) -> ReasoningPath:
    """The path with the answer's steps applied.

    Raises:
        StepError, UnknownObjectError: a step does not fit its state.
        AnswerFormatError: the indices are not those of the last state.
    """
    for args in answer.steps:
        path = path.extended(to_step(args, path.next_step))
    answer.check_indices(path.last)
    return path


def read_path_answer(text: str) -> PathAnswer:
    """A model's text as a typed answer.

    Raises:
        AnswerFormatError: not the JSON object that was asked for; the text says what is wrong and where.
    """
    try:
        return read_answer(text, PathAnswer)
    except AnswerFormatError as error:
        raise AnswerFormatError(f"not a valid answer: {error}") from error


def read_answer(text: str, model_type: type[T]) -> T:
    """The one JSON value in a model's text, read strictly: ``"3"`` is no number.

    Prose and code fences around it go; they hold no bracket or brace, else what was meant cannot be told.

    Raises:
        AnswerFormatError: what is wrong, in words for the model.
    """
    text = text.strip()
    if not text:
        raise AnswerFormatError("the answer is empty; write the JSON object")
    first = min((i for i in map(text.find, "{[") if i >= 0), default=None)
    if first is None:
        raise AnswerFormatError("there is no JSON in the answer; write the JSON object alone")
    found = text[first : max(map(text.rfind, "}]")) + 1]
    try:
        _, end = decoded(found)
    except json.JSONDecodeError as error:
        raise AnswerFormatError(f"the JSON is broken: {error}") from error
    if end < len(found):
        raise AnswerFormatError("there is more than one JSON value in the answer; write exactly one")
    try:
        return model_type.model_validate_json(found, strict=True)
    except ValidationError as error:
        raise AnswerFormatError(summary(error)) from error


def decoded(text: str) -> tuple[Any, int]:
    """The JSON value at the beginning of a model's text, and where it ends.

    Raises:
        json.JSONDecodeError: it is no JSON.
        AnswerFormatError: it is, but readers differ on what it says (a key that stands twice, NaN), or it
            cannot be kept in a run's records (numbers beyond 64 bits, halves of characters, deep nesting).
    """
    try:
        value, end = _DECODER.raw_decode(text)
        _check_kept(value, _MOST_NESTED)
    except json.JSONDecodeError:
        raise
    except RecursionError as error:
        raise AnswerFormatError("the JSON is nested too deeply") from error
    except ValueError as error:  # Python's own limit of digits
        raise AnswerFormatError(_TOO_LARGE) from error
    return value, end


def _check_kept(value: Any, depth: int) -> None:
    """Raises ``AnswerFormatError`` on what cannot be kept; ``depth``: levels of nesting that are left."""
    if isinstance(value, dict | list):
        if depth == 0:
            raise AnswerFormatError("the JSON is nested too deeply")
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        for part in parts:
            _check_kept(part, depth - 1)
    elif isinstance(value, str):
        if any("\ud800" <= c <= "\udfff" for c in value):
            raise AnswerFormatError("a text holds half of a character (a lone surrogate)")
    elif isinstance(value, float):
        if not isfinite(value):  # 1e400, say
            raise AnswerFormatError(_TOO_LARGE)
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise AnswerFormatError(_TOO_LARGE)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for key, value in pairs:
        if key in known:
            raise AnswerFormatError(f"the key {key!r} stands twice in one object")
        known[key] = value
    return known


def _no_number(name: str) -> float:
    raise AnswerFormatError(f"{name} is no JSON number")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_each_once, parse_constant=_no_number, strict=False)


def summary(error: ValidationError, most: int = 5) -> str:
    """What is wrong with a model's arguments, in words that it can act on."""
    wrong = error.errors(include_url=False, include_context=False)
    parts = [f"{_place(e['loc'])}: {e['msg']}" for e in wrong[:most]]
    text = "; ".join(parts) + (f"; and {len(wrong) - most} more" if len(wrong) > most else "")
    return " ".join(text.split())


def _place(loc: Sequence[int | str]) -> str:
    return ".".join(map(str, loc)) or "the whole"
