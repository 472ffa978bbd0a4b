"""``dtwinseger twin``: build a twin from a picture, or import one from annotations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def twin(
    image: Annotated[str | None, typer.Argument(help="The picture to build a twin of.")] = None,
    from_coco: Annotated[Path | None, typer.Option(help="A COCO instances file.")] = None,
    image_id: Annotated[int | None, typer.Option(help="Which image of the COCO file.")] = None,
    from_labelme: Annotated[Path | None, typer.Option(help="A labelme file.")] = None,
    images: Annotated[
        Path | None, typer.Option(help="Folder of the annotated pictures: adds measured attributes.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the JSON here; by default to stdout.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="The JSON on stdout, with --out too.")] = False,
    granularity: Annotated[
        Literal["group", "object", "part"], typer.Option(help="Level of the objects of a built twin.")
    ] = "object",
    segmenter: Annotated[str | None, typer.Option(help="Which part makes the masks.")] = None,
    tagger: Annotated[str | None, typer.Option(help="Which part says what they are.")] = None,
) -> None:
    """Build or import a digital twin and write its JSON."""
    import json
    import sys

    from dtwinseger.agent.announcing import announce_remote
    from dtwinseger.agent.console import Progress
    from dtwinseger.agent.files import write_atomically
    from dtwinseger.agent.importing import import_coco, import_labelme
    from dtwinseger.agent.lines import one_line
    from dtwinseger.agent.outputs import ensure_writable
    from dtwinseger.agent.settings import load_settings
    from dtwinseger.agent.sources import check_readable
    from dtwinseger.agent.stdout import print_json
    from dtwinseger.twin.errors import BadInputError
    from dtwinseger.twin.jsonio import twin_to_json

    settings = load_settings(segmenter=segmenter, tagger=tagger)
    if sum(source is not None for source in (image, from_coco, from_labelme)) != 1:
        raise BadInputError("twin takes one of: IMAGE, --from-coco FILE --image-id N, --from-labelme FILE")
    if (from_coco is None) != (image_id is None):
        raise BadInputError("--from-coco and --image-id go together")
    if images is not None and image is not None:
        raise BadInputError("--images goes with --from-coco or --from-labelme")
    if out is not None:
        ensure_writable(out.parent)
        sources = [Path(source) for source in (image, from_coco, from_labelme) if source is not None]
        if any(out.resolve() == source.resolve() for source in sources):
            raise BadInputError(f"--out {out} would overwrite what the twin is made from")
    notes: tuple[str, ...] = ()
    if image is not None:
        announce_remote(settings, planner=False)
    progress = Progress()
    with progress.running():
        if image is not None:
            from dtwinseger.agent.agent import Agent

            given, notes = Agent(settings).twin(image, granularity=granularity, on_event=progress.show)
        elif from_coco is not None and image_id is not None:
            check_readable(from_coco)
            progress.say("reading the annotations")
            given, notes = import_coco(from_coco, image_id, images, settings.max_pixels)
        else:
            assert from_labelme is not None
            given, notes = import_labelme(from_labelme, images, settings.max_pixels)
    for note in notes:
        print(f"note: {one_line(note)}", file=sys.stderr)
    shown = given.twin.restricted(given.twin.active)
    masks = given.masks.take(given.twin.rows(given.twin.active))
    written = twin_to_json(shown, masks)
    if out is not None:
        write_atomically(out, json.dumps(written, ensure_ascii=False).encode() + b"\n")
        print(f"{len(shown.objects)} objects written to {out}", file=sys.stderr)
    if out is None or json_:
        print_json(written)
