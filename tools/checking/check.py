"""Whether a segmenter makes sound masks, by what it answers: never by whose weights they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

from dtwinseger.tools.checking.observing import Begin, Floats, Observed, observe
from dtwinseger.tools.ports import Segmenter

# docs/models.md has what sound and damaged segmenters measured when these limits were set.
LEAST_MEAN: Final = {"points": 0.88, "boxes": 0.88, "parts": 0.5, "wholes of parts": 0.8}
LEAST_WORST: Final = {"points": 0.8, "boxes": 0.8, "parts": 0.1, "wholes of parts": 0.6}
LEAST_FOUND: Final = 0.5
LEAST_APART: Final = 0.9
MOST_OFF: Final = 0.15
MOST_BOASTED: Final = 0.1
LEAST_PROPOSED: Final = 0.75
# Below this mean IoU at points nothing is as it was trained, above it something is damaged.
_NOTHING: Final = 0.35


@dataclass(frozen=True)
class Finding:
    """One check: what was measured, in words with its limit, and whether that passes."""

    subject: str
    passed: bool
    text: str


@dataclass(frozen=True)
class Report:
    """All checks of one segmenter.

    Attributes:
        segmenter: its name.
        cause: what most likely is wrong with it; None when all checks pass.
    """

    segmenter: str
    findings: tuple[Finding, ...]
    cause: str | None

    @property
    def passed(self) -> bool:
        """Whether its masks are sound."""
        return self.cause is None

    def to_json(self) -> dict[str, Any]:
        """As JSON: ``segmenter``, ``passed``, ``cause``, ``findings``."""
        findings = [asdict(finding) for finding in self.findings]
        return {"segmenter": self.segmenter, "passed": self.passed, "cause": self.cause, "findings": findings}


def check(segmenter: Segmenter, begin: Begin = lambda _number, _total: None) -> Report:
    """Measure a segmenter's masks on drawings whose masks are known.

    How far predicted IoU is off is checked of segmenters that have logits; one that has none, such as
    ``regions``, only ranks its masks by it. ``begin`` is told how far it is: one drawing can take a minute.
    """
    seen = observe(segmenter, begin)
    masks = [
        _overlaps("points", seen.points.ious),
        _overlaps("boxes", seen.boxes.ious),
        _overlaps("parts", seen.parts.ious),
        _overlaps("wholes of parts", seen.wholes.ious),
        _at_least("two points, two masks", seen.apart, LEAST_APART, "of pairs"),
        _at_least("proposals", float(np.mean(seen.proposed >= LEAST_FOUND)), LEAST_PROPOSED, "of the shapes"),
    ]
    scores = [_at_most("boasted IoU", seen.boasts, MOST_BOASTED)]
    if segmenter.defaults.stability is not None:
        off = float(np.mean([seen.points.error, seen.boxes.error]))
        scores.append(_at_most("predicted IoU", off, MOST_OFF))
    cause = None
    if not all(finding.passed for finding in masks):
        cause = _cause(seen, [finding.subject for finding in masks if not finding.passed])
    elif not all(finding.passed for finding in scores):
        cause = "damaged weights of the head that predicts IoU"
    return Report(segmenter.name, (*masks, *scores), cause)


def _cause(seen: Observed, failed: Sequence[str]) -> str:
    if seen.points.ious.mean() < _NOTHING:
        return (
            "random or partly loaded weights, a decoder and an encoder of different models, "
            "or too little training"
        )
    if seen.own and failed == ["proposals"]:  # the shared encoder and decoder answered every prompt well
        return "the decoders of its levels (trained too little, or for other things)"
    return "damaged weights, or too little training"


def _overlaps(subject: str, ious: Floats) -> Finding:
    mean, worst = float(ious.mean()), float(np.quantile(ious, 0.1))
    needs, needs_worst = LEAST_MEAN[subject], LEAST_WORST[subject]
    text = f"IoU {mean:.2f} (needs {needs:.2f}), worst tenth {worst:.2f} (needs {needs_worst:.2f})"
    return Finding(subject, mean >= needs and worst >= needs_worst, text)


def _at_least(subject: str, share: float, limit: float, of: str) -> Finding:
    return Finding(subject, share >= limit, f"{share:.0%} {of} (needs {limit:.0%})")


def _at_most(subject: str, off: float, limit: float) -> Finding:
    return Finding(subject, off <= limit, f"off by {off:.2f} (allowed {limit:.2f})")
