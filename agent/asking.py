"""Questions from the command line, one or many: asked, shown, written down."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from dtwinseger.agent.agent import Agent, Event, new_thread
from dtwinseger.agent.console import Progress, counting, print_result, print_state
from dtwinseger.agent.lines import one_line
from dtwinseger.agent.outputs import RESULT, ensure_writable, write_outputs
from dtwinseger.agent.sources import GivenTwin, read_twin
from dtwinseger.agent.stdout import print_json
from dtwinseger.agent.terminal import screen, show
from dtwinseger.graphs.options import Granularity
from dtwinseger.graphs.ports import Mode
from dtwinseger.twin.errors import BadInputError, UserError
from dtwinseger.twin.result import Segmentation, Status

_GRANULARITIES = ("auto", "group", "object", "part")
_ID = re.compile(r"[\w.-]+")


class Asked(TypedDict):
    """The arguments of ``Agent.astream`` that a question fixes."""

    image: str | None
    query: str
    granularity: Granularity
    mode: Mode
    twin: GivenTwin | None
    accept_partial: bool


@dataclass(frozen=True)
class Question:
    """One question. ``image`` or ``twin`` is given, or both."""

    id: str | None
    image: str | None
    twin: Path | None
    query: str
    granularity: Granularity
    mode: Mode
    accept_partial: bool


def answer(
    agent: Agent,
    question: Question,
    out: Path | None,
    *,
    as_json: bool,
    thread: str | None,
    picture: bool = False,
) -> Status:
    """Ask one question and show what comes; returns its status.

    Args:
        picture: show the overlay's picture in the terminal, too.

    Raises:
        UserError: it could not be asked, or the results have no place.
    """
    if out is not None:
        ensure_writable(out)
    thread = thread or new_thread()
    progress = Progress(f"thread {thread}")
    with progress.running():
        try:
            result = asyncio.run(_followed(ask(agent, question, thread), progress, quiet=as_json))
        except KeyboardInterrupt:
            print(
                f"dtwinseger: interrupted; the same command with --thread {thread} goes on", file=sys.stderr
            )
            raise
        if out is not None:
            progress.say("writing the pictures")
        _write(agent, result, out)
    if as_json:
        print_json(result.to_json())
    else:
        print_result(result)
    if picture and (console := screen(as_json=as_json)) is not None:
        show(console, result, agent.pixels_of(result))
    if out is not None and not as_json:
        print(f"see {out}/", file=sys.stderr)
    return result.status


def ask(agent: Agent, question: Question, thread: str) -> AsyncGenerator[Event]:
    """The events of one question."""
    return agent.astream(**_how(question), thread=thread)


def _how(question: Question) -> Asked:
    return {
        "image": question.image,
        "query": question.query,
        "granularity": question.granularity,
        "mode": question.mode,
        "twin": None if question.twin is None else read_twin(question.twin),
        "accept_partial": question.accept_partial,
    }


def read_questions(path: Path, granularity: Granularity, mode: Mode, accept_partial: bool) -> list[Question]:
    """Read a batch file; all of it is checked before anything is asked.

    Raises:
        BadInputError: naming the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # others break lines in the midst of a string
    except OSError as error:
        raise BadInputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path} is not UTF-8: {error}") from error
    questions = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            fields = _fields(f"{path}, line {number}", line)
            questions.append(
                Question(
                    id=fields["id"],
                    image=fields.get("image"),
                    twin=Path(fields["twin"]) if "twin" in fields else None,
                    query=fields["query"],
                    granularity=fields.get("granularity", granularity),
                    mode=mode,
                    accept_partial=accept_partial,
                )
            )
    if twice := [i for i, count in Counter(q.id for q in questions).items() if count > 1]:
        raise BadInputError(f"{path}: the id {twice[0]!r} stands twice")
    return questions


