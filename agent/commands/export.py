"""``dtwinseger export``: an answer in the format of an annotation tool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    result: Annotated[Path, typer.Argument(help="A result.json.")],
    coco: Annotated[bool, typer.Option("--coco", help="COCO instances.")] = False,
    labelme: Annotated[bool, typer.Option("--labelme", help="A labelme file.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write here; by default to stdout.")] = None,
) -> None:
    """Write the objects of an answer as COCO or labelme annotations."""
    import json

    from dtwinseger.agent.files import write_atomically
    from dtwinseger.agent.sources import read_json
    from dtwinseger.agent.stdout import print_json
    from dtwinseger.twin.errors import BadInputError, BadTwinError
    from dtwinseger.twin.formats.coco import to_coco
    from dtwinseger.twin.formats.labelme import to_labelme
    from dtwinseger.twin.result import Segmentation

    if coco == labelme:
        raise BadInputError("export takes one of --coco and --labelme")
    data = read_json(result)
    try:
        answer = Segmentation.from_json(data)
    except BadTwinError as error:
        raise BadTwinError(f"{result}: {error}") from error
    if answer.status == "failed":
        raise BadInputError(f"{result}: the run failed, there is nothing to export")
    annotations = to_coco(answer) if coco else to_labelme(answer)
    if out is None:
        print_json(annotations)
    else:
        write_atomically(out, json.dumps(annotations, ensure_ascii=False).encode() + b"\n")
