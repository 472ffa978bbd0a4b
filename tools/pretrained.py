"""Models in local folders of transformers' layout: ``config.json``, ``model.safetensors``, preprocessing.

Nothing is fetched, no pickle is opened, no code of a folder is run. Importing this module needs no extra.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dtwinseger.tools.digests import digest_of
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.twin.errors import CheckpointError, SettingsError

if TYPE_CHECKING:
    from torch import Tensor

WEIGHTS: Final = "model.safetensors"
CONFIG: Final = "config.json"
_MODULES: Final = ("torch", "torchvision", "transformers")
_READ: Final = ("*.json", "*.txt", "*.safetensors")
"""Files that transformers reads of a folder: configuration, preprocessing, tokenizer and weights."""
_OBJECTS: Final = (
    *("preprocessor_config.json", "processor_config.json", "tokenizer.json", "tokenizer_config.json"),
    *("vocab.json", "special_tokens_map.json", "added_tokens.json"),
)
"""Those of them that hold preprocessing and tokenizer, each a JSON object, as far as there are any."""
_CONFUSED: Final = (OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError)
"""What transformers raises where a file is well-formed but says something that it does not expect."""

_loading: Final = threading.Lock()


def check(name: str, folder: Path, kinds: Sequence[str], others: Sequence[str] = ()) -> None:
    """Refuse what cannot be loaded, before anything heavy is imported.

    Args:
        name: of the part, as the settings name it.
        kinds: what ``model_type`` in ``config.json`` may be.
        others: files that there must be besides; of ``a|b`` one.

    Raises:
        SettingsError: the extra ``hf`` is not installed.
        CheckpointError: no such folder, a file missing, or another kind of model.
    """
    if missing := [module for module in _MODULES if find_spec(module) is None]:
        raise SettingsError(
            f"{name} needs {', '.join(missing)}, not installed here; for it: pip install 'dtwinseger[hf]'"
        )
    if not folder.is_dir():
        raise CheckpointError(
            f"{name}: there is no folder {folder}; name one that holds {CONFIG} and {WEIGHTS}"
        )
    for file in (CONFIG, WEIGHTS, *others):
        if not any((folder / one).is_file() for one in file.split("|")):
            raise CheckpointError(
                f"{name}: {folder} has no {' or '.join(file.split('|'))}; fetch the model again"
            )
    kind = _object(folder / CONFIG).get("model_type")
    if kind not in kinds:
        raise CheckpointError(f"{name}: {folder} holds a model of kind {kind!r}, not {' or '.join(kinds)}")


def load(model: Any, folder: Path) -> Any:
    """The folder's weights as this model class of transformers: on the CPU, in float32, in evaluation mode.

    Raises:
        CheckpointError: the weights are cut off, or do not fit the configuration.
        MemoryError, RuntimeError: there is no room for them; see ``room_on``.
    """
    import torch
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError

    from dtwinseger.tools.promptable.memory import no_room

    try:
        with _quiet():
            made, report = model.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except SafetensorError as error:
        raise CheckpointError(
            f"{folder / WEIGHTS} is cut off or damaged ({_line(error)}); fetch it again"
        ) from error
    except (*_CONFUSED, RuntimeError, StrictDataclassError) as error:
        if no_room(error):
            raise
        raise CheckpointError(
            f"{folder}: {CONFIG} and {WEIGHTS} do not fit together: {_line(error)}"
        ) from error
    # transformers would go on with random numbers in place of what is missing.
    if absent := sorted(report["missing_keys"]):
        raise CheckpointError(
            f"{folder / WEIGHTS} lacks {len(absent)} tensors of the model, {absent[0]} first"
        )
    return made.eval()


def load_processor(processor: Any, folder: Path) -> Any:
    """The folder's preprocessing as this class of transformers.

    Raises:
        CheckpointError: its files are missing or damaged.
    """
    from huggingface_hub.errors import StrictDataclassError

    for name in _OBJECTS:
        if (folder / name).is_file():
            _object(folder / name)
    try:
        with _quiet():
            return processor.from_pretrained(folder, local_files_only=True)
    except (*_CONFUSED, StrictDataclassError) as error:
        raise CheckpointError(f"{folder}: cannot read its preprocessing: {_line(error)}") from error


def prepared(processor: Any, pixels: RGBImage, side: int, folder: Path) -> Tensor:
    """A picture as the folder's model takes it.

    Args:
        processor: of pictures, from the folder.
        pixels: uint8 RGB, shape (H, W, 3), any size from 1 x 1.
        side: of the square that the model sees, in pixels.

    Returns:
        float32, shape (1, 3, side, side), on the CPU.

    Raises:
        CheckpointError: the folder's preprocessing cannot be used, or makes pictures of another size.
        MemoryError, RuntimeError: there is no room for it; see ``room_on``.
    """
    from dtwinseger.tools.promptable.memory import no_room

    try:
        # A copy: torch warns of arrays that cannot be written to. The axes are named: a picture of three rows
        # would be taken for one of three channels.
        made: Tensor = processor(
            np.array(pixels), input_data_format="channels_last", return_tensors="pt"
        ).pixel_values
    except (*_CONFUSED, RuntimeError) as error:
        if no_room(error):
            raise
        raise CheckpointError(f"{folder}: its preprocessing cannot be used: {_line(error)}") from error
    height, width = made.shape[-2:]
    if (height, width) != (side, side):
        raise CheckpointError(
            f"{folder}: its preprocessing makes {height} x {width} pixels, its model sees {side} x {side}; "
            "fetch both again"
        )
    return made


def digest_of_folder(folder: Path) -> str:
    """SHA-256, in hexadecimal, of all that decides a model's answers: names and bytes of the files it reads.

    Raises:
        CheckpointError: one of them cannot be read.
    """
    files = sorted(file for pattern in _READ for file in folder.glob(pattern) if file.is_file())
    listing = "".join(f"{file.name} {digest_of(file)}\n" for file in files)
    return hashlib.sha256(listing.encode()).hexdigest()


def _object(file: Path) -> dict[str, Any]:
    """A file's JSON object.

    Raises:
        CheckpointError: it holds none.
    """
    try:
        read = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"cannot read {file}: {_line(error)}; fetch the model again") from error
    if not isinstance(read, dict):
        raise CheckpointError(f"{file} holds no JSON object; fetch the model again")
    return read


@contextmanager
def _quiet() -> Iterator[None]:
    """transformers without progress bars and reports: what is wrong we say ourselves, in one line.

    Without the lock, two threads that load models would put back each other's settings.
    """
    from transformers import utils

    told: Any = utils.logging
    with _loading:
        bars, level = told.is_progress_bar_enabled(), told.get_verbosity()
        told.disable_progress_bar()
        told.set_verbosity(logging.CRITICAL)
        try:
            yield
        finally:
            told.set_verbosity(level)
            if bars:
                told.enable_progress_bar()


def _line(error: BaseException) -> str:
    said = f"there is no {error}" if isinstance(error, KeyError) else str(error)
    return " ".join(said.split())
