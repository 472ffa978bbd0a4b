"""The subcommands that ``training`` brings to the command. Heavy imports are inside them."""

from __future__ import annotations

import typer

from dtwinseger.training.commands import train


def register(app: typer.Typer) -> None:
    """Add ours to the command's."""
    app.command()(train.train)
