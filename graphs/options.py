"""Per-run options: JSON values only, so that they can be compared when a run is resumed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from dtwinseger.graphs.ports import Mode
from dtwinseger.tools.proposals import ProposalSettings
from dtwinseger.twin.schema import Level

Granularity = Literal["auto"] | Level


class RunOptions(BaseModel):
    """What one run may do and spend.

    Attributes:
        max_steps: filter steps; max_calls: moves of the planner; max_seconds: working time, summed over
            the nodes, so that the time between a kill and a resume does not count.
        max_tokens: of models, input and output together; max_usd: what they cost. None: no limit. Both are
            looked at between nodes: what was begun is paid for.
        tagging: with the query in mind, or so that the tags serve any question.
        accept_partial: when a budget is spent, take the last state as an incomplete answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    granularity: Granularity = "auto"
    mode: Mode = "tools"
    max_objects: int = Field(default=80, ge=1)
    max_steps: int = Field(default=6, ge=1)
    max_calls: int = Field(default=60, ge=1)
    max_seconds: float = Field(default=600, gt=0)
    max_tokens: int | None = Field(default=None, ge=1)
    max_usd: float | None = Field(default=None, gt=0)
    max_pixels: int = Field(default=50_000_000, ge=1)
    tagging: Literal["per_query", "once"] = "per_query"
    tag_batch: int = Field(default=8, ge=1)
    accept_partial: bool = False
    proposals: ProposalSettings = ProposalSettings()
