"""A sheet of questions that came out wrong, by cause: what was answered beside what was asked for."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from dtwinseger.agent.agent import Agent
from dtwinseger.agent.settings import Settings
from dtwinseger.eval.samples import ScenesDataset
from dtwinseger.tools.pictures import read_picture

COLUMNS = 4
DIMMED = 0.35


def draw_failures(file: Path, dataset: ScenesDataset, wrong: Mapping[str, Sequence[str]], home: Path) -> None:
    """Up to four of each cause in a row: all but the answer dimmed, a yellow line round what is right.

    Args:
        file: the picture to write.
        dataset: of the questions.
        wrong: ids of questions by cause.
        home: the agent's.
    """
    if not wrong:
        print("nothing came out wrong, so nothing is drawn")
        return
    agent = Agent(Settings(home=home))
    sheet = Figure(figsize=(4 * COLUMNS, 3.7 * len(wrong)), dpi=75, layout="constrained")
    rows = sheet.subfigures(len(wrong), 1, squeeze=False)[:, 0]
    for row, (cause, ids) in zip(rows, wrong.items(), strict=True):
        row.suptitle(f"{cause} ({len(ids)})", fontsize=13, fontweight="bold")
        cells = row.subplots(1, COLUMNS)
        shown = ids[:: max(1, len(ids) // COLUMNS)][:COLUMNS]
        for cell in cells:
            cell.axis("off")
        for cell, identity in zip(cells, shown, strict=False):
            sample = dataset[dataset.ids.index(identity)]
            answer = agent.segment(sample.image, sample.query)
            pixels = read_picture(sample.image, max_pixels=10**8).pixels.copy()
            outside = True if answer.mask is None else ~answer.mask
            pixels[outside] = pixels[outside] * DIMMED
            cell.imshow(pixels)
            if sample.target.any():
                cell.contour(sample.target == 1, [0.5], colors="yellow", linewidths=1.5)
            nothing = "" if sample.target.any() else " (nothing is right)"
            cell.set_title(textwrap.fill(f"{identity}: {sample.query}{nothing}", 52), fontsize=9)
    sheet.savefig(file, pil_kwargs={"quality": 85})
