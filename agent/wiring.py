"""From names in the settings to live parts. A part is used only when it is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Final, TypeVar

from dtwinseger.agent.cache import MEGABYTE, FolderCache
from dtwinseger.agent.code import code_digest
from dtwinseger.agent.models import FILES, folder_of, wrong_size
from dtwinseger.agent.settings import Settings
from dtwinseger.agent.store import FolderStore
from dtwinseger.graphs.ports import Planner
from dtwinseger.graphs.workspace import Services
from dtwinseger.tools.ports import Segmenter, Tagger
from dtwinseger.twin.errors import CheckpointError, SettingsError

T = TypeVar("T")
Make = Callable[[Settings, str], T]
"""Makes a part from the settings and what stands after the colon of its name."""

CODE: Final = ("tools", "twin")
"""The folders whose sources make what the cache keeps."""
LIBRARIES: Final = (
    *("numpy", "opencv-python-headless", "pillow", "scikit-image", "scipy"),
    *("torch", "torchvision", "segment-anything", "transformers"),
)
"""The packages that make it with them, as far as they are installed."""
_OF_EXTRAS: Final = ("torch", "torchvision", "segment_anything", "safetensors", "transformers")


def _regions(_: Settings, __: str) -> Segmenter:
    from dtwinseger.tools.regions.segmenter import Regions

    return Regions()


def _sam(settings: Settings, which: str) -> Segmenter:
    name, checkpoint = _sam_file(settings, which)
    with _from_extra("sam", name):
        from dtwinseger.tools.sam.segmenter import Sam

    return Sam(
        name,
        checkpoint,
        device=settings.device,
        precision=settings.precision,
        prompt_batch=settings.prompt_batch,
    )


def _sam_file(settings: Settings, which: str) -> tuple[str, Path]:
    """The name that results carry, and the checkpoint.

    Raises:
        CheckpointError: it is not there, or is a published file of another size.
    """
    folder = folder_of(settings.home)
    for known in FILES:
        if known.name == f"sam:{which}":
            path = known.path(folder)
            if not path.is_file():
                raise CheckpointError(
                    f"the weights of {known.name} are not there; run: dtwinseger models pull {known.name} "
                    f"(or put {known.url} into {folder})"
                )
            if known.state(folder) == "of the wrong size":
                wrong = wrong_size(known.name, known.size, known.bytes_there(folder))
                raise CheckpointError(f"{path} {wrong}")
            return known.name, path
    path = Path(which).expanduser()
    if path.is_dir():
        raise CheckpointError(
            f"{path} is a folder; sam:FILE takes a .pth or .safetensors, a folder of transformers is sam2:DIR"
        )
    if not path.is_file():
        names = ", ".join(known.name for known in FILES)
        raise CheckpointError(
            f"there is no checkpoint {path}; name {names}, or sam:FILE, a .pth or .safetensors"
        )
    return _named("sam", path), path


def _sam2(settings: Settings, which: str) -> Segmenter:
    folder = _folder("sam2", which)
    name = _named("sam2", folder)
    with _from_extra("hf", name):
        from dtwinseger.tools.sam2.segmenter import Sam2

    return Sam2(
        name,
        folder,
        device=settings.device,
        precision=settings.precision,
        prompt_batch=settings.prompt_batch,
    )


def _attributes(_: Settings, __: str) -> Tagger:
    from dtwinseger.tools.attributes import AttributeTagger

    return AttributeTagger()


def _owlv2(settings: Settings, which: str) -> Tagger:
    folder = _folder("owlv2", which)
    name = _named("owlv2", folder)
    with _from_extra("hf", name):
        from dtwinseger.tools.owlv2.tagger import Owlv2Tagger

    return Owlv2Tagger(
        name,
        folder,
        device=settings.device,
        precision=settings.precision,
        vocabulary_file=settings.vocabulary,
        min_score=settings.owlv2_min_score,
        min_fit=settings.owlv2_min_fit,
    )


def _chat_tagger(settings: Settings, model: str) -> Tagger:
    from dtwinseger.agent.remote import chat_client
    from dtwinseger.tools.vlm.tagger import ChatTagger

    return ChatTagger(
        chat_client(settings, model),
        views=settings.views,
        strategy=settings.strategy,
        cache=_cache(settings),
    )


def _chat_planner(settings: Settings, model: str) -> Planner:
    from dtwinseger.agent.language.planner import ChatPlanner
    from dtwinseger.agent.remote import chat_client

    counts = settings.max_tokens is not None or settings.max_usd is not None
    return ChatPlanner(chat_client(settings, model), counts=counts)


def _symbolic(_: Settings, __: str) -> Planner:
    from dtwinseger.agent.symbolic.planner import SymbolicPlanner

    return SymbolicPlanner()


def _scripted(_: Settings, which: str) -> Planner:
    from dtwinseger.agent.scripted import ScriptedPlanner

    return ScriptedPlanner.read(Path(which).expanduser())


# Heavy imports happen when a part is made, so that `--help` is quick. A capital word stands for what is
# written after the colon; `sam:FILE` makes the files that have a name too.
SEGMENTERS: Final[Mapping[str, Make[Segmenter]]] = {
    "regions": _regions,
    **{file.name: _sam for file in FILES},
    "sam:FILE": _sam,
    "sam2:DIR": _sam2,
}
TAGGERS: Final[Mapping[str, Make[Tagger]]] = {
    "attributes": _attributes,
    "owlv2:DIR": _owlv2,
    "openai:MODEL": _chat_tagger,
}
PLANNERS: Final[Mapping[str, Make[Planner]]] = {
    "symbolic": _symbolic,
    "openai:MODEL": _chat_planner,
    "scripted:FILE": _scripted,
}


def segmenter_of(settings: Settings) -> Segmenter:
    """The segmenter that the settings name, alone. Raises as ``services_of``."""
    return _made("segmenter", settings, settings.segmenter, SEGMENTERS)


def services_of(settings: Settings) -> Services:
    """The live parts that the settings name. Weights are looked for, but not read yet.

    Raises:
        SettingsError: a name that no part has, or an extra that is not installed.
        CheckpointError: weights that are not there.
    """
    return Services(
        segmenter=segmenter_of(settings),
        tagger=_made("tagger", settings, settings.tagger, TAGGERS),
        planner=_made("planner", settings, settings.planner, PLANNERS),
        store=FolderStore(settings.home / "artifacts"),
        cache=_cache(settings),
    )


def _made(kind: str, settings: Settings, name: str, parts: Mapping[str, Make[T]]) -> T:
    family, _, which = name.partition(":")
    for known, make in parts.items():
        if name == known or (which and known in (f"{family}:FILE", f"{family}:DIR", f"{family}:MODEL")):
            return make(settings, which)
    raise SettingsError(f"no {kind} {name!r}; there is: {', '.join(parts)}")


def _cache(settings: Settings) -> FolderCache | None:
    if settings.cache_mb == 0:
        return None
    sources = [code_digest(files(f"dtwinseger.{folder}")) for folder in CODE]
    code = " ".join((version("dtwinseger"), *sources, *_libraries()))
    return FolderCache(settings.home / "cache", settings.cache_mb * MEGABYTE, code)


def _libraries() -> Iterator[str]:
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


def _folder(kind: str, which: str) -> Path:
    folder = Path(which).expanduser()
    if not folder.is_dir():
        raise CheckpointError(
            f"{kind}: there is no folder {folder}; 'dtwinseger models list' says what fetches one"
        )
    return folder


def _named(kind: str, path: Path) -> str:
    """The name of a part with weights of one's own: no place on this machine gets into results."""
    return f"{kind}:{path.resolve().name}".lower()


@contextmanager
def _from_extra(extra: str, name: str) -> Iterator[None]:
    """Imports that only an extra brings.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _OF_EXTRAS:
            raise
        raise SettingsError(
            f"{name} needs {error.name}, which is not installed; run: pip install 'dtwinseger[{extra}]'"
        ) from error
