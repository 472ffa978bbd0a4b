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
from dtwinseger.tools.vlm.names import Strategy, ViewsName
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
        env_parse_none_str="none",
        populate_by_name=True,
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
    openai_base_url: str | None = Field(
        default=None,
        validation_alias="OPENAI_BASE_URL",
        description="address of the models' service, up to and including its version; unset: OpenAI's",
    )
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias="OPENAI_API_KEY", description="its key, where it asks for one"
    )
    views: ViewsName = Field(
        default="both", description="what a vision model is shown of each mask: crop, marks, both"
    )
    strategy: Strategy = Field(
        default="system", description="how it is asked for tags: direct, in_context, system"
    )
    temperature: float | None = Field(
        default=0.0, ge=0, le=2, description="of models; none: not sent, since some refuse it"
    )
    max_output_tokens: int | None = Field(
        default=None, ge=1, description="most tokens of one answer; unset: the service's own limit"
    )
    call_seconds: float = Field(
        default=120, gt=0, description="most seconds of one call, all its tries included"
    )
    retries: int = Field(default=4, ge=0, description="tries after the first, where trying again can help")
    in_flight: int = Field(default=4, ge=1, description="most calls to a model at once")
    prices: Annotated[Path, AfterValidator(Path.expanduser)] | None = Field(
        default=None, description="TOML file of what tokens cost; unset: nothing is known"
    )
    cache_mb: int = Field(
        default=2048,
        ge=0,
        description="most megabytes of kept embeddings, proposals and models' answers; 0: none are kept",
    )
    checkpoints: SecretStr | None = Field(
        default=None, description="SQLite file of the checkpoints; by default checkpoints.sqlite in home"
    )
    max_objects: int = Field(default=80, ge=1, description="most objects that a view has")
    max_steps: int = Field(default=6, ge=1, description="most filter steps of a run")
    max_calls: int = Field(default=60, ge=1, description="most moves of the planner in a run")
    max_seconds: float = Field(default=600, gt=0, description="most working time of a run")
    max_tokens: int | None = Field(
        default=None, ge=1, description="most tokens of models in a run, input and output; unset: no limit"
    )
    max_usd: float | None = Field(
        default=None, gt=0, description="most US dollars of a run, by the table of prices; unset: no limit"
    )
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
        names = dict.fromkeys(_variable(wrong["loc"]) for wrong in error.errors())
        raise SettingsError(f"settings: {summary(error)} (in the environment: {', '.join(names)})") from error
    except UnreadableError as error:
        raise SettingsError(f"settings: {error}: it is not JSON") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"the file .env cannot be read: {error}") from error


def _variable(place: tuple[int | str, ...]) -> str:
    """What a setting is called in the environment."""
    # What is deeper than a field of ``proposals`` is a kind of value.
    return PREFIX + "__".join(map(str, place[:2])).upper()


def unknown_variables() -> list[str]:
    """Environment variables with our prefix that set nothing: most likely slips of the pen."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    nested = {f"{PREFIX}PROPOSALS__{name.upper()}" for name in ProposalSettings.model_fields}
    ours = {"DTWINSEGER_TEST_DATA"}
    return sorted(v for v in os.environ if v.startswith(PREFIX) and v.upper() not in known | nested | ours)
