"""The figures of ``bench/trained.py`` as one picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib  # of the extra "dev"

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes

COLOURS = {"regions": "tab:blue", "trained": "tab:orange"}


def draw_figures(figures: dict[str, Any], path: Path) -> None:
    """Calibration, BSDS500 by the number of proposals, COCO by size, scenes by granularity."""
    figure, axes = pyplot.subplots(2, 2, figsize=(9, 6.6), layout="constrained")
    _calibration(axes[0, 0], figures["calibration"])
    for name, colour in COLOURS.items():
        growth = figures["bsds"][name]["growth"]
        counts = [int(count) for count in growth]
        best = [one["mean_best_iou"] for one in growth.values()]
        axes[0, 1].plot(counts, best, color=colour, marker="o", label=name)
    photos = figures["bsds"]["regions"]["photos"]
    axes[0, 1].set(title=f"BSDS500 val, {photos} photos", xlabel="proposals a photo", ylabel="mean best IoU")
    axes[0, 1].set(xlim=(0, None), ylim=(0, 1))
    sizes = {name: one["sizes"] for name, one in figures["coco"].items()}
    labels = [f"{size}\n({one['n']})" for size, one in sizes["regions"].items()]
    _bars(axes[1, 0], labels, {n: [one["mean_best_iou"] for one in own.values()] for n, own in sizes.items()})
    axes[1, 0].set(title="COCO val2017, instances by size", ylabel="mean best IoU")
    pairs = [(asked, level) for asked in ("part", "object") for level in ("part", "object")]
    scenes = {name: [figures["scenes"][name][asked][level] for asked, level in pairs] for name in COLOURS}
    _bars(axes[1, 1], [f"{level}s,\nasked for\n{asked}s" for asked, level in pairs], scenes)
    axes[1, 1].set(title="fresh scenes, things that have parts", ylabel="mean best IoU")
    for axis in axes.flat:
        axis.grid(alpha=0.3)
        axis.legend(fontsize="small")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _calibration(axis: Axes, by_data: dict[str, Any]) -> None:
    axis.plot([0, 1], [0, 1], color="grey", linestyle=":")
    for (name, own), marker in zip(by_data.items(), ("o", "s"), strict=True):
        said, true = ([one[key] for one in own["bins"]] for key in ("said", "true"))
        axis.plot(said, true, marker=marker, label=_label(name, own))
    axis.set(title="calibration", xlabel="predicted IoU", ylabel="IoU", xlim=(0, 1), ylim=(0, 1))


def _bars(axis: Axes, labels: list[str], groups: dict[str, list[float]]) -> None:
    width = 0.8 / len(groups)
    for turn, (name, heights) in enumerate(groups.items()):
        places = [place + (turn - (len(groups) - 1) / 2) * width for place in range(len(labels))]
        axis.bar(places, heights, width, color=COLOURS[name], label=name)
    axis.set_xticks(range(len(labels)), labels, fontsize="small")
    axis.set_ylim(0, 1)


def _label(name: str, own: dict[str, Any]) -> str:
    return f"{name}: off by {own['off_by']:.2f}, n = {own['n']}" if own["n"] else f"{name}: no mask"
