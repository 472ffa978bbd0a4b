"""The state of a training between two runs of the command: all that decides how it goes on."""

from __future__ import annotations

import io
import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import torch

from dtwinseger.agent.files import write_atomically
from dtwinseger.tools.promptable.memory import no_room
from dtwinseger.training.sam.config import TrainConfig, differences
from dtwinseger.twin.errors import BadInputError, ResumeRefusedError

STATE: Final = "state.pt"
_VERSION: Final = 2
# What torch raises on files that are cut off or none of its own, and we on contents that are not ours.
DAMAGE: Final = (
    RuntimeError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    pickle.UnpicklingError,
)


@dataclass(frozen=True, eq=False)
class State:
    """After so many steps. Pictures and prompts are drawn by the step's number, so no generator is kept.

    Attributes:
        weights: of what is trained alone: all of the SAM, its mask decoder below ``mask_decoder.``, or the
            levels' decoders below ``decoder_LEVEL.``. The rest is the checkpoint's that it began from.
        optimiser: AdamW's own state.
        pending: the losses of the steps since the last line of the curves.
    """

    step: int
    weights: Mapping[str, torch.Tensor]
    optimiser: Mapping[str, Any]
    pending: list[Mapping[str, float]] = field(default_factory=list)


def save_state(folder: Path, config: TrainConfig, inputs: Mapping[str, str], state: State) -> None:
    """Write it aside and rename it.

    Args:
        inputs: digests of the files that the training reads, by what they are.

    Raises:
        OutputError: it cannot be written.
    """
    buffer = io.BytesIO()
    content = {
        "version": _VERSION,
        "config": config.model_dump_json(),
        "inputs": dict(inputs),
        "step": state.step,
        "weights": dict(state.weights),
        "optimiser": dict(state.optimiser),
        "pending": [dict(losses) for losses in state.pending],
    }
    torch.save(content, buffer)
    # Not a second copy: CPython hands out the buffer itself.
    write_atomically(folder / STATE, buffer.getvalue())


def load_state(folder: Path, config: TrainConfig, inputs: Mapping[str, str]) -> State | None:
    """The state to go on from; None where there is none yet.

    Raises:
        ResumeRefusedError: it is of another configuration, or what it read has changed; both are named.
        BadInputError: it cannot be read.
        MemoryError, RuntimeError: there is no room for it; see ``room_for``.
    """
    path = folder / STATE
    if not path.exists():
        return None
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if not isinstance(content, dict):
            raise unreadable(folder)
        if content["version"] != _VERSION:
            raise BadInputError(f"{path} is of another version; give `out` another folder")
        changed = differences(json.loads(content["config"]), json.loads(config.model_dump_json()))
        changed += [f"{what} has changed" for what in inputs if content["inputs"].get(what) != inputs[what]]
        state = State(content["step"], content["weights"], content["optimiser"], content["pending"])
    except OSError as error:
        if error.errno is None:  # torch's own, of a file that is cut off
            raise unreadable(folder) from error
        raise BadInputError(f"cannot read {path}: {error.strerror}") from error
    except DAMAGE as error:
        if no_room(error):
            raise
        raise unreadable(folder) from error
    if changed:
        raise ResumeRefusedError(
            f"{folder} holds a training of another configuration: {'; '.join(changed)}; "
            "change that back, or give `out` another folder"
        )
    return state


def unreadable(folder: Path) -> BadInputError:
    """The one line for a state that is damaged."""
    return BadInputError(f"{folder / STATE} cannot be read; remove it to begin again")
