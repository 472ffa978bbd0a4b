"""Draws the ten answers of the README again, the failures among them.

python examples/gallery.py [--out docs/images]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from PIL import Image

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.overlay import draw_overlay
from dtwinseger.agent.settings import Settings
from dtwinseger.tools.pictures import read_picture

HERE = Path(__file__).parent
WIDTH = 480

QUESTIONS = (
    ("coffee-red", "coffee.png", "the red things below the bright one"),
    ("coffee-caramel", "coffee.png", "the light brown thing inside the white ring"),
    ("coffee-two", "coffee.png", "the two largest red things, not touching the border"),
    ("astronaut-orange", "astronaut.png", "the largest orange thing"),
    ("astronaut-between", "astronaut.png", "whichever is bigger, the black thing or the orange thing"),
    ("astronaut-brown", "astronaut.png", "the brown thing above the largest orange thing"),
    ("rocket-white", "rocket.jpg", "the brightest thing"),
    ("rocket-second", "rocket.jpg", "the second upright thing from the left"),
    ("chelsea-cat", "chelsea.png", "the cat"),
    ("chelsea-eyes", "chelsea.png", "both of the round green things"),
)


def main() -> None:
    """Ask the ten questions and write an overlay for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE.parent / "docs" / "images")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        agent = Agent(Settings(home=Path(home)))
        for name, photo, question in QUESTIONS:
            path = HERE / "photos" / photo
            result = agent.segment(path, question)
            picture = Image.fromarray(draw_overlay(read_picture(path, max_pixels=10**8).pixels, result))
            picture.thumbnail((WIDTH, 4 * WIDTH))
            picture.save(out / f"{name}.jpg", quality=88)
            print(f"{name}: {question!r}: {result.status} {list(result.indices)} {result.error or ''}")
            for note in result.notes:
                print(f"  {note}")


if __name__ == "__main__":
    main()
