"""A small image encoder for SAMs that are trained from scratch on a desk: convolutions, then attention."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional

_FIRST = 16


class SmallEncoder(nn.Module):
    """Pictures (B, 3, S, S), normalised, to embeddings (B, out, S / stride, S / stride).

    Convolutions of stride 2, each with a residual block, see to outlines and colours; a few attention blocks
    with learned positions let every place know of all others.

    Args:
        img_size: S, in pixels.
        stride: a power of two, pixels that one embedding stands for.
        width: channels after the last convolution; the first has 16, each next twice as many.
        depth: attention blocks.
        heads: attention heads of a block.
        out: channels of the embedding.
    """

    def __init__(self, img_size: int, stride: int, width: int, depth: int, heads: int, out: int) -> None:
        super().__init__()
        if stride < 2 or stride & (stride - 1) or img_size % stride:
            raise ValueError(f"a stride is a power of two that divides the side {img_size}, not {stride}")
        self.img_size = img_size
        steps = stride.bit_length() - 1
        channels = [3, *(min(width, _FIRST * 2**step) for step in range(steps - 1)), width]
        self.stem = nn.Sequential(
            *(
                nn.Sequential(
                    nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(1, after), nn.GELU(), _Block(after)
                )
                for before, after in itertools.pairwise(channels)
            )
        )
        side = img_size // stride
        self.positions = nn.Parameter(torch.zeros(1, side * side, width))
        nn.init.trunc_normal_(self.positions, std=0.02)
        self.attention = nn.ModuleList(_Attention(width, heads) for _ in range(depth))
        self.neck = nn.Sequential(nn.Conv2d(width, out, 1), nn.GroupNorm(1, out))

    def forward(self, pictures: Tensor) -> Tensor:
        """Embed a batch."""
        seen = self.stem(pictures)
        tokens = seen.flatten(2).transpose(1, 2) + self.positions
        for block in self.attention:
            tokens = block(tokens)
        embedded: Tensor = self.neck(tokens.transpose(1, 2).reshape(seen.shape))
        return embedded


class _Block(nn.Module):
    """A residual block: every channel looks around, then channels mix."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.around = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.norm = nn.GroupNorm(1, width)
        self.mix = nn.Sequential(nn.Conv2d(width, 2 * width, 1), nn.GELU(), nn.Conv2d(2 * width, width, 1))

    def forward(self, seen: Tensor) -> Tensor:
        mixed: Tensor = seen + self.mix(self.norm(self.around(seen)))
        return mixed


class _Attention(nn.Module):
    """A transformer block over all places."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, tokens: Tensor) -> Tensor:
        batch, count, width = tokens.shape
        qkv = self.qkv(self.norm1(tokens)).view(batch, count, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value)
        tokens = tokens + self.out(seen.transpose(1, 2).reshape(batch, count, width))
        mixed: Tensor = tokens + self.mlp(self.norm2(tokens))
        return mixed
