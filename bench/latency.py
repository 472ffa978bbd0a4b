"""How long a person waits: ``dtwinseger --help``, and a question about a one-megapixel photo.

    python bench/latency.py [--runs 3]

Every run is a process of its own, started as from a shell. The photo is ``examples/photos/coffee.png``,
enlarged to a megapixel. Prints the median of the runs in seconds; asserts nothing, since machines differ.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

PHOTO = Path(__file__).parent.parent / "examples" / "photos" / "coffee.png"
PIXELS = 1_000_000
QUESTIONS = (
    "the red things",
    "the largest dark thing on the left",
    "the thing to the right of the brightest one",
)


def waited(runs: int, arguments: list[str], home: str) -> float:
    """Median seconds of the command with these arguments, of ``runs`` runs."""
    command = [sys.executable, "-c", "import sys; from dtwinseger.agent.cli import main; sys.exit(main())"]
    seconds = []
    environment = {**os.environ, "DTWINSEGER_HOME": home}
    for _ in range(runs):
        began = time.perf_counter()
        subprocess.run([*command, *arguments], check=True, capture_output=True, env=environment)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def main() -> int:
    """Measure and print one line a command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.png"
        image = Image.open(PHOTO)
        factor = math.sqrt(PIXELS / (image.width * image.height))
        image.resize((round(image.width * factor), round(image.height * factor))).save(photo)
        print(f"--help: {waited(runs, ['--help'], folder):.2f} s")
        for question in QUESTIONS:
            arguments = ["segment", str(photo), question, "--out", f"{folder}/answer"]
            print(f"segment, 1 megapixel, {question!r}: {waited(runs, arguments, folder):.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
