"""The planner ``scripted:FILE``: moves that were written down before, in a language model's place.

For trying tools, pages and loops without a model, the same each time. The file has a move a line (JSON
Lines), one of

    {"calls": [{"tool": "refine", "arguments": {"criterion": "red", "keep": [...], "drop": [...]}}]}
    {"path": {"steps": [...], "indices": [...]}}

The first is for mode ``tools``, the second for ``path``. Moves are taken as a model's are: what is wrong goes
back, and the line after it is what the model mends it to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.messages.tool import tool_call
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from dtwinseger.graphs.ports import Mode, PlannerView
from dtwinseger.twin.errors import RunFailedError, SettingsError
from dtwinseger.twin.wire import summary


class ScriptedCall(BaseModel):
    """A tool's name, and its arguments, right or wrong."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    arguments: Mapping[str, Any] = {}


class ScriptedMove(BaseModel):
    """One move: tool calls, or a path; any JSON, since it may be a wrong one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calls: tuple[ScriptedCall, ...] | None = None
    path: Any = None

    @model_validator(mode="after")
    def _one_kind(self) -> ScriptedMove:
        if len(self.model_fields_set) != 1:
            raise ValueError("a move has either `calls` or `path`")
        return self

    @property
    def mode(self) -> Mode:
        """The mode that it is for."""
        return "path" if self.calls is None else "tools"

    def message(self, number: int) -> AIMessage:
        """As a model would say it; ``number``: of the move, from 1."""
        if self.calls is None:
            return AIMessage(json.dumps(self.path))
        calls = [
            tool_call(name=call.tool, args=dict(call.arguments), id=f"move-{number}-{at}")
            for at, call in enumerate(self.calls, 1)
        ]
        return AIMessage("", tool_calls=calls)


class ScriptedPlanner:
    """Makes the moves of a script, in order. Keeps nothing: the view tells how many were made.

    Args:
        name: of the script, for results and messages.
        moves: what it says.
    """

    def __init__(self, name: str, moves: Sequence[ScriptedMove]) -> None:
        self._script = name
        self._moves = tuple(moves)

    @classmethod
    def read(cls, path: Path) -> ScriptedPlanner:
        """The script in a file.

        Raises:
            SettingsError: it cannot be read, or a line of it is no move.
        """
        try:
            lines = path.read_text(encoding="utf-8").split("\n")  # a string may hold what else ends a line
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or error
            raise SettingsError(f"the script {path} cannot be read: {why}") from error
        moves = []
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                moves.append(ScriptedMove.model_validate_json(line))
            except ValidationError as error:
                raise SettingsError(f"the script {path}, line {number}: {summary(error)}") from error
        return cls(path.name, moves)

    @property
    def name(self) -> str:
        """As the settings name it, without the folder."""
        return f"scripted:{self._script}"

    @property
    def fingerprint(self) -> str:
        """The script's name and content."""
        said = json.dumps([move.model_dump(mode="json") for move in self._moves])
        return f"{self.name} {hashlib.sha256(said.encode()).hexdigest()}"

    @property
    def modes(self) -> frozenset[Mode]:
        """Both."""
        return frozenset({"tools", "path"})

    @property
    def cites(self) -> bool:
        """It stands in a model's place."""
        return True

    @property
    def costly(self) -> bool:
        """Its moves are at hand."""
        return False

    async def next(self, view: PlannerView) -> AIMessage:
        """The next move of the script.

        Raises:
            RunFailedError: the script has ended, and the run has not; or its next move is for the other mode.
        """
        made = sum(isinstance(message, AIMessage) for message in view.messages)
        if made == len(self._moves):
            last = f"; the last reply was: {view.messages[-1].text}" if view.messages else ""
            moves = "1 move" if made == 1 else f"{made} moves"
            raise RunFailedError(f"the script {self._script} ended after {moves}, and the run has not{last}")
        scripted = self._moves[made]
        if scripted.mode != view.mode:
            raise RunFailedError(
                f"move {made + 1} of the script {self._script} is for --mode {scripted.mode}, not {view.mode}"
            )
        move = scripted.message(made + 1)
        view.on_text(str(move.text))
        return move
