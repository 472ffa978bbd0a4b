"""Weights that the parts can use: where they come from, and what of them lies in the folder.

Sizes and SHA-256 of SAM's files are those that many public repositories state; the model zoos of Fooocus and
of 3D Slicer's extensions are two that say the same.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from dtwinseger.tools.pretrained import CONFIG, WEIGHTS
from dtwinseger.twin.errors import SettingsError

State = Literal["there", "partly there", "not there", "of the wrong size"]

_SAM: Final = "https://dl.fbaipublicfiles.com/segment_anything"
_HUB: Final = "https://huggingface.co"


@dataclass(frozen=True)
class ModelFile:
    """One file of weights that ``models pull`` fetches.

    Attributes:
        name: as the setting ``segmenter`` names it.
        url: whence, whose last part is the file's name.
        size: in bytes.
        sha256: in hexadecimal.
        licence: of the weights, as SPDX names it.
    """

    name: str
    url: str
    size: int
    sha256: str
    licence: str = "Apache-2.0"

    def path(self, folder: Path) -> Path:
        """Where it lies in the folder of models."""
        return folder / self.url.rpartition("/")[2]

    def part(self, folder: Path) -> Path:
        """Where it lies while it is being pulled."""
        path = self.path(folder)
        return path.with_name(f"{path.name}.part")

    def state(self, folder: Path) -> State:
        """How much of it is there. Sizes alone are looked at; ``models pull`` verifies the digest."""
        path = self.path(folder)
        if path.is_file():
            return "there" if path.stat().st_size == self.size else "of the wrong size"
        return "partly there" if self.bytes_there(folder) else "not there"

    def bytes_there(self, folder: Path) -> int:
        """Bytes of it, or of its part, in the folder."""
        for path in (self.path(folder), self.part(folder)):
            if path.is_file():
                return path.stat().st_size
        return 0


@dataclass(frozen=True)
class ModelFolder:
    """A folder in the layout of ``transformers`` on Hugging Face, which a person fetches.

    Attributes:
        name: of the folder.
        kind: of part that loads it, the first half of its setting.
        repo: owner and name on the hub.
        licence: of the weights, as SPDX names it.
    """

    name: str
    kind: Literal["sam2", "owlv2"]
    repo: str
    licence: str = "Apache-2.0"

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"{_HUB}/{self.repo}"

    def path(self, folder: Path) -> Path:
        """Where it lies in the folder of models."""
        return folder / self.name

    def setting(self, folder: Path) -> str:
        """What to write into the settings."""
        return f"{self.kind}:{self.path(folder)}"

    def state(self, folder: Path) -> State:
        """Whether the configuration and the weights are there; what fetches them names them at their end."""
        path = self.path(folder)
        return "there" if all((path / name).is_file() for name in (CONFIG, WEIGHTS)) else "not there"

    def command(self, folder: Path) -> str:
        """What fetches it."""
        return f"hf download {self.repo} --local-dir {shlex.quote(str(self.path(folder)))}"


FILES: Final[tuple[ModelFile, ...]] = (
    ModelFile(
        "sam:vit_b",
        f"{_SAM}/sam_vit_b_01ec64.pth",
        375_042_383,
        "ec2df62732614e57411cdcf32a23ffdf28910380d03139ee0f4fcbe91eb8c912",
    ),
    ModelFile(
        "sam:vit_l",
        f"{_SAM}/sam_vit_l_0b3195.pth",
        1_249_524_607,
        "3adcc4315b642a4d2101128f611684e8734c41232a17c648ed1693702a49a622",
    ),
    ModelFile(
        "sam:vit_h",
        f"{_SAM}/sam_vit_h_4b8939.pth",
        2_564_550_879,
        "a7bf3b02f3ebf1267aba913ff637d9a2d5c33d3173bb679e46d9f338c26f262e",
    ),
)

FOLDERS: Final[tuple[ModelFolder, ...]] = (
    *(
        ModelFolder(f"sam2.1-hiera-{size}", "sam2", f"facebook/sam2.1-hiera-{size}")
        for size in ("tiny", "small", "base-plus", "large")
    ),
    ModelFolder("owlv2-base-patch16-ensemble", "owlv2", "google/owlv2-base-patch16-ensemble"),
)


def folder_of(home: Path) -> Path:
    """The folder of models below the home."""
    return home / "models"


def file_to_pull(name: str, folder: Path) -> ModelFile:
    """The file of this name.

    Raises:
        SettingsError: no model has this name, or it is one that a person fetches, with the command.
    """
    for file in FILES:
        if file.name == name:
            return file
    for other in FOLDERS:
        if name in (other.name, other.repo, other.setting(folder)):
            raise SettingsError(
                f"{other.name} is a folder that another program fetches: {other.command(folder)}"
            )
    raise SettingsError(f"no model {name!r} to pull; there is: {', '.join(file.name for file in FILES)}")


def megabytes(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def wrong_size(name: str, size: int, there: int) -> str:
    """What is wrong with a model's file that has so many bytes of its size, and what to do."""
    other = next((file.name for file in FILES if file.size == there), None)
    what = f"has {there} bytes of {size}"
    if other is not None:
        what = f"is a {other} by its size, not the {name} that its name says"
    return f"{what}; delete it and run: dtwinseger models pull {name}"


def entry(model: ModelFile | ModelFolder, folder: Path) -> dict[str, Any]:
    """All that is known of a model and its place, as JSON."""
    known: dict[str, Any] = {
        "name": model.name,
        "state": model.state(folder),
        "path": str(model.path(folder)),
        "url": model.url,
        "licence": model.licence,
    }
    if isinstance(model, ModelFile):
        bytes_there = model.bytes_there(folder)
        file = {"setting": model.name, "size": model.size, "bytes_there": bytes_there, "sha256": model.sha256}
        return known | file
    return known | {"setting": model.setting(folder), "command": model.command(folder)}


def lines(entry: dict[str, Any]) -> list[str]:
    """An entry as a person reads it."""
    state = entry["state"]
    if state == "partly there":
        state += f" ({100 * entry['bytes_there'] / entry['size']:.0f} %)"
    elif state == "of the wrong size":
        state += f": it {wrong_size(entry['name'], entry['size'], entry['bytes_there'])}"
    size = f"{megabytes(entry['size'])}, " if "size" in entry else ""
    by = f"sha256   {entry['sha256']}" if "sha256" in entry else f"fetch    {entry['command']}"
    return [
        f"{entry['name']}: {size}{state}",
        f"    address  {entry['url']}",
        f"    licence  {entry['licence']}",
        f"    place    {entry['path']}",
        f"    {by}",
    ]
