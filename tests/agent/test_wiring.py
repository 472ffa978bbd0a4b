"""From names to parts: which there are, what each is made with, and what is said when one cannot be."""

from __future__ import annotations

import builtins
import sys
import types
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from dtwinseger.agent.cache import FolderCache
from dtwinseger.agent.models import FILES
from dtwinseger.agent.settings import Settings, load_settings, unknown_variables
from dtwinseger.agent.wiring import services_of
from dtwinseger.twin.errors import CheckpointError, SettingsError, UserError

ABLATION = Path(__file__).parents[2] / "examples" / "ablation"
PUBLISHED = {
    "sam:vit_b": "sam_vit_b_01ec64.pth",
    "sam:vit_l": "sam_vit_l_0b3195.pth",
    "sam:vit_h": "sam_vit_h_4b8939.pth",
}


SIZES = {file.name: file.size for file in FILES}


def hollow(path: Path, size: int) -> None:
    """A file of so many bytes that takes no room."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size)


class Made:
    """A part that remembers what it was made with."""

    def __init__(self, name: str, place: Path, **settings: Any) -> None:
        self.name, self.place, self.settings = name, place, settings
        self.fingerprint = name


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of the modules that need an extra."""
    for module, name in (
        ("sam.segmenter", "Sam"),
        ("sam2.segmenter", "Sam2"),
        ("owlv2.tagger", "Owlv2Tagger"),
    ):
        fake = types.ModuleType(f"dtwinseger.tools.{module}")
        setattr(fake, name, Made)
        monkeypatch.setitem(sys.modules, fake.__name__, fake)


def made(kind: str, name: str, **settings: Any) -> Any:
    return getattr(services_of(load_settings(**{kind: name}, **settings)), kind)


def refused(kind: str, name: str) -> UserError:
    with pytest.raises(UserError) as error:
        made(kind, name)
    assert "\n" not in str(error.value)
    return error.value


# ---- names --------------------------------------------------------------------------------------


def test_by_default_the_embedded_parts_are_made() -> None:
    services = services_of(load_settings())
    assert (services.segmenter.name, services.tagger.name, services.planner.name) == (
        "regions",
        "attributes",
        "symbolic",
    )


@pytest.mark.parametrize(
    ("kind", "there"),
    [
        ("segmenter", "regions, sam:vit_b, sam:vit_l, sam:vit_h, sam:FILE, sam2:DIR"),
        ("tagger", "attributes, owlv2:DIR, openai:MODEL"),
        ("planner", "symbolic, openai:MODEL, scripted:FILE"),
    ],
)
@pytest.mark.parametrize(
    "name", ["nope", "", "sam", "sam2", "owlv2", "sam:", "owlv2:", "regions:x", "SAM:vit_b"]
)
def test_a_name_that_no_part_has_is_refused_with_those_there_are(kind: str, name: str, there: str) -> None:
    with pytest.raises(SettingsError) as error:
        services_of(Settings(**{kind: name}))
    assert str(error.value) == f"no {kind} {name!r}; there is: {there}"


def test_the_published_checkpoints_are_those_of_segment_anything() -> None:
    assert {file.name: file.path(Path()).name for file in FILES} == PUBLISHED


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_sam_lies_in_the_homes_models(home: Path, name: str) -> None:
    path = home / "models" / PUBLISHED[name]
    hollow(path, SIZES[name])
    part = made("segmenter", name, device="cpu", precision="float32", prompt_batch=8)
    assert (part.name, part.place) == (name, path)
    assert part.settings == {"device": "cpu", "precision": "float32", "prompt_batch": 8}


@pytest.mark.usefixtures("parts")
def test_without_settings_the_device_and_the_numbers_are_chosen_by_the_part(work: Path) -> None:
    (work / "w.pth").touch()
    assert made("segmenter", "sam:w.pth").settings == {
        "device": "auto",
        "precision": "auto",
        "prompt_batch": None,
    }


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("kind", ["sam", "sam2", "owlv2"])
def test_a_part_with_weights_of_ones_own_is_named_by_their_last_name(work: Path, kind: str) -> None:
    place = work / "deep" / "My-Weights.safetensors"
    place.parent.mkdir()
    place.touch() if kind == "sam" else place.mkdir()
    role = "tagger" if kind == "owlv2" else "segmenter"
    for said in (str(place), "deep/My-Weights.safetensors", "deep/../deep/My-Weights.safetensors"):
        part = made(role, f"{kind}:{said}")
        assert part.name == f"{kind}:my-weights.safetensors"
        assert part.place.resolve() == place
    if kind != "sam":
        assert made(role, f"{kind}:{place}/").name == f"{kind}:my-weights.safetensors"


