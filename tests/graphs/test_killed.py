"""Real processes: killed in the middle with SIGKILL and taken up by another, and several on one home."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphfakes import BAR, DISC, DOT, SQUARE

from dtwinseger.agent.checkpoints import FILE

pytestmark = pytest.mark.system

SCRIPT = '''
"""python script.py HOME LOG THREAD HANG: a run that logs its work, and at HANG says so and hangs."""
import asyncio, json, sys
from pathlib import Path

sys.path.append({folder!r})
from graphfakes import LoggedTagger, ScriptedPlanner, Shapes, answer, call, picture_of_shapes, refine
from langchain_core.messages import AIMessage

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import load_settings
from dtwinseger.agent.store import FolderStore
from dtwinseger.graphs.workspace import Services

home, log, thread, hang = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]

def done(work):
    with log.open("a") as file:
        file.write(work + "\\n")

async def begin(work):
    done(work)
    if work == hang:
        print("hanging", flush=True)
        await asyncio.Event().wait()

class Tagger(LoggedTagger):
    async def tag(self, pixels, masks, rows, query, numbers):
        await begin("tag " + ",".join(map(str, rows)))
        return await super().tag(pixels, masks, rows, query, numbers)

class Planner(ScriptedPlanner):
    async def next(self, view):
        move = sum(isinstance(m, AIMessage) for m in view.messages)
        await begin(f"plan {{move}}")
        return [refine([0, 2], [1]), call("expand", index=0), refine([2], [0, 3]), answer("done")][move]

services = Services(
    Shapes(on_encode=lambda: done("encode")), Tagger(), Planner(), FolderStore(home / "artifacts")
)
agent = Agent(load_settings(home=home, tag_batch=1), services=services)
if hang == "wait":
    print("ready", flush=True)
    sys.stdin.readline()
result = agent.segment(picture_of_shapes(), "the red disc", thread=thread)
print(json.dumps(result.to_json()))
'''

WORK = ["encode", "plan 0", "plan 1", "plan 2", "plan 3", "tag 0", "tag 1", "tag 2", "tag 3"]
"""What a whole run does, sorted."""


class Runs:
    """Processes of the script; none outlives the test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.log = folder / "log"
        self.script = folder / "script.py"
        self.script.write_text(SCRIPT.format(folder=str(Path(__file__).parent)))
        self._started: list[subprocess.Popen[str]] = []

    def start(self, thread: str, hang: str = "never") -> subprocess.Popen[str]:
        """A process that runs, and at the work ``hang`` hangs."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("DTWINSEGER_")}
        process = subprocess.Popen(
            [sys.executable, str(self.script), str(self.home), str(self.log), thread, hang],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment, cwd=self.folder,
        )  # fmt: skip
        self._started.append(process)
        return process

    def hanging(self, process: subprocess.Popen[str], says: str = "hanging") -> None:
        """Wait until a process says that it hangs."""
        assert process.stdout is not None
        if process.stdout.readline() != f"{says}\n":
            raise AssertionError(f"it did not get that far: {process.communicate(timeout=30)[1]}")

    def end(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        """The result of a process that is to end well, without times and trace."""
        out, err = process.communicate("\n", timeout=90)
        assert (process.returncode, err) == (0, ""), err
        result = json.loads(out.splitlines()[-1])
        del result["trace_id"], result["usage"]["seconds"]
        return result

    def logged(self) -> list[str]:
        """The work that was begun, sorted."""
        return sorted(self.log.read_text().split("\n")[:-1])

    def finished_batches(self) -> int:
        """How many tagging batches have left their result beside the newest checkpoint."""
        newest = "select max(checkpoint_id) from checkpoints"
        with contextlib.closing(sqlite3.connect(self.home / FILE)) as database:
            asked = database.execute(
                f"select count(*) from writes where channel = 'tagged' and checkpoint_id = ({newest})"
            )
            return int(asked.fetchone()[0])

    def kill_all(self) -> None:
        """End what is still running."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=30)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    """Processes in the test's own folder."""
    made = Runs(tmp_path)
    yield made
    made.kill_all()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The result of a run that nobody killed."""
    made = Runs(tmp_path_factory.mktemp("whole"))
    try:
        result = made.end(made.start("t"))
    finally:
        made.kill_all()
    assert made.logged() == WORK
    return result


def test_the_run_that_nobody_kills_ends_as_scripted(whole: dict[str, Any]) -> None:
    assert whole["status"] == "found"
    assert whole["indices"] == [DISC]
    assert [e["kept"] for e in whole["path"]] == [
        [SQUARE, BAR, DISC], [SQUARE, DISC], [SQUARE, DISC, DOT], [DISC],
    ]  # fmt: skip
    assert whole["notes"] == ["done"]


@pytest.mark.parametrize("hang", ["tag 2", "plan 0", "plan 1", "tag 3", "plan 3"])
def test_after_a_kill_another_process_finishes_and_repeats_only_what_was_in_the_air(
    runs: Runs, whole: dict[str, Any], hang: str
) -> None:
    process = runs.start("t", hang)
    runs.hanging(process)
    if hang == "tag 2":
        # The two other batches are done when their results are on disk.
        deadline = time.monotonic() + 60
        while runs.finished_batches() < 2:
            assert time.monotonic() < deadline, "the finished batches were not written"
            time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=30) == -signal.SIGKILL

    assert runs.end(runs.start("t")) == whole
    assert runs.logged() == sorted([*WORK, hang])


def test_a_killed_run_of_another_thread_is_no_hindrance(runs: Runs, whole: dict[str, Any]) -> None:
    process = runs.start("killed", "plan 1")
    runs.hanging(process)
    # Beside the hanging one, which has the database open.
    assert runs.end(runs.start("other")) == whole
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    assert runs.end(runs.start("killed")) == whole


def test_processes_at_once_on_a_fresh_home_do_not_disturb_each_other(
    runs: Runs, whole: dict[str, Any]
) -> None:
    started = [runs.start(f"t{number}", "wait") for number in range(3)]
    for process in started:
        runs.hanging(process, says="ready")
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [runs.end(process) for process in started] == [whole] * 3
    assert runs.logged() == sorted(3 * WORK)
