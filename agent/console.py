"""What a person sees in the terminal: progress on stderr, the path on stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import rich.progress
from rich.console import Console
from rich.text import Text

from dtwinseger.agent.agent import Event
from dtwinseger.agent.announcing import REMOTE
from dtwinseger.agent.lines import one_line
from dtwinseger.twin.result import Segmentation

DOING: Final[Mapping[str, str]] = {
    "granularity": "choosing the granularity",
    "perceive": "looking at the picture",
    "tag": "describing the objects",
    "twin": "relating the objects",
    "plan": "thinking",
    "tools": "thinking",
    "emit": "finishing",
}

MOST_LINES: Final = 12
"""Decisions printed for one step; the rest are in ``result.json``."""


class Progress:
    """Says on stderr what is being done. On a terminal one line that moves, else a line a stage.

    Args:
        head: said once the work begins, which input that is refused never does.
    """

    def __init__(self, head: str | None = None) -> None:
        self._head = head
        self._console = Console(stderr=True)
        self._status = self._console.status("starting") if self._console.is_terminal else None
        self._said = ""

    @contextmanager
    def running(self) -> Iterator[Progress]:
        """Show progress while the block runs."""
        if self._status is None:
            yield self
        else:
            with self._status:
                yield self

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the moving line away while something is printed."""
        if self._status is None:
            yield
            return
        self._status.stop()
        try:
            yield
        finally:
            self._status.start()

    def show(self, event: Event) -> None:
        """Take notice of an event."""
        if self._head is not None:
            self._console.print(Text(self._head), soft_wrap=True)
            self._head = None
        if isinstance(event, Segmentation):
            return
        if event["event"] == "stage":
            self.say(DOING[event["stage"]])
        elif event["event"] == "draft":
            self.say(f"{DOING['plan']}: {_head(event['entry'])}")

    def say(self, doing: str) -> None:
        """Something that may take longer than a second begins."""
        if self._status is not None:
            self._status.update(Text(doing))  # a model's words are no markup
        elif doing != self._said:
            print(f"{doing} ...", file=sys.stderr, flush=True)
        self._said = doing


@contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """A bar on stderr, if that is a terminal. What is printed in the meantime is printed aside.

    Yields:
        ``aside``: while ``with aside():`` runs the bar is away; one thing is done when that ends.
    """
    console = Console(stderr=True)
    bar = rich.progress.Progress(
        *rich.progress.Progress.get_default_columns(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task(what, total=total)

    @contextmanager
    def aside() -> Iterator[None]:
        # While the bar is there, rich sends what is printed on stdout to the bar's console.
        bar.stop()
        try:
            yield
        finally:
            bar.advance(task)
            bar.start()

    with bar:
        yield aside


def print_state(entry: Mapping[str, Any]) -> None:
    """One state of the path: what was asked, what was kept, and why."""
    console = Console(highlight=False, soft_wrap=True)
    kept = entry["kept"]
    if entry["kind"] == "start":
        console.print(Text(f"D0  {_objects(len(kept))}", style="bold"))
        return
    console.print(Text(_head(entry), style="bold"))
    decisions = sorted(entry["decisions"], key=lambda d: not d["keep"])
    for decision in decisions[:MOST_LINES]:
        mark, style = ("keep", "green") if decision["keep"] else ("drop", "dim")
        reason = one_line(decision["reason"])
        console.print(Text(f"    {mark} {decision['index']:>3}  {reason}", style=style))
    if len(decisions) > MOST_LINES:
        console.print(Text(f"    ... and {len(decisions) - MOST_LINES} more dropped or kept", style="dim"))


def print_result(result: Segmentation) -> None:
    """The answer in a line, and what the person should know."""
    console = Console(highlight=False, soft_wrap=True)
    style = {"found": "bold green", "nothing": "bold yellow", "failed": "bold red"}[result.status]
    console.print(Text(result_line(result), style=style))
    if line := cost_line(result):
        console.print(Text(line, style="dim"))
    for note in result.notes:
        console.print(Text(f"note: {one_line(note)}", style="yellow"))


def cost_line(result: Segmentation) -> str:
    """What models did for it, in words; empty where none has a part in it and nothing went back."""
    used, parts = result.usage, result.components
    said = []
    if calls := used.llm_calls + used.vlm_calls:
        tokens = used.input_tokens + used.output_tokens
        said.append(
            f"{calls} {'call' if calls == 1 else 'calls'} of models, {tokens} tokens, {used.usd:.4g} USD"
        )
    elif any((name or "").startswith(REMOTE) for name in (parts.tagger, parts.planner)):
        said.append("no model was asked: all answers were at hand")
    if used.mends:
        said.append(f"{used.mends} {'answer' if used.mends == 1 else 'answers'} went back to be mended")
    return "; ".join(said)


def result_line(result: Segmentation) -> str:
    """The answer in words."""
    if result.status == "failed":
        return f"failed: {one_line(result.error or '')}"
    if result.status == "nothing":
        return "nothing in the picture satisfies this"
    mask = result.packed_mask
    assert mask is not None
    share = 100 * mask.area / (mask.height * mask.width)
    part = "" if result.complete else f" (stopped by the budget of {result.stopped_by}; the last state)"
    indices = ", ".join(map(str, result.indices))
    return f"found: object {indices} ({share:.1f} % of the picture){part}"


def _head(entry: Mapping[str, Any]) -> str:
    """A step in a line."""
    return f"D{entry['step']}  {one_line(entry['criterion'])}: {_objects(len(entry['kept']))} left"


def _objects(count: int) -> str:
    return "1 object" if count == 1 else f"{count} objects"
