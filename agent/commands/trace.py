"""``dtwinseger trace``: the run trees that runs leave behind."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Look at the traces of past runs.", no_args_is_help=True)


@app.command("list")
def list_(
    json_: Annotated[bool, typer.Option("--json", help="One JSON array on stdout.")] = False,
    most: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 20,
) -> None:
    """List traces, newest first."""
    from rich.console import Console

    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.stdout import print_json
    from dtwinseger.agent.traces import listed, listing

    summaries = listed(load_settings().home / "traces", most)
    if json_:
        print_json(summaries)
    else:
        Console(soft_wrap=True).print(listing(summaries))


@app.command()
def show(
    trace: Annotated[str, typer.Argument(metavar="ID", help="The id, how it begins, or a run's thread.")],
    json_: Annotated[bool, typer.Option("--json", help="The runs as one JSON array on stdout.")] = False,
) -> None:
    """Show the run tree of one trace and the reasoning path it holds."""
    from rich.console import Console

    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.stdout import print_json
    from dtwinseger.agent.traces import found, tree

    shown = found(load_settings().home / "traces", trace)
    if json_:
        print_json(list(shown.runs.values()))
    else:
        Console(soft_wrap=True).print(tree(shown))
