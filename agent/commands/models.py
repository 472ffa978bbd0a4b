"""``dtwinseger models``: weights that the parts can use."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Weights of the parts: list, fetch and check them.", no_args_is_help=True)


@app.command("list")
def list_(
    json_: Annotated[bool, typer.Option("--json", help="One JSON array on stdout.")] = False,
) -> None:
    """List the models, and which of them are here."""
    from dtwinseger.agent.models import FILES, FOLDERS, entry, folder_of, lines
    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.stdout import print_json

    folder = folder_of(load_settings().home)
    entries = [entry(file, folder) for file in FILES] + [entry(other, folder) for other in FOLDERS]
    if json_:
        print_json(entries)
    else:
        print("\n".join(line for one in entries for line in lines(one)))


@app.command()
def pull(name: Annotated[str, typer.Argument(help="As the list has it: sam:vit_b.")]) -> None:
    """Fetch a model's weights and verify them. What broke off is gone on with.

    Exit code 3 when the server cannot be reached, breaks off, or has another file.
    """
    from dtwinseger.agent.files import make_folder
    from dtwinseger.agent.models import file_to_pull, folder_of
    from dtwinseger.agent.pulling import pull as fetch
    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.transfer import Transfer

    home = load_settings().home
    folder = folder_of(home)
    model = file_to_pull(name, folder)
    make_folder(home, mode=0o700)
    with Transfer() as transfer:
        fetched = fetch(model, folder, transfer)
    done = "pulled and verified" if fetched else "already there, and verified"
    print(f"{model.name} is {done}: {model.path(folder)}")


@app.command()
def check(
    segmenter: Annotated[
        str | None, typer.Argument(help="Which part; by default that of the settings.")
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Check a segmenter on drawings whose masks are known.

    Exit code 3 when its masks are not sound: random, damaged or mixed-up weights.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from dtwinseger.agent.console import Progress
    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.stdout import print_json
    from dtwinseger.agent.wiring import segmenter_of
    from dtwinseger.tools.checking.check import check as measured
    from dtwinseger.twin.errors import RunFailedError

    progress = Progress()

    def begin(number: int, total: int) -> None:
        progress.say(f"checking its masks, drawing {number} of {total}")

    with progress.running():
        progress.say("loading the segmenter")
        part = segmenter_of(load_settings(segmenter=segmenter))
        report = measured(part, begin)
    if json_:
        print_json(report.to_json())
    else:
        table = Table(box=None, pad_edge=False, show_header=False)
        for finding in report.findings:
            mark = Text("ok", style="green") if finding.passed else Text("failed", style="bold red")
            table.add_row(mark, Text(finding.subject, no_wrap=True), Text(finding.text))
        Console(soft_wrap=True).print(table)
    if report.cause is not None:
        raise RunFailedError(
            f"the segmenter {part.name} does not make sound masks; most likely {report.cause}"
        )
