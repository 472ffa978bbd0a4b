"""Where the embedded default stands on scenes that nobody can have tuned it on.

    python bench/scenes.py [--n 300] [--seed HEX] [--write FILE] [--pictures FILE] [--keep DIR]
    python bench/scenes.py --speed

The seed is the first 8 hex digits of the SHA-256 of the sources of planner, segmenter, tagger and renderer
(``SOURCES``): whoever changes one of them gets other scenes. The scenes' questions are asked twice: over gold
twins, which tests the planner alone, and end to end. ``--seed`` takes the scenes of older sources: ``--seed
abb310b0`` prints the committed figures again. ``--write`` keeps the figures, with the seed.
``--pictures`` draws some that came out wrong, by cause. ``--keep`` works in DIR, by seed, and goes on where
it was. ``--speed``: pictures with all masks in a second.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from failures import draw_failures

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.eval.conditions import Twin, run_head
from dtwinseger.eval.report import Figures, report_of
from dtwinseger.eval.results import Result
from dtwinseger.eval.runner import asking, run
from dtwinseger.eval.samples import ScenesDataset
from dtwinseger.eval.scenes.dataset import make
from dtwinseger.eval.scenes.render import draw
from dtwinseger.eval.scenes.worlds import WORLDS

ROOT = Path(__file__).parent.parent
SOURCES = ("agent/symbolic", "tools", "twin", "eval/scenes")
SPEED = 40


def seed_of_sources() -> int:
    """By the sources' paths and contents, in order of their paths."""
    digest = hashlib.sha256()
    for path in sorted(p for folder in SOURCES for p in (ROOT / folder).rglob("*.py")):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return int(digest.hexdigest()[:8], 16)


def measured(home: Path, n: int, seed: int) -> tuple[ScenesDataset, dict[str, dict[str, Result]]]:
    """The questions and their results, over gold twins and end to end."""
    make(home / "scenes", n, seed)
    dataset = ScenesDataset(home / "scenes")
    agent = Agent(Settings(home=home / "agent"))
    twins: dict[str, Twin] = {"gold": "gold", "built": None}
    results = {
        name: run(dataset, asking(agent, twin), run_head(agent, dataset, twin), home / name)
        for name, twin in twins.items()
    }
    return dataset, results


def figures(home: Path, n: int, seed: int, results: dict[str, dict[str, Result]]) -> dict[str, Any]:
    """What is written down."""
    gold, built = results["gold"].values(), results["built"].values()
    return {
        "seed": seed,
        "scenes": n,
        "questions": len(results["gold"]),
        "gold": {
            kind: exact_share(r for r in gold if r.facts["kind"] == kind)
            for kind in ("explicit", "use", "state")
        },
        "built": {
            "nameless": Figures.of([r for r in built if not r.facts["names"]]).to_json(),
            "named": Figures.of([r for r in built if r.facts["names"]]).to_json(),
        },
        "reports": {name: report_of(home / name) for name in results},
    }


def exact_share(results: Iterable[Result]) -> dict[str, Any]:
    """How many were answered with exactly the right objects."""
    listed = list(results)
    exact = sum(bool(r.exact) for r in listed)
    return {"n": len(listed), "exact": exact, "share": round(exact / max(len(listed), 1), 4)}


def cause_of(result: Result) -> str | None:
    """Why a nameless question came out below IoU 0.5, the first cause that applies; None for others."""
    if result.facts["names"] or result.overlap is None or result.ceiling is None:
        return None
    if result.overlap.iou >= 0.5:
        return None
    if result.status == "failed":
        return "declined"
    if result.facts["answers"] == "none":
        return "nothing is right, but something was found"
    if result.ceiling.all < 0.5:
        return "no proposal fits"
    if result.ceiling.shown < 0.5:
        return "a proposal fits, but was not shown"
    if result.status == "nothing":
        return "it was shown, but nothing was found"
    return "it was shown, but another was chosen"


def wrong_by_cause(results: Iterable[Result]) -> dict[str, list[str]]:
    """The ids of the wrong ones, the most frequent cause first."""
    found: dict[str, list[str]] = {}
    for result in results:
        if (cause := cause_of(result)) is not None:
            found.setdefault(cause, []).append(result.id)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def speed() -> None:
    """Scenes composed and drawn in a second, one thread."""
    for world, compose in WORLDS.items():
        began = time.perf_counter()
        scenes = [compose(seed) for seed in range(SPEED)]
        composed = time.perf_counter()
        for scene in scenes:
            draw(scene)
        done = time.perf_counter()
        layout, pixels = (1000 * spent / SPEED for spent in (composed - began, done - composed))
        print(f"{world}: {SPEED / (done - began):.1f} pictures a second; ", end="")
        print(f"layout {layout:.0f} ms, pixels and masks {pixels:.0f} ms")


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=300)
    parser.add_argument("--seed", type=lambda text: int(text, 16), metavar="HEX", help="not the sources'")
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--pictures", type=Path, metavar="FILE")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="work here, and go on where it was")
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    if options.speed:
        speed()
        return 0
    seed = seed_of_sources() if options.seed is None else options.seed
    with tempfile.TemporaryDirectory() as temporary:
        home = (options.keep or Path(temporary)) / f"{seed:08x}"
        dataset, results = measured(home, options.n, seed)
        told = figures(home, options.n, seed, results)
        wrong = wrong_by_cause(results["built"].values())
        told["causes"] = {cause: len(ids) for cause, ids in wrong.items()}
        print(json.dumps({key: value for key, value in told.items() if key != "reports"}, indent=1))
        if options.write:
            options.write.write_text(json.dumps(told, indent=1) + "\n")
        if options.pictures:
            draw_failures(options.pictures, dataset, wrong, home / "agent")
    return 0


if __name__ == "__main__":
    sys.exit(main())
