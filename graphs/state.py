"""The graphs' state: small, typed, JSON-able. Masks and pictures are artifact ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated, Any

from langchain_core.messages import AnyMessage
from langgraph.graph.message import add_messages
from pydantic import BaseModel, ConfigDict, Field

from dtwinseger.graphs.options import RunOptions
from dtwinseger.twin.errors import BudgetName
from dtwinseger.twin.result import Components, EvidenceTally, ImageInfo, Status, Usage
from dtwinseger.twin.schema import Frozen, Level, Semantics
from dtwinseger.twin.steps import FilterStep, GrowStep, RevertStep, Step, ToldStep

StateUpdate = dict[str, Any]


class Outcome(Frozen):
    """How the run ended."""

    status: Status
    complete: bool = True
    stopped_by: BudgetName | None = None
    error: str | None = None


class Models(Frozen):
    """Fingerprints of the parts; None for one that was not needed."""

    segmenter: str | None
    tagger: str | None
    planner: str


class Fingerprint(Frozen):
    """Everything that a resumed run must share with the one that was killed."""

    program: str
    query: str
    picture: str | None
    twin: str | None
    components: Components
    models: Models
    options: RunOptions

    @property
    def digest(self) -> str:
        """SHA-256 of it all: equal for the same question under the same settings."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


class Tagged(Frozen):
    """What one tagging batch said.

    Attributes:
        semantics: by object index; empty when the batch failed.
        span: when it began and ended, in seconds of the clock: batches run side by side.
        usage: what models cost, without seconds; notes: of theirs.
        failed: the outcome that the run has because of this batch, if it failed.
    """

    semantics: dict[int, Semantics]
    span: tuple[float, float]
    usage: Usage = Usage()
    notes: tuple[str, ...] = ()
    failed: Outcome | None = None


def merged(old: dict[int, Tagged], new: dict[int, Tagged]) -> dict[int, Tagged]:
    """Reducer of the fan-out. Idempotent, since a subgraph's result is merged into its parent again."""
    return {**old, **new}


class RunState(BaseModel):
    """One question about one picture.

    Nodes return partial updates with whole new values; only what the fan-out writes at once, and the
    messages, have reducers.

    Attributes:
        picture: artifact id of the encoded picture; None for a twin that came without one.
        twin: artifact id of the twin (its masks are an artifact of their own).
        tagged: results of the tagging batches, by the batch's first index.
        start: indices of D0, known from the masks on; steps: what was done since.
        notes: what a person should know, each once.
        moves: planner calls so far; mends: invalid moves in a row; returned: times that the present
            step went back for false evidence.
        asked: a digest of what the last move is an answer to; None where the planner's are not worth keeping.
        taken: of the moves that did not go back the digest, and the place in ``messages``.
    """

    model_config = ConfigDict(extra="forbid")

    fingerprint: Fingerprint
    image: ImageInfo
    picture: str | None = None
    twin: str | None = None
    granularity: Level | None = None
    granularity_reason: str | None = None
    proposal_report: dict[str, int] = Field(default_factory=dict)
    tagged: Annotated[dict[int, Tagged], merged] = Field(default_factory=dict)
    start: tuple[int, ...] | None = None
    steps: tuple[Step, ...] = ()
    messages: Annotated[list[AnyMessage], add_messages] = Field(default_factory=list)
    moves: int = 0
    asked: str | None = None
    taken: tuple[tuple[str, int], ...] = ()
    mends: int = 0
    returned: int = 0
    usage: Usage = Usage()
    evidence: EvidenceTally = EvidenceTally()
    notes: tuple[str, ...] = ()
    outcome: Outcome | None = None

    @property
    def query(self) -> str:
        """The person's words."""
        return self.fingerprint.query


def with_notes(old: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    """``old`` with what is new in ``new``, each once."""
    return tuple(dict.fromkeys((*old, *new)))


class TagBatch(BaseModel):
    """What one branch of the tagging fan-out gets; ``seconds``: what is left of the budget."""

    model_config = ConfigDict(frozen=True)

    picture: str | None
    twin: str
    indices: tuple[int, ...]
    query: str | None
    seconds: float | None = None


# What the checkpointer may bring back to life; anything else in a checkpoint is refused.
CHECKPOINT_TYPES = (
    Components, EvidenceTally, FilterStep, Fingerprint, GrowStep, ImageInfo, Models, Outcome, RevertStep,
    RunOptions, RunState, TagBatch, Tagged, ToldStep, Usage,
)  # fmt: skip
