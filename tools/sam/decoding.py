"""SAM's mask decoder over one picture, for many prompts at a time."""

from __future__ import annotations

import torch
from segment_anything.modeling import MaskDecoder, PromptEncoder
from torch import Tensor
from torch.nn import functional

from dtwinseger.tools.promptable.masks import Decoded
from dtwinseger.tools.sam.attention import PictureLooks, TokensLook
from dtwinseger.tools.sam.pictures import prompted

# Prompts and places that are enlarged together where a cache holds no more: the maps are eight times as large
# as what they are made of. A GPU takes all at once.
_PIECE = {"cpu": (1, 2048)}


class FoldedWeights:
    """A mask decoder's weights, rearranged once for ``FoldedDecoder``: see ``attention``.

    Args:
        masks: the decoder; its transformer has at least one block.
        prompts: the prompt encoder, for the embeddings' positions.
    """

    def __init__(self, masks: MaskDecoder, prompts: PromptEncoder) -> None:
        self.masks, self.prompts = masks, prompts
        transformer = masks.transformer
        positions = prompts.get_dense_pe().flatten(2)[0].T
        self.tokens_look = [TokensLook(b.cross_attn_token_to_image, positions) for b in transformer.layers]
        self.picture_looks = [
            PictureLooks(b.cross_attn_image_to_token, positions) for b in transformer.layers
        ]
        self.last_look = TokensLook(transformer.final_attn_token_to_image, positions)
        # A transposed convolution of side and stride 2 is a matrix product that makes four places of one.
        self.upscaling = tuple(
            (conv.weight.permute(0, 2, 3, 1).flatten(1), conv.bias.repeat(4))
            for conv in (masks.output_upscaling[0], masks.output_upscaling[3])
        )


class FoldedDecoder:
    """The same function with a third of the arithmetic, over one picture.

    What the first block projects is the same for all prompts and made once a picture; the later blocks fold
    the projections into the tokens; and only prompts of which a mask passes are enlarged.
    """

    def __init__(self, weights: FoldedWeights, embedding: Tensor) -> None:
        self._weights = weights
        self._side = embedding.shape[-2:]
        no_mask = weights.prompts.no_mask_embed.weight.reshape(1, -1, 1, 1)
        # (N, C): the picture as the first block sees it.
        self._picture = (embedding + no_mask).flatten(2)[0].T.contiguous()
        self._keys, self._values = weights.tokens_look[0].shared(self._picture)
        self._queries = weights.picture_looks[0].shared(self._picture)

    def __call__(self, corners: Tensor, *, single: bool, min_score: float) -> Decoded:
        """See ``promptable.masks.Decoder``."""
        masks = self._weights.masks
        tokens, seen = self._attended(corners)
        channels = slice(0, 1) if single else slice(1, None)
        scores = masks.iou_prediction_head(tokens[:, 0])[:, channels]
        prompt, channel = torch.nonzero(scores >= min_score, as_tuple=True)
        wanted, place = torch.unique(prompt, return_inverse=True)
        of_masks = tokens[wanted, 1 : 1 + masks.num_mask_tokens][:, channels]
        heads = list(masks.output_hypernetworks_mlps)[channels]
        mixing = torch.stack([head(of_masks[:, row]) for row, head in enumerate(heads)], dim=1)
        # Most often all are wanted, and a copy of them would cost as much as an attention.
        logits = self._enlarged(seen if len(wanted) == len(seen) else seen[wanted], mixing)
        return Decoded(scores, prompt, channel, logits[place, channel])

    def _attended(self, corners: Tensor) -> tuple[Tensor, Tensor]:
        """The tokens (P, n, C) and the picture (P, N, C) after the transformer."""
        weights, masks = self._weights, self._weights.masks
        given, _ = prompted(weights.prompts, corners)
        own = torch.cat((masks.iou_token.weight, masks.mask_tokens.weight))
        first = torch.cat((own.expand(len(given), -1, -1), given), dim=1)
        tokens, seen = first, self._picture
        for number, block in enumerate(masks.transformer.layers):
            if block.skip_first_layer_pe:
                tokens = block.self_attn(q=tokens, k=tokens, v=tokens)
            else:
                asking = tokens + first
                tokens = tokens + block.self_attn(q=asking, k=asking, v=tokens)
            tokens = block.norm1(tokens)
            look, back = weights.tokens_look[number], weights.picture_looks[number]
            asking = tokens + first
            if number == 0:
                tokens = tokens + look.over_shared(asking, self._keys, self._values)
            else:
                tokens = tokens + look(asking, seen)
            tokens = block.norm2(tokens)
            tokens = block.norm3(tokens + block.mlp(tokens))
            answering = tokens + first
            if number == 0:
                seen = back.over_shared(seen, self._queries, answering, tokens)
            else:
                seen = back(seen, answering, tokens)
            seen = block.norm4(seen)
        tokens = masks.transformer.norm_final_attn(tokens + weights.last_look(tokens + first, seen))
        return tokens, seen

    def _enlarged(self, seen: Tensor, mixing: Tensor) -> Tensor:
        """Logits (S, M, 4 h, 4 w) of prompts (S, N, C) with the weights (S, M, C / 8) of their masks."""
        h, w = self._side
        prompts, places = _PIECE.get(seen.device.type, (len(seen), h * w))
        maps = torch.cat(
            [
                torch.cat([self._maps(piece, mixed) for piece in torch.split(some, places, 1)], dim=1)
                for some, mixed in zip(torch.split(seen, prompts), torch.split(mixing, prompts), strict=True)
            ]
        )
        maps = maps.view(len(seen), h, w, 2, 2, 2, 2, mixing.shape[1])
        return maps.permute(0, 7, 1, 3, 5, 2, 4, 6).reshape(len(seen), mixing.shape[1], 4 * h, 4 * w)

    def _maps(self, seen: Tensor, mixing: Tensor) -> Tensor:
        """Of each place (S, n, C) its 16 pixels of M masks: (S, n * 16, M), the finer square innermost."""
        (first, first_bias), (second, second_bias) = self._weights.upscaling
        norm = self._weights.masks.output_upscaling[1]
        # Channels stay last throughout: only the few finished maps are put in order.
        twice = torch.addmm(first_bias, seen.flatten(0, 1), first).view(-1, 4, first.shape[1] // 4)
        twice = functional.layer_norm(twice, (twice.shape[-1],), norm.weight, norm.bias, norm.eps)
        four = torch.addmm(second_bias, functional.gelu(twice).flatten(0, -2), second)
        four = functional.gelu(four).view(len(seen), seen.shape[1] * 16, mixing.shape[-1])
        return torch.bmm(four, mixing.transpose(1, 2))
