"""Checkpoints on disk: the published ``.pth`` files, and ours, which say their sizes themselves.

A checkpoint of ours is one safetensors file. Its metadata has ``dtwinseger.sam``, the sizes as JSON; its
tensors have the published names. It may hold a mask decoder of its own for each granularity (the paper's
"SAM with fine-tuning"): ``decoder_group.*``, ``decoder_object.*``, ``decoder_part.*``.

Nothing in a file is ever executed: a pickle is read for its tensors alone.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from segment_anything.modeling import MaskDecoder, Sam

from dtwinseger.tools.promptable.memory import no_room
from dtwinseger.tools.sam.architecture import PUBLISHED, SamSizes, build, decoder, published_name
from dtwinseger.twin.errors import CheckpointError
from dtwinseger.twin.schema import LEVELS, Level

State = dict[str, torch.Tensor]
Module = TypeVar("Module", bound=torch.nn.Module)

SIZES_KEY: Final = "dtwinseger.sam"
# What torch raises on files with a few wrong bytes, found by trying.
_DAMAGED: Final = (RuntimeError, EOFError, ValueError, LookupError, TypeError, AttributeError, AssertionError)


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A SAM with its weights, on the CPU, in evaluation mode.

    Attributes:
        sizes: of the model.
        sam: the model; ``sam.mask_decoder`` serves the levels that have no decoder of their own.
        decoders: mask decoders by the granularity that they were trained for.
    """

    sizes: SamSizes
    sam: Sam
    decoders: Mapping[Level, MaskDecoder] = field(default_factory=dict)


def load(path: Path) -> Checkpoint:
    """A checkpoint from its file.

    Raises:
        CheckpointError: it cannot be read, is cut off, is of another architecture, or is a pickle of
            more than tensors.
        MemoryError, RuntimeError: there is no room for it; see ``room_on``.
    """
    sizes, state = _ours(path) if path.suffix == ".safetensors" else _published(path)
    decoders: dict[Level, MaskDecoder] = {}
    for level in LEVELS:
        own = _below(state, f"decoder_{level}.")
        if own:
            decoders[level] = _filled(partial(decoder, sizes), own, path)
    shared = {name: tensor for name, tensor in state.items() if not name.startswith("decoder_")}
    return Checkpoint(sizes, _filled(partial(build, sizes), shared, path), decoders)


def packed(checkpoint: Checkpoint, *, half: bool = False) -> bytes:
    """The checkpoint as the bytes of a safetensors file.

    Args:
        half: weights as float16, at half the size; they are read back as float32.
    """
    state: State = dict(checkpoint.sam.state_dict())
    for level, own in checkpoint.decoders.items():
        state |= {f"decoder_{level}.{name}": tensor for name, tensor in own.state_dict().items()}
    kept = {n: t.detach().cpu().to(torch.float16 if half else t.dtype).contiguous() for n, t in state.items()}
    return save(kept, metadata={SIZES_KEY: checkpoint.sizes.model_dump_json()})


def _ours(path: Path) -> tuple[SamSizes, State]:
    try:
        with safe_open(path, framework="pt") as file:
            said = (file.metadata() or {}).get(SIZES_KEY)
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise _unreadable(path, error) from error
    except SafetensorError as error:
        raise CheckpointError(
            f"{path} is cut off or no safetensors file ({error}); fetch it again"
        ) from error
    if said is None:
        name = published_name(state)
        if name is None:
            raise CheckpointError(f"{path} is no SAM that is known here: its metadata has no {SIZES_KEY}")
        return PUBLISHED[name], state
    try:
        return SamSizes.model_validate_json(said), state
    except ValidationError as error:
        raise CheckpointError(f"{path}: its metadata {SIZES_KEY} are not the sizes of a SAM") from error


def _published(path: Path) -> tuple[SamSizes, State]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch explains at length what becomes one line here
            state = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise CheckpointError(f"{path} {_instead(path)}") from error
    except OSError as error:
        if error.errno is not None:
            raise _unreadable(path, error) from error
        raise _cut_off(path) from error
    except _DAMAGED as error:
        if no_room(error):
            raise
        raise _cut_off(path) from error
    if not _is_state(state):
        raise CheckpointError(f"{path} is a checkpoint, but not of SAM's weights alone")
    name = published_name(state)
    if name is None:
        raise CheckpointError(
            f"{path} is of another architecture than {', '.join(PUBLISHED)}: {_first_names(state)}; "
            "a SAM of other sizes is a .safetensors, whose metadata say them"
        )
    return PUBLISHED[name], {key: tensor.float() for key, tensor in state.items()}


def _is_state(content: object) -> bool:
    return isinstance(content, Mapping) and all(
        isinstance(name, str) and isinstance(value, torch.Tensor) for name, value in content.items()
    )


def _filled(make: Callable[[], Module], state: Mapping[str, torch.Tensor], path: Path) -> Module:
    """A module with these weights. One that they do not fit is not built: it may claim any size."""
    with torch.device("meta"):  # names and shapes without memory
        claimed = {name: tensor.shape for name, tensor in make().state_dict().items()}
    if claimed != {name: tensor.shape for name, tensor in state.items()}:
        missing, unexpected = claimed.keys() - state.keys(), state.keys() - claimed.keys()
        what = (
            f"{len(missing)} tensors missing, {len(unexpected)} unknown"
            if missing or unexpected
            else "shapes"
        )
        raise CheckpointError(f"{path} does not fit the architecture that it claims ({what})")
    module = make()
    module.load_state_dict(state)
    return module.eval()


def _below(state: State, prefix: str) -> State:
    return {name.removeprefix(prefix): t for name, t in state.items() if name.startswith(prefix)}


def _first_names(state: Mapping[str, torch.Tensor]) -> str:
    names = sorted(state)[:2]
    return f"it begins with {', '.join(names)}" if names else "it is empty"


def _instead(path: Path) -> str:
    """What a file is that is not of weights alone, by its beginning."""
    with path.open("rb") as file:
        beginning = file.read(512)
    if beginning.lstrip().startswith(b"<"):
        return "is a web page, not weights; fetch it again"
    if beginning[8:9] == b"{":  # after the length of the header
        return "is a safetensors file; give it a name that ends in .safetensors"
    return "is no checkpoint, or holds more than weights, which could run as code; it is not loaded"


def _cut_off(path: Path) -> CheckpointError:
    return CheckpointError(f"{path} is cut off, damaged or no checkpoint; fetch it again")


def _unreadable(path: Path, error: OSError) -> CheckpointError:
    return CheckpointError(f"cannot read the checkpoint {path}: {error.strerror or error}")
