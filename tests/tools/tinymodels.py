"""Tiny models with random weights in transformers' folder layout: what a download would leave on the disk.

They take every path through the code that a published model takes; what they answer means nothing.
"""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import (
    CLIPTokenizer,
    Owlv2Config,
    Owlv2ForObjectDetection,
    Owlv2ImageProcessor,
    Owlv2Processor,
    PreTrainedModel,
    Sam2Config,
    Sam2ImageProcessor,
    Sam2Model,
    Sam2Processor,
)

torch.set_num_threads(1)  # threads cost such models more than they give

OWLV2_SIDE = 32
OWLV2_PATCH = 8
SAM2_SIDE = 128
_LONGEST = 16  # tokens of a phrase, as in the published models


def tiny_owlv2(folder: Path, seed: int = 0) -> Path:
    """An OWLv2 that sees 32 x 32 pixels as 16 places, with scores all over [0, 1]. The folder again."""
    torch.manual_seed(seed)
    letters = [chr(code) for code in range(ord("!"), ord("~") + 1)]  # "!" comes first: token 0 is the padding
    known = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    vocabulary = {token: number for number, token in enumerate(known)}
    tokenizer = CLIPTokenizer(vocab=vocabulary, merges=[], pad_token="!", model_max_length=_LONGEST)
    config = Owlv2Config(
        text_config={
            "vocab_size": len(known),
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "max_position_embeddings": _LONGEST,
            "bos_token_id": vocabulary["<|startoftext|>"],
            "eos_token_id": vocabulary["<|endoftext|>"],
        },
        vision_config={
            "hidden_size": 24,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": OWLV2_SIDE,
            "patch_size": OWLV2_PATCH,
        },
        projection_dim=16,
    )
    _scattered(Owlv2ForObjectDetection(config)).save_pretrained(folder)
    pictures = Owlv2ImageProcessor(size={"height": OWLV2_SIDE, "width": OWLV2_SIDE})
    Owlv2Processor(image_processor=pictures, tokenizer=tokenizer).save_pretrained(folder)
    return folder


def tiny_sam2(folder: Path, seed: int = 0) -> Path:
    """A SAM 2 that sees 128 x 128 pixels as 8 x 8 places, with logits of 32 x 32. The folder again."""
    torch.manual_seed(seed)
    side = SAM2_SIDE // 4
    config = Sam2Config(
        vision_config={
            "backbone_config": {
                "hidden_size": 8,
                "num_attention_heads": 1,
                "image_size": [SAM2_SIDE, SAM2_SIDE],
                "blocks_per_stage": [1, 1, 2, 1],
                "embed_dim_per_stage": [8, 16, 32, 64],
                "num_attention_heads_per_stage": [1, 1, 2, 2],
                "window_size_per_stage": [8, 4, 4, 2],
                "global_attention_blocks": [3],
                "mlp_ratio": 2.0,
                "model_type": "sam2_hiera_det_model",
            },
            "backbone_channel_list": [64, 32, 16, 8],
            "backbone_feature_sizes": [[side, side], [side // 2, side // 2], [side // 4, side // 4]],
            "fpn_hidden_size": 32,
        },
        prompt_encoder_config={"hidden_size": 32, "image_size": SAM2_SIDE},
        mask_decoder_config={
            "hidden_size": 32,
            "mlp_dim": 64,
            "num_attention_heads": 2,
            "iou_head_hidden_dim": 32,
        },
    )
    _scattered(Sam2Model(config)).save_pretrained(folder)
    pictures = Sam2ImageProcessor(size={"height": SAM2_SIDE, "width": SAM2_SIDE})
    Sam2Processor(image_processor=pictures).save_pretrained(folder)
    return folder


def _scattered(model: PreTrainedModel) -> PreTrainedModel:
    """With larger random weights: at the initial scale all pictures and prompts get nearly one answer."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()
