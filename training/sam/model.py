"""What is trained of a SAM, and how many prompts of many pictures run through it at once."""

from __future__ import annotations

import math

import torch
from segment_anything.modeling import MaskDecoder, PromptEncoder, Sam
from segment_anything.modeling.transformer import Attention
from torch import Tensor, nn

from dtwinseger.training.sam.batches import Batch

# Logit by which attention prefers a place to far ones when training begins; see align_attention.
_PREFERENCE = 6.0


def align_attention(decoder: MaskDecoder) -> None:
    """Let the decoder's attention between prompts and picture begin where their positions agree.

    Queries and keys of SAM's cross-attention both hold a position; with random projections it takes long
    until training finds that the two are to be compared (the masks become clean and still ignore the point).
    Here both projections begin as the same one with orthogonal rows, so a token first looks at its own place.
    """
    for module in decoder.transformer.modules():
        if isinstance(module, Attention) and module.embedding_dim != module.internal_dim:
            nn.init.orthogonal_(module.q_proj.weight)
            nn.init.zeros_(module.q_proj.bias)
            # Positions are sines and cosines: half their number is what one agrees with itself by, of which
            # a projection to fewer dimensions keeps its share, and each head has its part.
            per_head = module.internal_dim / module.num_heads
            agreed = module.internal_dim / 2 / module.num_heads / math.sqrt(per_head)
            with torch.no_grad():
                module.q_proj.weight.mul_(math.sqrt(_PREFERENCE / agreed))
            module.k_proj.load_state_dict(module.q_proj.state_dict())


def prompt_tokens(encoder: PromptEncoder, batch: Batch) -> Tensor:
    """The prompts' tokens: (B * P, 2, C). Points and boxes have two each: a point is padded."""
    corners = batch.corners.flatten(0, 1)
    points = corners[:, :1]
    as_points, _ = encoder((points, torch.ones(points.shape[:2], device=points.device)), None, None)
    as_boxes, _ = encoder(None, corners.flatten(1), None)
    return torch.where(batch.is_box.flatten()[:, None, None], as_boxes, as_points)


def decode(sam: Sam, decoder: MaskDecoder, embeddings: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """All four masks and predicted IoUs of P prompts for each of B pictures.

    The package's own ``MaskDecoder.predict_masks`` takes the prompts of one picture; this is the same for
    those of many.

    Args:
        embeddings: (B, C, h, w), of the pictures.
        tokens: (B * P, 2, C), of the prompts, picture by picture.

    Returns:
        Logits (B, P, 4, L, L) and predicted IoUs (B, P, 4).
    """
    count, channels, height, width = embeddings.shape
    each = len(tokens) // count
    own = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight]).expand(len(tokens), -1, -1)
    no_mask = sam.prompt_encoder.no_mask_embed.weight.view(1, -1, 1, 1)
    places = (embeddings + no_mask).repeat_interleave(each, 0)
    positions = sam.prompt_encoder.get_dense_pe().expand(len(tokens), -1, -1, -1)
    seen, places = decoder.transformer(places, positions, torch.cat([own, tokens], 1))
    fine = decoder.output_upscaling(places.transpose(1, 2).reshape(-1, channels, height, width))
    weights = [mlp(seen[:, 1 + n]) for n, mlp in enumerate(decoder.output_hypernetworks_mlps)]
    logits = torch.stack(weights, 1) @ fine.flatten(2)
    said = decoder.iou_prediction_head(seen[:, 0])
    return logits.view(count, each, -1, *fine.shape[2:]), said.view(count, each, -1)