@pytest.mark.usefixtures("parts")
def test_a_place_below_the_home_folder_of_the_person_is_found(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(work))
    (work / "w.pth").touch()
    assert made("segmenter", "sam:~/w.pth").place == work / "w.pth"


@pytest.mark.usefixtures("parts")
def test_the_tagger_gets_its_numbers_vocabulary_and_thresholds(work: Path) -> None:
    (work / "owl").mkdir()
    thresholds = {"owlv2_min_score": 0.3, "owlv2_min_fit": 0.4}
    part = made("tagger", "owlv2:owl", vocabulary="words.txt", precision="bfloat16", **thresholds)
    assert part.settings == {
        "device": "auto",
        "precision": "bfloat16",
        "vocabulary_file": Path("words.txt"),
        "min_score": 0.3,
        "min_fit": 0.4,
    }


# ---- what is missing ----------------------------------------------------------------------------


def test_weights_that_are_not_there_are_named_with_the_command_the_address_and_the_folder(home: Path) -> None:
    error = refused("segmenter", "sam:vit_b")
    assert isinstance(error, CheckpointError)
    for word in (
        "sam:vit_b",
        "dtwinseger models pull sam:vit_b",
        "https://dl.fbaipublicfiles.com/segment_anything/sam_vit_b_01ec64.pth",
        str(home / "models"),
    ):
        assert word in str(error)


@pytest.mark.parametrize("name", ["sam:vit_x", "sam:gone.pth", "sam:FILE"])
def test_a_checkpoint_that_is_not_there_is_named_with_what_could_be(name: str) -> None:
    error = refused("segmenter", name)
    assert isinstance(error, CheckpointError)
    assert str(error).startswith(f"there is no checkpoint {name.removeprefix('sam:')}; name sam:vit_b, ")


def test_a_folder_in_place_of_a_checkpoint_is_told(work: Path) -> None:
    (work / "sam2.1").mkdir()
    assert str(refused("segmenter", "sam:sam2.1")) == (
        "sam2.1 is a folder; sam:FILE takes a .pth or .safetensors, a folder of transformers is sam2:DIR"
    )


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize(
    ("size", "wrong"),
    [
        (32, "has 32 bytes of 1249524607"),
        (SIZES["sam:vit_l"] + 1, "has 1249524608 bytes of 1249524607"),
        (SIZES["sam:vit_b"], "is a sam:vit_b by its size, not the sam:vit_l that its name says"),
    ],
)
def test_a_published_file_of_another_size_is_refused_unopened_with_what_to_do(
    home: Path, size: int, wrong: str
) -> None:
    path = home / "models" / PUBLISHED["sam:vit_l"]
    hollow(path, size)
    error = refused("segmenter", "sam:vit_l")
    assert isinstance(error, CheckpointError)
    assert str(error) == f"{path} {wrong}; delete it and run: dtwinseger models pull sam:vit_l"


@pytest.mark.parametrize(("kind", "family"), [("segmenter", "sam2"), ("tagger", "owlv2")])
def test_a_folder_that_is_not_there_is_named(kind: str, family: str) -> None:
    error = refused(kind, f"{family}:gone/model")
    assert isinstance(error, CheckpointError)
    assert f"{family}: there is no folder gone/model" in str(error)


@pytest.mark.parametrize(
    ("kind", "family", "extra", "module"),
    [
        ("segmenter", "sam", "sam", "torch"),
        ("segmenter", "sam", "sam", "segment_anything"),
        ("segmenter", "sam2", "hf", "transformers"),
        ("tagger", "owlv2", "hf", "torch.nn"),
    ],
)
def test_an_extra_that_is_not_installed_is_named_with_its_command(
    work: Path, monkeypatch: pytest.MonkeyPatch, kind: str, family: str, extra: str, module: str
) -> None:
    imported = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith(f"dtwinseger.tools.{family}."):
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)
        return imported(name, *rest)

    place = work / "weights.pth"
    place.touch() if family == "sam" else place.mkdir()
    monkeypatch.setattr(builtins, "__import__", missing)
    error = refused(kind, f"{family}:weights.pth")
    assert isinstance(error, SettingsError)
    assert f"{family}:weights.pth needs {module}, which is not installed" in str(error)
    assert f"pip install 'dtwinseger[{extra}]'" in str(error)


