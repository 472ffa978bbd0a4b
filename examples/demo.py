"""Two photos, a question each, answered by the embedded parts: no network, no weights, no key.

    make demo

Prints the reasoning state by state and leaves the pictures in demo-out/.
"""

import sys
from pathlib import Path

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.asking import Question, answer
from dtwinseger.agent.settings import load_settings

PHOTOS = Path(__file__).parent / "photos"
OUT = Path("demo-out")

QUESTIONS = (
    ("coffee.png", "the red things below the bright one"),
    ("rocket.jpg", "the yellow thing in the middle"),
)


def main() -> int:
    """Ask the questions; the exit code says whether both found something."""
    agent = Agent(load_settings(home=OUT / "home"))
    statuses = []
    for photo, query in QUESTIONS:
        out = OUT / Path(photo).stem
        print(f"\n{photo}: {query!r}")
        question = Question(None, str(PHOTOS / photo), None, query, "auto", "tools", accept_partial=False)
        statuses.append(answer(agent, question, out, as_json=False, thread=None))
        print(f"pictures: {out / 'overlay.png'}, {out / 'mask.png'}")
    return int(statuses != ["found"] * len(QUESTIONS))


if __name__ == "__main__":
    sys.exit(main())
