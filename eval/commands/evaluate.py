"""``dtwinseger eval``: questions whose answers are known, asked and scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(
    help="Ask the questions of a data set, and score the answers.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str | None, typer.Option(help="Which part to use; by default the settings'.")]

_N = 20
_SEED = 1


@app.callback()
def _group() -> None:
    """Data sets are subcommands, even while there is one."""


@app.command()
def scenes(
    root: Annotated[Path | None, typer.Option(help="A folder that `scenes make` wrote.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of results and report; goes on with a run that is there.")
    ] = None,
    n: Annotated[
        int | None, typer.Option("--n", help=f"How many scenes to make without --root ({_N}).")
    ] = None,
    seed: Annotated[int | None, typer.Option(help=f"Their seed ({_SEED}).")] = None,
    twin: Annotated[
        Literal["gold"] | None, typer.Option(help="gold: reason over the exact twins, perceive nothing.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only the first so many questions; without it, all the rest.")
    ] = None,
    segmenter: Name = None,
    tagger: Name = None,
    planner: Name = None,
    json_: Annotated[bool, typer.Option("--json", help="report.json on stdout, all else on stderr.")] = False,
) -> None:
    """Score the agent on procedural scenes. Exit code 3: a question could not be read."""
    import sys

    from rich.console import Console
    from rich.text import Text

    from dtwinseger.agent.agent import Agent
    from dtwinseger.agent.announcing import announce_remote
    from dtwinseger.agent.lines import one_line
    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.stdout import print_json
    from dtwinseger.eval.conditions import run_head
    from dtwinseger.eval.report import remarks, report_of, table, write_report
    from dtwinseger.eval.runner import asking, run
    from dtwinseger.eval.samples import ScenesDataset
    from dtwinseger.twin.errors import BadInputError

    if root is not None and (n is not None or seed is not None):
        raise BadInputError("--n and --seed are for scenes that are made; --root names those that are there")
    agent = Agent(load_settings(segmenter=segmenter, tagger=tagger, planner=planner))
    if root is None:
        root = _made(agent.settings.home, _N if n is None else n, _SEED if seed is None else seed)
    else:
        _refuse_incomplete(root)
    dataset = ScenesDataset(root)
    announce_remote(agent.settings, tagger=twin != "gold")
    out = out or _new_folder(agent.settings.home / "runs")
    try:
        run(dataset, asking(agent, twin), run_head(agent, dataset, twin), out, limit)
    except KeyboardInterrupt:
        print(f"dtwinseger: interrupted; the same command with --out {out} goes on", file=sys.stderr)
        raise
    report = report_of(out)
    write_report(out, report)
    if json_:
        print_json(report)
    else:
        console = Console(highlight=False, soft_wrap=True)
        console.print(table(report))
        for remark in remarks(report):
            console.print(Text(f"note: {one_line(remark)}", style="yellow"))
    print(f"see {out}/", file=sys.stderr)
    raise typer.Exit(3 if report["unscored"] else 0)


def _made(home: Path, n: int, seed: int) -> Path:
    """The folder of these scenes, which are made if they are not there yet."""
    from dtwinseger.eval.scenes.dataset import is_complete, make

    root = home / "scenes" / f"{seed}-{n}"
    if not ((root / "scenes.json").exists() and is_complete(root)):
        make(root, n, seed)
    return root


def _refuse_incomplete(root: Path) -> None:
    from dtwinseger.eval.scenes.dataset import head_of, is_complete
    from dtwinseger.twin.errors import BadInputError

    head = head_of(root)
    if not is_complete(root):
        raise BadInputError(
            f"not all scenes of {root} were made; finish them with: "
            f"dtwinseger scenes make --out {root} --n {head['n']} --seed {head['seed']}"
        )


def _new_folder(runs: Path) -> Path:
    """A name that no run has yet: the time, and a number where two begin in one second."""
    import time

    name = time.strftime("%Y%m%d-%H%M%S")
    folder, number = runs / name, 2
    while folder.exists():
        folder, number = runs / f"{name}-{number}", number + 1
    return folder
