"""How well the prompted object is found, on pictures that were not trained on, at their full size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

import torch
from segment_anything.modeling import MaskDecoder, Sam

from dtwinseger.tools.sam.architecture import SamSizes
from dtwinseger.tools.sam.pictures import shape_inside
from dtwinseger.training.annotated import Annotated
from dtwinseger.training.sam.batches import batch_of
from dtwinseger.training.sam.losses import ious
from dtwinseger.training.sam.model import decode, prompt_tokens
from dtwinseger.training.sam.prompts import Prompt

Figures = dict[str, float]


def measure(
    sam: Sam,
    decoder: MaskDecoder,
    sizes: SamSizes,
    examples: Iterable[Annotated],
    prompts: Iterable[Sequence[Prompt]],
) -> Figures:
    """Mean figures over all prompts, each an IoU from 0 to 1 but for the last; one picture is held at a time.

    Returns:
        ``point``: of a point, IoU of that of its three masks whose predicted IoU is highest, with what it may
        mean; ``point_of_three``: of the best of the three with the very mask that the point was taken from;
        ``point_single`` and ``box``: of the single mask; ``said_off``: how far the predicted IoU of
        ``point``'s mask is from its IoU. A figure is missing where there was no such prompt.
    """
    found: dict[str, list[float]] = {}
    for example, asked in zip(examples, prompts, strict=True):
        rows = _one_picture(sam, decoder, sizes, example, asked)
        for name, value in rows:
            found.setdefault(name, []).append(value)
    return {name: fmean(values) for name, values in sorted(found.items())}


@torch.no_grad()
def _one_picture(
    sam: Sam, decoder: MaskDecoder, sizes: SamSizes, example: Annotated, asked: Sequence[Prompt]
) -> list[tuple[str, float]]:
    batch = batch_of([example], [asked], sam, sizes)
    logits, said = decode(
        sam, decoder, sam.image_encoder(batch.pictures), prompt_tokens(sam.prompt_encoder, batch)
    )
    size = example.pixels.shape[:2]
    seen = shape_inside(size[0], size[1], sizes.image_size)
    full = sam.postprocess_masks(logits[0], seen, size).flatten(0, 1)[None]
    true = torch.from_numpy(example.masks)[None].to(sam.device)
    agree = ious(full, true.float())[0].view(len(asked), 4, -1).cpu()
    found: list[tuple[str, float]] = []
    for prompt, outputs, claims in zip(asked, agree, said[0].cpu(), strict=True):
        own = outputs[:, prompt.target]
        if prompt.is_box:
            found.append(("box", float(own[0])))
            continue
        chosen = 1 + int(claims[1:].argmax())
        right = float(outputs[chosen, list(prompt.meant)].max())
        found += [("point", right), ("point_of_three", float(own[1:].max())), ("point_single", float(own[0]))]
        found.append(("said_off", abs(float(claims[chosen]) - right)))
    return found
