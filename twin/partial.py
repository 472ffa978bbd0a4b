"""A path that is still being written: the steps that stand in its text already."""

from __future__ import annotations

import json
from typing import Final

import jiter

from dtwinseger.twin.errors import AnswerFormatError
from dtwinseger.twin.wire import RefineArgs, read_answer

ENDS_STEP: Final = frozenset("{[")
"""The characters one of which makes the step before it whole."""


def steps_so_far(text: str, known: int = 0) -> tuple[RefineArgs, ...]:
    """The steps in the beginning of a model's text that are whole, up to the first that is no step.

    A step is whole once something follows it: another step, or the value of what comes after ``steps``.
    Nothing is promised of the text as a whole: only ``read_path_answer`` tells whether it is an answer.

    Args:
        text: of a ``PathAnswer`` in JSON, as far as it goes; prose before it holds no brace.
        known: so many steps at the beginning are left out.
    """
    try:
        # Cut in the middle of an escape, it cannot be read: the next piece mends that.
        value = jiter.from_json(text[max(text.find("{"), 0) :].encode(), partial_mode=True)
    except ValueError:  # halves of characters are no UTF-8, either
        return ()
    steps = value.get("steps") if isinstance(value, dict) else None
    if not isinstance(steps, list):
        return ()
    if next(reversed(value)) == "steps":
        steps = steps[:-1]
    whole: list[RefineArgs] = []
    for step in steps[known:]:
        try:
            whole.append(read_answer(json.dumps(step), RefineArgs))
        except AnswerFormatError:
            break
    return tuple(whole)
