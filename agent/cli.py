"""The command ``dtwinseger``. Exit codes: 0 found or nothing, 2 bad input, 3 failed."""

from __future__ import annotations

import io
import os
import sys
from importlib.metadata import entry_points, version
from typing import Annotated

import typer

from dtwinseger.agent.commands import doctor, export, models, segment, trace, twin
from dtwinseger.agent.lines import one_line
from dtwinseger.twin.errors import BadInputError, UserError

app = typer.Typer(
    help="Reasoning segmentation as an agent: a picture and a question in, a mask and its reasons out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"dtwinseger {version('dtwinseger')}")
        raise typer.Exit


@app.callback()
def _command(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """What stands before a subcommand."""


app.command()(segment.segment)
app.command()(twin.twin)
app.command()(export.export)
app.add_typer(trace.app, name="trace")
app.add_typer(models.app, name="models")
app.command()(doctor.doctor)


def main() -> None:
    """Run the command. What a person must act on is one line on stderr, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as stderr: not all encodings have all letters
    # Folders that import this one (eval, training) bring their own subcommands.
    for plugin in entry_points(group="dtwinseger.commands"):
        plugin.load()(app)
    try:
        try:
            app(standalone_mode=True, prog_name="dtwinseger")
        finally:
            sys.stdout.flush()
    except UserError as error:
        print(f"dtwinseger: {one_line(str(error))}", file=sys.stderr)
        sys.exit(2 if isinstance(error, BadInputError) else 3)
    except OSError as error:
        if error.filename is not None:
            raise
        # Of stdout: files of ours have their own errors. What is still buffered would fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"dtwinseger: cannot write to stdout: {error.strerror}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