def test_a_module_of_ours_that_is_missing_is_a_fault_and_not_an_extra(
    work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (work / "w.pth").touch()
    monkeypatch.setitem(sys.modules, "dtwinseger.tools.sam.segmenter", None)
    with pytest.raises(ModuleNotFoundError):
        made("segmenter", "sam:w.pth")


# ---- the cache ----------------------------------------------------------------------------------


def test_the_cache_lies_in_the_home_and_is_as_large_as_the_setting_says(home: Path) -> None:
    cache = services_of(load_settings(cache_mb=1)).cache
    assert isinstance(cache, FolderCache)
    cache.put(["key"], bytes(999_000))
    cache.put(["large"], bytes(1_000_001))
    assert (cache.get(["key"]), cache.get(["large"])) == (bytes(999_000), None)
    assert (home / "cache").is_dir()


def test_none_is_kept_where_the_cache_is_switched_off() -> None:
    assert services_of(load_settings(cache_mb=0)).cache is None


def test_what_other_sources_made_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    before = services_of(load_settings()).cache
    assert before is not None
    before.put(["key"], b"masks")
    assert services_of(load_settings()).cache.get(["key"]) == b"masks"
    monkeypatch.setattr("dtwinseger.agent.wiring.code_digest", lambda folder: f"other {folder.name}")
    assert services_of(load_settings()).cache.get(["key"]) is None


@pytest.mark.parametrize(
    "library",
    [
        *("numpy", "scikit-image", "scipy", "opencv-python-headless", "pillow"),
        *("torch", "torchvision", "segment-anything", "transformers"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_what_another_version_of_a_library_made_is_not_found(
    monkeypatch: pytest.MonkeyPatch, library: str, there: bool
) -> None:
    def other(name: str) -> str:
        if name != library:
            return version(name)
        if there:
            return "0.0.1"
        raise PackageNotFoundError(name)

    services_of(load_settings()).cache.put(["key"], b"masks")
    monkeypatch.setattr("dtwinseger.agent.wiring.version", other)
    cache = services_of(load_settings()).cache
    assert cache.get(["key"]) is None
    cache.put(["key"], b"others")
    assert services_of(load_settings()).cache.get(["key"]) == b"others"


# ---- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong", [{"precision": "float16"}, {"prompt_batch": 0}, {"cache_mb": -1}, {"owlv2_min_score": 2}]
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        load_settings(**wrong)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DTWINSEGER_MAX_STEPS", "0"),
        ("DTWINSEGER_PROPOSALS__THETA_IOU", "1.5"),
        ("DTWINSEGER_PROPOSALS__STABILITY", "2"),
        ("DTWINSEGER_PROPOSALS__STABILITY", "sometimes"),
        ("DTWINSEGER_PROPOSALS__NOPE", "1"),
        ("DTWINSEGER_PROPOSALS", "[1]"),
    ],
)
def test_a_wrong_setting_is_named_as_it_is_called_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as error:
        load_settings(temperature=9)
    assert str(error.value).endswith(f" (in the environment: DTWINSEGER_TEMPERATURE, {variable})")


@pytest.mark.parametrize(
    ("file", "segmenter", "method"),
    [
        ("sam_only.env", "sam:vit_h", "plain"),
        ("sam_fine_tuned.env", "sam:build/sam_levels/sam.safetensors", "pooled"),
    ],
)
def test_the_rows_of_the_ablation_are_settings(
    monkeypatch: pytest.MonkeyPatch, file: str, segmenter: str, method: str
) -> None:
    settings = Settings(_env_file=ABLATION / file)
    assert (settings.segmenter, settings.proposals.method) == (segmenter, method)
    assert settings.model_fields_set - {"home"} == {"segmenter", "proposals"}
    for line in (ABLATION / file).read_text().splitlines():
        if line and not line.startswith("#"):
            monkeypatch.setenv(*line.split("=", 1))
    assert unknown_variables() == []
    assert load_settings() == settings
