"""``dtwinseger scenes``: make procedural scenes, and check them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Procedural pictures with exact masks, twins, questions and gold reasoning.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def make(
    out: Annotated[Path, typer.Option(help="Folder to write; goes on where an interrupted run was.")],
    n: Annotated[int, typer.Option("--n", help="How many scenes.")] = 20,
    seed: Annotated[int, typer.Option(help="The same seed gives the same scenes.")] = 1,
) -> None:
    """Draw scenes and write pictures, twins, questions with gold paths, and ReasonSeg's layout."""
    import sys

    from dtwinseger.eval.scenes.dataset import make as make_scenes

    try:
        questions = make_scenes(out, n, seed)
    except KeyboardInterrupt:
        print(f"dtwinseger: interrupted; the same command goes on in {out}", file=sys.stderr)
        raise
    print(f"{n} scenes and {questions} questions in {out}", file=sys.stderr)


@app.command()
def check(
    root: Annotated[Path, typer.Argument(help="A folder that `scenes make` wrote.")],
    processes: Annotated[int, typer.Option(min=1, help="How many scenes are checked at a time.")] = 1,
) -> None:
    """Recompute every answer from the twins alone, and check every mask and file. Exit code 2: findings."""
    from dtwinseger.eval.scenes.dataset import head_of
    from dtwinseger.eval.scenes.validation.checks import validate

    head_of(root)  # says so where it is no folder of scenes
    report = validate(root, processes=processes)
    for finding in report.findings:
        print(f"{finding.record}: {finding.text}")
    print(f"{report.n_scenes} scenes, {report.n_records} questions, {len(report.findings)} findings")
    raise typer.Exit(2 if report.findings else 0)
