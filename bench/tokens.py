"""How many tokens a state takes as a model reads it, against the same objects as JSON.

    python bench/tokens.py [--check] [--write FILE]

The twins are those of a photo, cut by the embedded parts, with 10, 40 and 80 objects. Compared are the
text of a state (``twin.text``), and the objects of ``result.json`` without their masks, indented and
minified. Tokens are those of o200k_base, from the npm package js-tiktoken, which is installed under
``build`` (it needs node and npm). With ``--check`` it fails when a text takes more than is promised.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import load_settings
from dtwinseger.twin.jsonio import twin_to_json
from dtwinseger.twin.text import from_text, to_text

ROOT = Path(__file__).parent.parent
PHOTO = ROOT / "examples" / "photos" / "coffee.png"
MODULES = ROOT / "build" / "tokens"
PACKAGE = "js-tiktoken@1.0.21"
SIZES = (10, 40, 80)
MOST = {"indented": 0.5, "minified": 0.8}


def texts_of(most: int) -> dict[str, str]:
    """A twin of at most so many objects, as each of the three texts."""
    with tempfile.TemporaryDirectory() as home:
        given, _ = Agent(load_settings(home=Path(home), max_objects=most)).twin(PHOTO, granularity="part")
    state = given.twin.restricted(given.twin.active)
    if len(state.objects) != most:
        raise SystemExit(f"the photo has only {len(state.objects)} objects, not {most}")
    text = to_text(given.twin)
    assert to_text(from_text(text)) == text, "something is lost"
    masks = given.masks.take(given.twin.rows(given.twin.active))
    objects = twin_to_json(state, masks)["objects"]
    for entry in objects:
        del entry["mask"]
    return {
        "text": text,
        "indented": json.dumps(objects, indent=2, ensure_ascii=False),
        "minified": json.dumps(objects, separators=(",", ":"), ensure_ascii=False),
    }


def counted(texts: list[str]) -> list[int]:
    """Tokens of each."""
    if shutil.which("npm") is None:
        raise SystemExit("the bench of tokens needs node and npm")
    if not (MODULES / "node_modules").is_dir():
        MODULES.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--prefix", str(MODULES), PACKAGE], check=True)
    script = shutil.copy(Path(__file__).with_suffix(".mjs"), MODULES)
    done = subprocess.run(
        ["node", str(script)], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    lengths: list[int] = json.loads(done.stdout)
    return lengths


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="fail when a text takes more than is promised")
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    results: list[dict[str, Any]] = []
    for most in SIZES:
        texts = texts_of(most)
        tokens = dict(zip(texts, counted(list(texts.values())), strict=True))
        shares = {name: round(tokens["text"] / tokens[name], 3) for name in MOST}
        results.append({"objects": most, "tokens": tokens, "shares": shares})
        said = ", ".join(f"{shares[name]:.3f} of {tokens[name]} {name}" for name in MOST)
        print(f"{most} objects: {tokens['text']} tokens, {said}")
    if args.write:
        args.write.write_text(json.dumps(results, indent=1))
    over = [
        f"{result['objects']} objects: {share} of {name}"
        for result in results
        for name, share in result["shares"].items()
        if share > MOST[name]
    ]
    if args.check and over:
        sys.exit("; ".join(over))


if __name__ == "__main__":
    main()
