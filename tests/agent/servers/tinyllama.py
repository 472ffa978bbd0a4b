"""A llama of one layer that writes bytes, as a file of llama.cpp or as a folder of transformers.

Its weights are random, but for which characters it likes to write, and after which. So its strings end, its
numbers are 0 and 1, and of its steps about two objects some are right and some are wrong. It reads its
prompt, and understands nothing.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]

END: Final = "<|im_end|>"
SPECIAL: Final = ("<unk>", "<s>", "</s>", "<|im_start|>", END)
SPACE: Final = "\u2581"  # how vocabularies of this kind write it
TEMPLATE: Final = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}"
    "{% for call in message.tool_calls or [] %}{{ call.function }}{% endfor %}"
    "<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
CONTEXT: Final = 16384
WIDTH: Final = 32
HEADS: Final = 2
INNER: Final = 48

LIKES: Final[Mapping[str, Mapping[str, float]]] = {
    "": {
        string.ascii_lowercase: 3.0,
        "01": 3.5,
        '"': 5.0,
        "]{,": 4.0,
        "}": 3.5,
        " ": 2.0,
        "".join(map(chr, range(128, 256))): -12.0,  # bytes that are no character alone
    },
    '"': {'"': -4.0, "kd": 4.0, "e": -8.0, ",": 3.0},
    "[": {"]": -4.0, "1": 2.5},
    "1": {",": 1.0, "01": -5.0},
    ",": {"0": 2.5, "1": -2.0},
    "0": {"]": 4.0, "01": -5.0},
    "}": {"]": 4.0},
    "]": {END: 6.0, "}": 1.5},
}
"""After what (nothing: after anything) it likes which characters more, by about how much of a logit."""

_NOISE: Final = 0.3
_LARGE: Final = 4.0


def tokens_of() -> list[str]:
    """The vocabulary: what is special, the space, each byte."""
    return [*SPECIAL, SPACE, *(f"<0x{byte:02X}>" for byte in range(256))]


def weights_of(seed: int = 0) -> dict[str, Weights]:
    """The weights by the names that llama.cpp gives them, each of shape (out, in)."""
    rng = np.random.default_rng(seed)

    def noise(*shape: int) -> Weights:
        return rng.normal(0, _NOISE, shape).astype(np.float32)

    def mixing(*shape: int) -> Weights:
        return noise(*shape) / np.float32(shape[1] ** 0.5)

    tokens = tokens_of()
    embedding, output = noise(len(tokens), WIDTH), noise(len(tokens), WIDTH)
    attended, inner = mixing(WIDTH, WIDTH), mixing(WIDTH, INNER)
    # Each liking has a place of the residual stream, to which the layer adds nothing. That of what is always
    # liked is the largest by far, so that the last normalisation brings it to the root of the width.
    for place, (after, liked) in enumerate(LIKES.items()):
        attended[place] = inner[place] = embedding[:, place] = output[:, place] = 0
        embedding[_rows(after) or slice(None), place] = 1 if after else _LARGE
        for characters, more in liked.items():
            output[_rows(characters), place] = more / WIDTH**0.5 * (_LARGE if after else 1)
    ones = np.ones(WIDTH, np.float32)
    return {
        "token_embd.weight": embedding,
        "output_norm.weight": ones,
        "output.weight": output,
        "blk.0.attn_norm.weight": ones,
        "blk.0.attn_q.weight": mixing(WIDTH, WIDTH),
        "blk.0.attn_k.weight": mixing(WIDTH, WIDTH),
        "blk.0.attn_v.weight": mixing(WIDTH, WIDTH),
        "blk.0.attn_output.weight": attended,
        "blk.0.ffn_norm.weight": ones,
        "blk.0.ffn_gate.weight": mixing(INNER, WIDTH),
        "blk.0.ffn_up.weight": mixing(INNER, WIDTH),
        "blk.0.ffn_down.weight": inner,
    }


def _rows(liked: str) -> list[int]:
    tokens = tokens_of()
    if liked in SPECIAL:
        return [tokens.index(liked)]
    return [tokens.index(SPACE if c == " " else f"<0x{ord(c):02X}>") for c in liked]


def write_gguf(path: Path) -> Path:
    """Write the model as llama.cpp reads it. The path again.

    Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
    """
    from gguf import GGUFWriter, TokenType  # of the extra `servers`

    tokens = tokens_of()
    kinds = [TokenType.CONTROL] * len(SPECIAL) + [TokenType.NORMAL] + [TokenType.BYTE] * 256
    kinds[0] = TokenType.UNKNOWN
    writer = GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(SPECIAL.index("<s>"))
    writer.add_eos_token_id(SPECIAL.index(END))
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)
    for name, weight in weights_of().items():
        writer.add_tensor(name, weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_folder(folder: Path) -> Path:
    """Write the model as transformers reads it. The folder again."""
    import torch
    from tokenizers import Tokenizer, decoders, models, normalizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokens = tokens_of()
    tokenizer = Tokenizer(
        models.BPE(
            {token: number for number, token in enumerate(tokens)}, [], unk_token="<unk>", byte_fallback=True
        )
    )
    tokenizer.normalizer = normalizers.Replace(" ", SPACE)
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token=END,
        unk_token="<unk>",
        additional_special_tokens=["<|im_start|>"],
        chat_template=TEMPLATE,
    ).save_pretrained(folder)
    config = LlamaConfig(
        vocab_size=len(tokens),
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=1,
        num_attention_heads=HEADS,
        max_position_embeddings=CONTEXT,
        bos_token_id=SPECIAL.index("<s>"),
        eos_token_id=SPECIAL.index(END),
    )
    model = LlamaForCausalLM(config)
    weights = {_in_transformers(name): torch.from_numpy(value) for name, value in weights_of().items()}
    model.load_state_dict(weights)
    model.generation_config.do_sample = True
    model.save_pretrained(folder)
    return folder


def _in_transformers(name: str) -> str:
    names = {
        "token_embd": "model.embed_tokens",
        "output_norm": "model.norm",
        "output": "lm_head",
        "attn_norm": "input_layernorm",
        "attn_q": "self_attn.q_proj",
        "attn_k": "self_attn.k_proj",
        "attn_v": "self_attn.v_proj",
        "attn_output": "self_attn.o_proj",
        "ffn_norm": "post_attention_layernorm",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
    }
    *layer, part, kind = name.split(".")
    prefix = f"model.layers.{layer[1]}." if layer else ""
    return f"{prefix}{names[part]}.{kind}"
