"""``dtwinseger train``: a SAM, from a configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    config: Annotated[Path, typer.Argument(help="A TOML file; see examples/training.")],
) -> None:
    """Train a SAM, or go on with a training that was interrupted; the same command does both."""
    import sys
    from importlib.util import find_spec

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from dtwinseger.twin.errors import SettingsError

    needed = ("torch", "torchvision", "segment_anything", "safetensors", "matplotlib")
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        raise SettingsError(f"training needs {', '.join(missing)}: pip install 'dtwinseger[train]'")

    from dtwinseger.training.sam.config import read_config
    from dtwinseger.training.sam.curves import in_words, read_lines
    from dtwinseger.training.sam.loop import run

    wanted = read_config(config)
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.fields[said]}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("training", total=wanted.steps, said="")
        told: dict[str, float] = {}
        said = ""

        def report(step: int, figures: dict[str, float]) -> None:
            nonlocal told, said
            if figures and figures is not told:  # each measurement is a dict of its own
                told, said = figures, in_words(read_lines(wanted.out)[-1])
                if not console.is_terminal:  # nobody sees a bar
                    print(f"step {step} of {wanted.steps}: {said}", file=sys.stderr, flush=True)
            progress.update(task, completed=step, said=said)

        try:
            product = run(wanted, report, lambda text: print(text, file=sys.stderr))
        except KeyboardInterrupt:
            print(f"dtwinseger: interrupted; the same command goes on in {wanted.out}", file=sys.stderr)
            raise
    print(f"see {product} and the curves beside it", file=sys.stderr)
