"""The mask decoder's two cross attentions, rearranged for many prompts of one picture.

In SAM's decoder each prompt has a handful of tokens (n) that look at the picture's embeddings (N, thousands)
and are looked at by them. Written plainly, every prompt projects all N embeddings to keys, values and
queries. A product of matrices may be bracketed as one likes, so here the few tokens go through them:

    q . (W x) = (W^T q) . x        and        sum_j a_j (W x_j + b) = W (sum_j a_j x_j) + b

and the projections of the embeddings' positions, the same for all pictures, are made once. What is added
equally to all scores of one softmax is left out. Results differ from the plain way by float rounding only.

Shapes: P prompts, n tokens, N embeddings, C channels, H heads of d channels.
"""

from __future__ import annotations

import math

import torch
from segment_anything.modeling.transformer import Attention
from torch import Tensor


class TokensLook:
    """Tokens ask, the picture answers (``cross_attn_token_to_image``, ``final_attn_token_to_image``).

    Args:
        attention: the module with the weights.
        positions: float32 (N, C), the embeddings' positions, which are added to the keys, not the values.
    """

    def __init__(self, attention: Attention, positions: Tensor) -> None:
        self._attention = attention
        self._heads = attention.num_heads
        self._scale = 1 / math.sqrt(attention.internal_dim // attention.num_heads)
        self._key = _by_head(attention.k_proj.weight, self._heads)
        self._value = _by_head(attention.v_proj.weight, self._heads)
        # (H, d, N). The keys' bias adds the same to all scores of a token.
        self._position_keys = self._key @ positions.T

    def shared(self, embeddings: Tensor) -> tuple[Tensor, Tensor]:
        """Keys (H, d, N) and values (H, N, d) of embeddings (N, C) that are the same for all prompts."""
        keys = self._key @ embeddings.T + self._position_keys
        values = embeddings @ self._value.transpose(1, 2)
        return keys, values

    def over_shared(self, asking: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Answers (P, n, C) to tokens (P, n, C) over what ``shared`` made."""
        prompts, tokens, _ = asking.shape
        queries = self._queries(asking).permute(2, 0, 1, 3).reshape(self._heads, prompts * tokens, -1)
        weights = torch.softmax(queries @ keys, dim=-1)
        mixed = (weights @ values).view(self._heads, prompts, tokens, -1).permute(1, 2, 0, 3)
        return self._out(mixed)

    def __call__(self, asking: Tensor, embeddings: Tensor) -> Tensor:
        """Answers (P, n, C) to tokens (P, n, C) over embeddings (P, N, C), those of each prompt."""
        prompts, tokens, channels = asking.shape
        queries = self._queries(asking)
        folded = torch.einsum("pnhd,hdc->phnc", queries, self._key).reshape(prompts, -1, channels)
        scores = torch.einsum("pnhd,hdm->phnm", queries, self._position_keys).flatten(1, 2)
        scores.baddbmm_(folded, embeddings.transpose(1, 2))
        seen = torch.bmm(torch.softmax(scores, dim=-1), embeddings)
        seen = seen.view(prompts, self._heads, tokens, channels)
        return self._out(torch.einsum("phnc,hdc->pnhd", seen, self._value))

    def _queries(self, asking: Tensor) -> Tensor:
        """(P, n, H, d), scaled."""
        return _split(self._attention.q_proj(asking), self._heads) * self._scale

    def _out(self, mixed: Tensor) -> Tensor:
        """(P, n, H, d) without the values' bias, to (P, n, C)."""
        answers: Tensor = self._attention.out_proj(mixed.flatten(2) + self._attention.v_proj.bias)
        return answers


class PictureLooks:
    """The picture asks, tokens answer (``cross_attn_image_to_token``).

    Args:
        attention: the module with the weights.
        positions: float32 (N, C), the embeddings' positions, which are added to what asks.
    """

    def __init__(self, attention: Attention, positions: Tensor) -> None:
        self._attention = attention
        self._heads = attention.num_heads
        self._scale = 1 / math.sqrt(attention.internal_dim // attention.num_heads)
        self._query = _by_head(attention.q_proj.weight, self._heads)
        self._out = _split(attention.out_proj.weight, self._heads).permute(1, 2, 0)
        # (H, d, N). This bias matters: it adds differently to each of the tokens that are chosen between.
        bias = _split(attention.q_proj.bias, self._heads)[..., None]
        self._position_queries = self._query @ positions.T + bias

    def shared(self, embeddings: Tensor) -> Tensor:
        """Queries (H, d, N) of embeddings (N, C) that are the same for all prompts."""
        return self._query @ embeddings.T + self._position_queries

    def over_shared(self, embeddings: Tensor, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Embeddings (N, C) plus what tokens (P, n, C) answer to the queries that ``shared`` made of them."""
        scores = torch.einsum("pnhd,hdm->phnm", self._keys(keys), queries)
        return self._added(embeddings.expand(len(keys), -1, -1), scores, values)

    def __call__(self, embeddings: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Embeddings (P, N, C), those of each prompt, plus what its tokens (P, n, C) answer to them."""
        prompts, tokens, channels = keys.shape
        projected = self._keys(keys)
        folded = torch.einsum("pnhd,hdc->phnc", projected, self._query).reshape(prompts, -1, channels)
        scores = torch.einsum("pnhd,hdm->phnm", projected, self._position_queries).flatten(1, 2)
        scores.baddbmm_(folded, embeddings.transpose(1, 2))
        return self._added(embeddings, scores.view(prompts, self._heads, tokens, -1), values)

    def _keys(self, keys: Tensor) -> Tensor:
        """(P, n, H, d), scaled."""
        return _split(self._attention.k_proj(keys), self._heads) * self._scale

    def _added(self, embeddings: Tensor, scores: Tensor, values: Tensor) -> Tensor:
        """From scores (P, H, n, N), tokens before places, so that the softmax runs along the long axis."""
        weights = torch.softmax(scores, dim=2).flatten(1, 2)
        projected = _split(self._attention.v_proj(values), self._heads)
        # A head's weights add up to one, so each of them can bring its share of the bias along.
        share = self._attention.out_proj.bias / self._heads
        out = (torch.einsum("pnhd,hdc->phnc", projected, self._out) + share).flatten(1, 2)
        return torch.baddbmm(embeddings, weights.transpose(1, 2), out)


def _split(channels: Tensor, heads: int) -> Tensor:
    """The last axis, H * d, as two, (H, d)."""
    return channels.view(*channels.shape[:-1], heads, -1)


def _by_head(weight: Tensor, heads: int) -> Tensor:
    """A projection's weight (H * d, C) as (H, d, C)."""
    return weight.view(heads, -1, weight.shape[-1])
