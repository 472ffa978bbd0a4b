"""The help of every command, word for word; and that asking for it is quick.

``golden/help.txt`` is written anew by ``DTWINSEGER_GOLDEN=write pytest tests/agent/test_cli_help.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden" / "help.txt"
WRITE = os.environ.get("DTWINSEGER_GOLDEN") == "write"
PAGES = (
    "", "segment", "twin", "export", "doctor", "trace", "trace list", "trace show",
    "scenes", "scenes make", "scenes check", "eval", "eval scenes", "train",
    "models", "models list", "models pull", "models check",
)  # fmt: skip

HEAVY = (
    "numpy",
    "cv2",
    "scipy",
    "skimage",
    "torch",
    "langgraph",
    "langchain_core",
    "openai",
    "PIL",
    "py3langid",
)

ASKED_FOR_HELP = """
import sys
from dtwinseger.agent import cli
try:
    cli.main()
except SystemExit as ended:
    assert ended.code == 0, ended.code
print("HEAVY", *sorted(set(sys.modules) & set({heavy!r})))
"""


def test_the_help_is_what_was_agreed_on(run):
    asked = [f"{page} --help".lstrip() for page in PAGES]
    text = "\n".join(f"$ dtwinseger {words}\n{run(*words.split()).out}" for words in asked)
    if WRITE:
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_every_command_has_a_page(run):
    listed = run("--help").out.partition("Commands:\n")[2].splitlines()
    commands = {line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "}
    assert {"segment", "twin", "export", "doctor", "trace", "scenes", "eval", "train", "models"} <= commands


@pytest.mark.parametrize("words", [["--help"], ["segment", "--help"]])
def test_help_imports_nothing_heavy(words):
    ran = subprocess.run(
        [sys.executable, "-c", ASKED_FOR_HELP.format(heavy=HEAVY), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ran.stdout.splitlines()[-1] == "HEAVY", "imported without need"


def test_the_version_is_that_of_the_distribution(run):
    ran = run("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"dtwinseger {version('dtwinseger')}\n", "")


def test_without_a_command_the_help_is_shown_and_the_exit_code_is_2(run):
    ran = run()
    assert ran.code == 2
    assert (ran.out + ran.err) == run("--help").out


@pytest.mark.parametrize(
    "words", [["nonsense"], ["segment", "--nonsense"], ["trace", "nonsense"], ["--nonsense"]]
)
def test_a_word_that_does_not_exist_is_exit_2(words, run):
    ran = run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "Error: No such" in ran.err
