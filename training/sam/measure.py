"""How well the prompted object is found, on pictures that were not trained on, at their full size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

import torch
from segment_anything.modeling import MaskDecoder, Sam
from torch import Tensor

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
def answers(
    sam: Sam, decoder: MaskDecoder, sizes: SamSizes, example: Annotated, asked: Sequence[Prompt]
) -> tuple[Tensor, Tensor]:
    """What a SAM answers to P prompts of a picture.

    Returns:
        Logits at the picture's full size (P, 4, H, W), the single mask and the three; predicted IoUs (P, 4).
    """
    batch = batch_of([example], [asked], sam, sizes)
    logits, said = decode(
        sam, decoder, sam.image_encoder(batch.pictures), prompt_tokens(sam.prompt_encoder, batch)
    )
    size = example.pixels.shape[:2]
    return sam.postprocess_masks(logits[0], shape_inside(size[0], size[1], sizes.image_size), size), said[0]


def agreement(logits: Tensor, example: Annotated) -> Tensor:
    """IoU of masks with all of a picture's: logits (P, Q, H, W) to (P, Q, N)."""
    true = torch.from_numpy(example.masks)[None].to(logits.device)
    return ious(logits.flatten(0, 1)[None], true.float())[0].view(*logits.shape[:2], -1)


def _one_picture(
    sam: Sam, decoder: MaskDecoder, sizes: SamSizes, example: Annotated, asked: Sequence[Prompt]
) -> list[tuple[str, float]]:
    logits, said = answers(sam, decoder, sizes, example, asked)
    agree = agreement(logits, example).cpu()
    found: list[tuple[str, float]] = []
    for prompt, outputs, claims in zip(asked, agree, said.cpu(), strict=True):
        own = outputs[:, prompt.target]
        if prompt.is_box:
            found.append(("box", float(own[0])))
            continue
        chosen = 1 + int(claims[1:].argmax())
        right = float(outputs[chosen, list(prompt.meant)].max())
        found += [("point", right), ("point_of_three", float(own[1:].max())), ("point_single", float(own[0]))]
        found.append(("said_off", abs(float(claims[chosen]) - right)))
    return found
