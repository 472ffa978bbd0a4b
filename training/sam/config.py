"""The TOML file that says what is trained on what; unknown and missing words are refused by name."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dtwinseger.tools.sam.architecture import SamSizes
from dtwinseger.training.pictures.settings import PicturesSettings
from dtwinseger.training.sam.losses import ALPHA
from dtwinseger.training.sam.prompts import PromptSettings
from dtwinseger.training.shapes import ShapesSettings
from dtwinseger.twin.errors import SettingsError

# What may differ between the two halves of an interrupted training: where and in how many processes it runs,
# and how often it saves.
_FREE: Final = frozenset({"out", "device", "threads", "save_every", "data.workers"})


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class CocoData(_Table):
    """COCO instance annotations: crowds are groups, all else objects."""

    kind: Literal["coco"]
    annotations: Path = Field(description="the JSON file")
    images: Path = Field(description="folder that its file names lie in")


class ScenesData(_Table):
    """Folders that ``dtwinseger scenes make`` wrote: groups, objects and parts."""

    kind: Literal["scenes"]
    roots: tuple[Path, ...] = Field(min_length=1, description="the folders")


class ShapesData(_Table):
    """Plain shapes that training draws itself, never the same picture twice."""

    kind: Literal["shapes"]
    seed: int = Field(default=1, ge=0, description="the same seed gives the same pictures")
    plain_first: int = Field(
        default=0, ge=0, description="first so many pictures are plain: no parts, groups, noise, grounds"
    )
    shapes: ShapesSettings = ShapesSettings()


class PicturesData(_Table):
    """Rich pictures that training draws itself, never the same twice: see ``training/pictures``."""

    kind: Literal["pictures"]
    seed: int = Field(default=1, ge=0, description="the same seed gives the same pictures")
    easy_first: int = Field(
        default=0, ge=0, description="over the first so many pictures they go from plain to what is asked for"
    )
    workers: int = Field(default=0, ge=0, le=64, description="processes that draw ahead; 0: none but its own")
    pictures: PicturesSettings = PicturesSettings()


Data = Annotated[CocoData | ScenesData | ShapesData | PicturesData, Field(discriminator="kind")]


class TrainConfig(_Table):
    """One training. Paths are relative to the current folder."""

    out: Path = Field(description="folder of the state, the curves and the checkpoint")
    data: Data
    train: Literal["decoder", "all"] = Field(description="the mask decoder alone, or everything")
    checkpoint: Path | None = Field(default=None, description="to begin from")
    sizes: SamSizes | None = Field(default=None, description="of a SAM that begins with random weights")
    levels: bool = Field(default=False, description="a mask decoder for each granularity")
    prompts: PromptSettings = PromptSettings()
    steps: int = Field(ge=1, description="batches")
    pictures: int = Field(default=4, ge=1, description="pictures of a batch")
    lr: float = Field(default=1e-4, gt=0, description="highest learning rate; falls to 0 as a cosine")
    warmup: int = Field(default=250, ge=0, description="steps until the learning rate is reached")
    weight_decay: float = Field(default=0.01, ge=0)
    clip: float = Field(default=1.0, gt=0, description="most that the gradients' norm may be")
    alpha: float = Field(default=ALPHA, gt=0, lt=1, description="weight of a mask's pixels in the focal loss")
    seed: int = Field(default=0, ge=0, description="of weights, order of pictures and prompts")
    held_out: int = Field(default=40, ge=1, description="pictures that are measured on, never trained on")
    measure_every: int = Field(default=500, ge=1, description="steps")
    save_every: int = Field(default=200, ge=1, description="steps")
    half: bool = Field(default=False, description="write the checkpoint as float16")
    device: str = Field(default="cpu", description="where it runs: auto, cpu, mps, cuda, cuda:1")
    threads: int | None = Field(default=None, ge=1, description="of the CPU; unset: torch's own choice")

    @model_validator(mode="after")
    def _fits_together(self) -> TrainConfig:
        if (self.checkpoint is None) == (self.sizes is None):
            raise ValueError("give either `checkpoint` or the `sizes` of a SAM from scratch")
        if self.sizes is not None and self.train != "all":
            raise ValueError('a SAM from scratch needs train = "all"')
        if self.levels and self.train != "decoder":
            raise ValueError('`levels` trains decoders of one encoder: it needs train = "decoder"')
        return self


def read_config(path: Path) -> TrainConfig:
    """Read a TOML file.

    Raises:
        SettingsError: it cannot be read, is not TOML, or has words or values that do not fit; all are named.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the configuration {path}: {error.strerror}") from error
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are
        raise SettingsError(f"{path} is no TOML file: {error}") from error
    try:
        return TrainConfig.model_validate(data)
    except ValidationError as error:
        found = "; ".join(_said(one) for one in error.errors())
        raise SettingsError(f"{path}: {found}") from error


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What changed between two configurations (as JSON) that one training cannot go on under."""
    old, new = _flat(before), _flat(now)
    changed = [key for key in sorted((old | new).keys() - _FREE) if old.get(key) != new.get(key)]
    return [f"{key} was {old.get(key)} and is {new.get(key)} now" for key in changed]


def _said(error: Any) -> str:
    place = ".".join(map(str, error["loc"]))
    what = error["msg"].removeprefix("Value error, ")
    return f"{place}: {what}" if place else what


def _flat(data: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in data.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found
