"""The subcommands that ``eval`` brings to the command. Heavy imports are inside them."""

from __future__ import annotations

import typer

from dtwinseger.eval.commands import evaluate, scenes


def register(app: typer.Typer) -> None:
    """Add ours to the command's."""
    app.add_typer(evaluate.app, name="eval")
    app.add_typer(scenes.app, name="scenes")
