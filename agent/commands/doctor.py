"""``dtwinseger doctor``: what works here, and what to do about what does not."""

from __future__ import annotations

from typing import Annotated

import typer


def doctor(
    json_: Annotated[bool, typer.Option("--json", help="One JSON array on stdout.")] = False,
) -> None:
    """Check this installation.

    Exit code 3 when something that the settings name does not work.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from dtwinseger.agent.checkup import checkup
    from dtwinseger.agent.lines import one_line
    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.stdout import print_json

    findings = checkup(load_settings())
    if json_:
        print_json([f.__dict__ for f in findings])
    else:
        table = Table(box=None, pad_edge=False, show_header=False)
        styles = {"ok": "green", "note": "yellow", "broken": "bold red"}
        for finding in findings:
            mark = Text(finding.state, style=styles[finding.state])
            table.add_row(mark, Text(one_line(finding.subject), no_wrap=True), Text(one_line(finding.text)))
        Console(soft_wrap=True).print(table)
    raise typer.Exit(3 if any(f.state == "broken" for f in findings) else 0)
