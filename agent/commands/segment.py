"""``dtwinseger segment``: a question about a picture, about a twin, or many of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Name = Annotated[str | None, typer.Option(help="Which part to use; by default the settings'.")]


def segment(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[IMAGE] QUERY", help="With --twin, IMAGE may be left out.")
    ] = None,
    twin: Annotated[Path | None, typer.Option(help="Reason over this twin; perceive nothing anew.")] = None,
    batch: Annotated[Path | None, typer.Option(help="JSON lines {id, image or twin, query}.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for masks, overlay and result.json.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="result.json on stdout, all else on stderr.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Show the picture in the terminal, too.")] = False,
    granularity: Annotated[
        Literal["auto", "group", "object", "part"], typer.Option(help="Level of the twin's objects.")
    ] = "auto",
    mode: Annotated[
        Literal["tools", "path"], typer.Option(help="Call by call, or the path in one completion.")
    ] = "tools",
    thread: Annotated[str | None, typer.Option(help="Id of a new run, or of a killed one to resume.")] = None,
    segmenter: Name = None,
    tagger: Name = None,
    planner: Name = None,
    accept_partial: Annotated[
        bool, typer.Option("--accept-partial", help="When a budget is spent, take the last state.")
    ] = False,
) -> None:
    """Answer a question with a mask and the reasons for it."""
    from dtwinseger.agent.agent import Agent
    from dtwinseger.agent.announcing import announce_remote
    from dtwinseger.agent.asking import Question, answer, answer_all, read_questions
    from dtwinseger.agent.settings import load_settings
    from dtwinseger.twin.errors import BadInputError

    agent = Agent(load_settings(segmenter=segmenter, tagger=tagger, planner=planner))
    if batch is None:
        image, query = _image_and_query(words or [], twin is not None)
        announce_remote(agent.settings, tagger=image is not None)
        question = Question(None, image, twin, query, granularity, mode, accept_partial)
        results = [answer(agent, question, out, as_json=json_, thread=thread, picture=show)]
    elif words or twin or thread:
        raise BadInputError("--batch takes its questions from the file: no IMAGE, QUERY, --twin or --thread")
    else:
        questions = read_questions(batch, granularity, mode, accept_partial)
        announce_remote(agent.settings)
        results = answer_all(agent, questions, out, as_json=json_, picture=show)
    raise typer.Exit(3 if "failed" in results else 0)


def _image_and_query(words: list[str], twin_given: bool) -> tuple[str | None, str]:
    from dtwinseger.twin.errors import BadInputError

    if len(words) == 2:
        return words[0], words[1]
    if len(words) == 1 and twin_given:
        return None, words[0]
    raise BadInputError(
        f"segment takes IMAGE and QUERY (or --twin FILE and QUERY), not {len(words)} arguments; "
        "put a query of several words in quotes"
    )
