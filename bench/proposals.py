"""Everything mode after the encoder: the stock generator, our plain path, our fast one, on the same weights.

    python bench/proposals.py [--model vit_b] [--points 32] [--sizes 480x640 1200x1800] [--device cpu]
                              [--paths stock fast] [--threads N] [--write FILE] [--check]

The weights are random, but for the scale of two heads, so that predicted IoU lies in [0, 1] and logits spread
as a trained model's do. No fixed threshold would mean anything, so both are set where 30 % of the candidates
pass. Each path runs in a process of its own, over the same stored embedding: seconds and memory are those of
everything after the encoder, by the wall's clock and by the processor. Masks that differ by more than
rounding are an error; with ``--check`` speed and memory below what is promised are, too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from proposing import ALIKE, PATHS, agreement, prepare, run_path

ROOT = Path(__file__).parent.parent
PHOTO = ROOT / "examples" / "photos" / "coffee.png"

LEAST_MASKS = 100
"""Of the full grid of 1,024 points; in proportion for a smaller one."""
LEAST_SPEED = {"480x640": 2.5, "1200x1800": 4.0}
MOST_MEMORY = 1 / 3
MOST_PIXELS = 1e-6


def least_masks(points: int) -> int:
    """After suppression, for a grid of this many points a side."""
    return min(LEAST_MASKS, LEAST_MASKS * points**2 // 1024)


def measured(work: Path, args: argparse.Namespace, size: str) -> dict[str, Any]:
    """The paths at one size of picture, with their agreement and ratios."""
    told: dict[str, Any] = {}
    for path in args.paths:
        command = [sys.executable, __file__, "--path", path, "--work", str(work), "--device", args.device]
        more = ["--points", str(args.points), "--threads", str(args.threads)]
        subprocess.run([*command, *more], check=True)
        told[path] = json.loads((work / f"{path}.json").read_text())
    first, last = told[args.paths[0]], told[args.paths[-1]]
    return {
        "size": size,
        "points": args.points**2,
        "paths": told,
        "agreement": {
            path: agreement(work / f"{args.paths[0]}.npz", work / f"{path}.npz") for path in args.paths[1:]
        },
        "speed": [
            round(a / b, 2) for a, b in zip(first["seconds"]["all"], last["seconds"]["all"], strict=True)
        ],
        "memory": round(last["peak_mb"] / max(first["peak_mb"], 1), 3),
    }


def stages(told: dict[str, Any]) -> dict[str, list[float]]:
    """Seconds of a path by stage; the rest is filters, boxes, packing, suppression and what is made once."""
    seconds: dict[str, list[float]] = dict(told["seconds"])
    if len(seconds) == 1:  # the plain path's steps are not timed apart
        return seconds
    every = seconds.pop("all")
    rest = [total - sum(parts) for total, *parts in zip(every, *seconds.values(), strict=True)]
    return {**seconds, "the rest": rest, "all": every}


def shown(result: dict[str, Any]) -> str:
    """One size as lines of text."""
    lines = [f"{result['size']}, {result['points']} points"]
    for name, (wall, processor) in result["encoder"].items():
        lines.append(f"  encoder in {name}: {wall:.1f} s, {processor:.1f} s of the processor")
    for path, told in result["paths"].items():
        seconds = ", ".join(f"{name} {wall:.1f} ({cpu:.1f})" for name, (wall, cpu) in stages(told).items())
        lines.append(f"  {path:5} seconds (of the processor): {seconds}")
        lines.append(f"        peak {told['peak_mb']:.0f} MB, {told['masks']} masks")
    for path, told in result["agreement"].items():
        lines.append(
            f"  {path} against {next(iter(result['paths']))}: least IoU {told['least_iou']:.6f}, "
            f"{told['differing']} of {told['pixels']} pixels differ, "
            f"{told['identical']} of {told['masks']} masks identical, {told['moved']} in another place"
        )
    wall, processor = result["speed"]
    lines.append(
        f"  {wall:.2f} times as fast ({processor:.2f} by the processor), {result['memory']:.3f} of the memory"
    )
    return "\n".join(lines)


def differing(result: dict[str, Any]) -> list[str]:
    """What no noise excuses: masks that differ, or too few of them."""
    wrong = []
    fewest = min(told["masks"] for told in result["paths"].values())
    if fewest < least_masks(round(result["points"] ** 0.5)):
        wrong.append(f"only {fewest} masks")
    for path, told in result["agreement"].items():
        if path == "plain" and (told["identical"] != told["masks"] or told["moved"]):
            wrong.append("the plain path differs from stock")
        if told["least_iou"] < ALIKE or told["differing"] > MOST_PIXELS * told["pixels"]:
            wrong.append(f"the {path} path differs from stock")
    return [f"{result['size']}: {text}" for text in wrong]


def slower(result: dict[str, Any]) -> list[str]:
    """The promises of speed and memory that are not kept."""
    wrong = []
    if min(result["speed"]) < LEAST_SPEED.get(result["size"], 1.0):
        wrong.append(f"only {min(result['speed'])} times as fast")
    if result["memory"] > MOST_MEMORY:
        wrong.append(f"{result['memory']} of the memory")
    return [f"{result['size']}: {text}" for text in wrong]


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="vit_b", choices=["vit_b", "vit_l", "vit_h"])
    parser.add_argument("--points", type=int, default=32)
    parser.add_argument("--sizes", nargs="+", default=["480x640", "1200x1800"])
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument(
        "--paths", nargs="+", default=list(PATHS), choices=PATHS, help="compared with the first"
    )
    parser.add_argument("--write", type=Path)
    parser.add_argument("--check", action="store_true", help="fail when speed or memory fall short")
    parser.add_argument("--path", choices=PATHS, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.path:
        run_path(args.path, args.work, args.points, args.device)
        return
    results = []
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as folder:
            height, width = map(int, size.split("x"))
            encoder = prepare(
                Path(folder),
                args.model,
                PHOTO,
                height,
                width,
                args.points,
                args.device,
                least_masks(args.points),
            )
            results.append(measured(Path(folder), args, size) | encoder)
        print(shown(results[-1]), flush=True)
    if args.write:
        args.write.write_text(
            json.dumps(
                {"model": args.model, "device": args.device, "threads": args.threads, "results": results},
                indent=1,
            )
        )
    wrong = [text for result in results for text in differing(result)]
    if args.check:
        wrong += [text for result in results for text in slower(result)]
    if wrong:
        sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
