"""Which SAM it is: sizes of its parts, and the model built from them, with random weights.

The modules are those of the ``segment_anything`` package, but for the small encoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Final, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer
from torch import nn

from dtwinseger.tools.sam.small import SmallEncoder

# The mean and deviation of ImageNet's pixels, which SAM was trained with.
PIXEL_MEAN: Final = (123.675, 116.28, 103.53)
PIXEL_STD: Final = (58.395, 57.12, 57.375)

# Embeddings times this are the decoder's logits, along each side.
FINER: Final = 4

# More than any SAM has. What a file claims within these bounds is compared with its tensors before it is
# built, in ``checkpoint``.
Count = Annotated[int, Field(ge=1, le=128)]
Channels = Annotated[int, Field(ge=8, le=16_384)]


class _Sizes(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VitSizes(_Sizes):
    """``ImageEncoderViT``: a vision transformer with windowed attention and relative positions."""

    kind: Literal["vit"] = "vit"
    width: Channels = Field(description="channels of the transformer")
    depth: Count = Field(description="transformer blocks")
    heads: Count = Field(description="attention heads of a block")
    global_blocks: tuple[int, ...] = Field(description="blocks that attend to the whole picture")
    window: Count = Field(default=14, description="side of the windows of the other blocks, in tokens")


class SmallSizes(_Sizes):
    """``SmallEncoder``: convolutions, then a few attention blocks."""

    kind: Literal["small"] = "small"
    width: Channels = Field(description="channels at full depth")
    depth: Count = Field(description="attention blocks")
    heads: Count = Field(description="attention heads of a block")


class SamSizes(_Sizes):
    """All sizes of a SAM."""

    encoder: VitSizes | SmallSizes = Field(discriminator="kind")
    image_size: int = Field(
        default=1024, ge=16, le=8192, description="side of the square that the encoder sees, in pixels"
    )
    # Targets are means over the pixels that a logit stands for, so those are whole ones.
    stride: int = Field(
        default=16,
        ge=FINER,
        multiple_of=FINER,
        description="pixels of that square that one embedding stands for",
    )
    width: Channels = Field(default=256, description="channels of the embedding and of the mask decoder")
    decoder_heads: Count = Field(default=8, description="attention heads of the mask decoder")
    decoder_mlp: Channels = Field(default=2048, description="hidden channels of the mask decoder's blocks")
    iou_hidden: Channels = Field(default=256, description="hidden channels of the head that predicts IoU")

    @model_validator(mode="after")
    def _fits_together(self) -> SamSizes:
        if self.image_size % self.stride:
            raise ValueError(f"stride {self.stride} does not divide image_size {self.image_size}")
        if self.encoder.kind == "small" and self.stride & (self.stride - 1):
            raise ValueError(f"the small encoder's stride is a power of two, not {self.stride}")
        if self.encoder.width % self.encoder.heads:
            raise ValueError(f"{self.encoder.heads} heads do not divide the encoder's width")
        # The decoder attends across in half its width, and enlarges to an eighth of it.
        if self.width % 8 or self.width % (2 * self.decoder_heads):
            raise ValueError(f"width {self.width} is no multiple of 8 and of 2 x decoder_heads")
        return self

    @property
    def side(self) -> int:
        """Embeddings along each side of the square."""
        return self.image_size // self.stride


PUBLISHED: Final[Mapping[str, SamSizes]] = {
    "vit_b": SamSizes(encoder=VitSizes(width=768, depth=12, heads=12, global_blocks=(2, 5, 8, 11))),
    "vit_l": SamSizes(encoder=VitSizes(width=1024, depth=24, heads=16, global_blocks=(5, 11, 17, 23))),
    "vit_h": SamSizes(encoder=VitSizes(width=1280, depth=32, heads=16, global_blocks=(7, 15, 23, 31))),
}
"""The sizes of the three published checkpoints."""


def build(sizes: SamSizes) -> Sam:
    """A SAM of these sizes with random weights, in evaluation mode."""
    side = sizes.side
    return Sam(
        image_encoder=_encoder(sizes),
        prompt_encoder=PromptEncoder(
            embed_dim=sizes.width,
            image_embedding_size=(side, side),
            input_image_size=(sizes.image_size, sizes.image_size),
            mask_in_chans=16,
        ),
        mask_decoder=decoder(sizes),
        pixel_mean=list(PIXEL_MEAN),
        pixel_std=list(PIXEL_STD),
    ).eval()


def decoder(sizes: SamSizes) -> MaskDecoder:
    """A mask decoder of these sizes with random weights."""
    return MaskDecoder(
        num_multimask_outputs=3,
        transformer=TwoWayTransformer(
            depth=2,
            embedding_dim=sizes.width,
            mlp_dim=sizes.decoder_mlp,
            num_heads=sizes.decoder_heads,
        ),
        transformer_dim=sizes.width,
        iou_head_depth=3,
        iou_head_hidden_dim=sizes.iou_hidden,
    )


def published_name(state: Mapping[str, torch.Tensor]) -> str | None:
    """Which of the published architectures these weights are of, by their names and shapes."""
    for name, sizes in PUBLISHED.items():
        assert isinstance(sizes.encoder, VitSizes)
        position = state.get("image_encoder.pos_embed")
        last = f"image_encoder.blocks.{sizes.encoder.depth - 1}.norm1.weight"
        if (
            position is not None
            and position.shape == (1, sizes.side, sizes.side, sizes.encoder.width)
            and last in state
        ):
            return name
    return None


def _encoder(sizes: SamSizes) -> nn.Module:
    match sizes.encoder:
        case VitSizes() as vit:
            made: Any = ImageEncoderViT(
                img_size=sizes.image_size,
                patch_size=sizes.stride,
                embed_dim=vit.width,
                depth=vit.depth,
                num_heads=vit.heads,
                mlp_ratio=4,
                out_chans=sizes.width,
                qkv_bias=True,
                norm_layer=partial(nn.LayerNorm, eps=1e-6),
                use_rel_pos=True,
                window_size=vit.window,
                global_attn_indexes=vit.global_blocks,
            )
            return made  # type: ignore[no-any-return]
        case SmallSizes() as small:
            return SmallEncoder(
                sizes.image_size, sizes.stride, small.width, small.depth, small.heads, sizes.width
            )