def _fields(where: str, line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{where} is not JSON: {error}") from error
    if not isinstance(fields, dict) or not all(isinstance(v, str) for v in fields.values()):
        raise BadInputError(f"{where}: not an object of strings")
    if not {"id", "query"} <= set(fields) or not {"image", "twin"} & set(fields):
        raise BadInputError(f"{where}: it needs `id`, `query`, and `image` or `twin`")
    if unknown := set(fields) - {"id", "image", "twin", "query", "granularity"}:
        raise BadInputError(f"{where}: unknown {', '.join(sorted(unknown))}")
    # The id becomes a folder's name.
    if not _ID.fullmatch(fields["id"]) or set(fields["id"]) <= {"."}:
        raise BadInputError(f"{where}: an id is made of letters, digits, '.', '_' and '-'")
    if fields.get("granularity", "auto") not in _GRANULARITIES:
        raise BadInputError(f"{where}: granularity is one of {', '.join(_GRANULARITIES)}")
    return fields


def answer_all(
    agent: Agent, questions: Sequence[Question], out: Path | None, *, as_json: bool, picture: bool = False
) -> list[Status]:
    """Ask many questions in order, one line each on stdout. What ``out`` holds already is not asked again.

    Args:
        picture: show each answer's picture in the terminal below its line, too.
    """
    if out is not None:
        ensure_writable(out)
    statuses: list[Status] = []
    console = screen(as_json=as_json) if picture else None
    with counting("asking", len(questions)) as aside:
        for question in questions:
            line, result = _one_of_many(agent, question, out)
            statuses.append(line["status"])
            with aside():
                if as_json:
                    print_json(line)
                else:
                    error = one_line(line["error"] or "")
                    print(f"{question.id}: {line['status']} {line['indices']} {error}".rstrip())
                if console is not None and result is not None:
                    if as_json:
                        print(f"{question.id}:", file=sys.stderr)
                    show(console, result, agent.pixels_of(result))
                sys.stdout.flush()
    return statuses


def _one_of_many(
    agent: Agent, question: Question, out: Path | None
) -> tuple[dict[str, Any], Segmentation | None]:
    """The line that is printed, and the result; None where the question could not be asked."""
    folder = None if out is None or question.id is None else out / question.id
    try:
        if folder is not None and (done := _done(agent, question, folder)) is not None:
            found, result = done
            return {"id": question.id, **found}, result
        result = asyncio.run(_followed(ask(agent, question, new_thread()), None, quiet=True))
    except UserError as error:
        # One bad question does not end the batch: it is a failed answer that says why.
        refused: dict[str, Any] = {
            "id": question.id,
            "status": "failed",
            "indices": [],
            "error": str(error),
            "query": question.query,
        }
        return refused, None
    _write(agent, result, folder)
    return {"id": question.id, **result.to_json()}, result


def _done(agent: Agent, question: Question, folder: Path) -> tuple[dict[str, Any], Segmentation] | None:
    """The result that a batch which was interrupted has left, if it is of this very question."""
    try:
        found: dict[str, Any] = json.loads((folder / RESULT).read_bytes())
        before = Segmentation.from_json(found)
    except (OSError, ValueError, RecursionError, UserError):
        return None
    # Another twin, level, part or threshold is another question, even where the words are the same.
    same = before.fingerprint == agent.begin(**_how(question)).fingerprint.digest
    return (found, before) if same and before.status != "failed" else None


async def _followed(stream: AsyncGenerator[Event], progress: Progress | None, *, quiet: bool) -> Segmentation:
    async with aclosing(stream) as events:
        async for event in events:
            if progress is not None:
                progress.show(event)
            if isinstance(event, Segmentation):
                return event
            if event["event"] == "state" and progress is not None and not quiet:
                with progress.aside():
                    print_state(event["entry"])
    raise AssertionError("a stream ends with its result")


def _write(agent: Agent, result: Segmentation, folder: Path | None) -> None:
    if folder is not None:
        write_outputs(folder, result, agent.pixels_of(result))
