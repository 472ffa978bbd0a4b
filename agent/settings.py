"""Settings: read once, passed in. Argument beats environment beats ``.env`` beats default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as UnreadableError

from dtwinseger.graphs.options import Granularity, RunOptions
from dtwinseger.graphs.ports import Mode
from dtwinseger.tools.proposals import ProposalSettings
from dtwinseger.twin.errors import SettingsError
from dtwinseger.twin.wire import summary

PREFIX = "DTWINSEGER_"


class Settings(BaseSettings):
    """Everything that can be set, by argument or as ``DTWINSEGER_<NAME>`` in the environment.

    Fields of ``proposals`` are set as ``DTWINSEGER_PROPOSALS__<NAME>``.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    home: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default_factory=lambda: platformdirs.user_data_path("dtwinseger"),
        description="folder of artifacts, checkpoints, traces, models and the cache",
    )
    segmenter: str = Field(default="regions", description="what makes masks")
    tagger: str = Field(default="attributes", description="what says what they are")
    planner: str = Field(default="symbolic", description="what reasons over them")
    device: str = Field(default="auto", description="what models run on: auto, cpu, cuda, cuda:N, mps")
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="numbers of the segmenters' image encoders"
    )
    prompt_batch: int | None = Field(
        default=None,
        ge=1,
        description="prompts that a mask decoder gets at once; unset: what suits the device",
    )
    vocabulary: Annotated[Path, AfterValidator(Path.expanduser)] | None = Field(
        default=None, description="file of phrases that owlv2 always looks for, one a line; unset: its own"
    )
    owlv2_min_score: float = Field(
        default=0.1, ge=0, le=1, description="least score of a detection whose label is given"
    )
    owlv2_min_fit: float = Field(
        default=0.5, ge=0, le=1, description="least box IoU of a mask with the detection that labels it"
    )
    cache_mb: int = Field(
        default=2048, ge=0, description="most megabytes of kept embeddings and proposals; 0: none are kept"
    )
    checkpoints: SecretStr | None = Field(
        default=None, description="SQLite file of the checkpoints; by default checkpoints.sqlite in home"
    )
    max_objects: int = Field(default=80, ge=1, description="most objects that a view has")
    max_steps: int = Field(default=6, ge=1, description="most filter steps of a run")
    max_calls: int = Field(default=60, ge=1, description="most moves of the planner in a run")
    max_seconds: float = Field(default=600, gt=0, description="most working time of a run")
    max_pixels: int = Field(default=50_000_000, ge=1, description="largest picture, height x width")
    max_query_chars: int = Field(default=2_000, ge=1, description="longest query")
    tagging: Literal["per_query", "once"] = Field(
        default="per_query", description="tags with the query in mind, or such that serve any question"
    )
    tag_batch: int = Field(default=8, ge=1, description="objects that are tagged together")
    proposals: ProposalSettings = ProposalSettings()

    def options(
        self, *, granularity: Granularity = "auto", mode: Mode = "tools", accept_partial: bool = False
    ) -> RunOptions:
        """The options of one run under these settings."""
        shared = {name: getattr(self, name) for name in RunOptions.model_fields if hasattr(self, name)}
        return RunOptions(**shared, granularity=granularity, mode=mode, accept_partial=accept_partial)


def load_settings(**arguments: Any) -> Settings:
    """Settings from arguments (None: not given), environment, ``.env`` and defaults.

    Raises:
        SettingsError: one does not fit; the line names it and what it takes.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(f"settings: {summary(error)} (as {PREFIX}<NAME> in the environment)") from error
    except UnreadableError as error:
        raise SettingsError(f"settings: {error}: it is not JSON") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the file .env cannot be read: {error}") from error


def unknown_variables() -> list[str]:
    """Environment variables with our prefix that set nothing: most likely slips of the pen."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    nested = {f"{PREFIX}PROPOSALS__{name.upper()}" for name in ProposalSettings.model_fields}
    ours = {"DTWINSEGER_TEST_DATA"}
    return sorted(v for v in os.environ if v.startswith(PREFIX) and v.upper() not in known | nested | ours)
