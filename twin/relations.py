"""Spatial relations between the masks of one picture, measured.

Every predicate has two readings. ``holds`` is the definition, yes or no. ``verdict`` is for checking what
somebody claimed: *undecided* near the threshold, so that nobody is called wrong over a pixel.

Definitions (A stands in the relation to B; all thresholds are the constants below):

==============  =============================================================  ==============================
relation        holds when                                                     undecided
==============  =============================================================  ==============================
left_of ...     centroids differ along the axis by more than DEAD_ZONE of the  within twice the dead zone
                larger of the two boxes' extents along it
inside          at least INSIDE of A lies in B's filled outline, and that      share within INSIDE_UNDECIDED
                filled area is larger than A's
surrounding     B is inside A                                                  as inside
overlapping     at least OVERLAP of the smaller mask is shared, neither        share within
                inside the other                                               OVERLAP_UNDECIDED
touching        gap at most TOUCH_PX                                           gap within a factor SLACK
near            gap at most NEAR of the smaller box's diagonal                 gap within a factor SLACK
on              touching, B not inside A, and A inside B or A's centroid       as its parts
                above B's
under           B is on A                                                      as on
between         A's centroid in the convex hull of B and C                     closer to the hull's edge than
                                                                               the dead zone
==============  =============================================================  ==============================

The gap is the distance of the nearest pixel centres less one, so that direct neighbours have gap 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import KDTree

from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.schema import RelationName
from dtwinseger.twin.steps import Verdict

DEAD_ZONE: Final = 0.1
INSIDE: Final = 0.90
INSIDE_UNDECIDED: Final = (0.80, 0.95)
OVERLAP: Final = 0.05
OVERLAP_UNDECIDED: Final = (0.02, 0.10)
TOUCH_PX: Final = 2.0
NEAR: Final = 0.5
SLACK: Final = 1.5
NEAREST: Final = 4

MIRROR: Final[dict[RelationName, RelationName]] = {
    "left_of": "right_of",
    "right_of": "left_of",
    "above": "below",
    "below": "above",
    "inside": "surrounding",
    "surrounding": "inside",
    "overlapping": "overlapping",
    "touching": "touching",
    "near": "near",
    "on": "under",
    "under": "on",
}
"""``name(a, b)`` holds exactly when ``MIRROR[name](b, a)`` does."""

# Along which axis, and in which direction, A lies from B: (axis of (x, y), sign of A - B).
_DIRECTIONS: Final[dict[RelationName, tuple[int, int]]] = {
    "left_of": (0, -1),
    "right_of": (0, 1),
    "above": (1, -1),
    "below": (1, 1),
}

Table = NDArray[np.bool_]
Scores = NDArray[np.int8]
"""Three-valued: 1 true, 0 undecided, -1 false. A conjunction is the minimum."""

_VERDICTS: Final[dict[int, Verdict]] = {1: "true", 0: "undecided", -1: "false"}


@dataclass(frozen=True, eq=False)
class Geometry:
    """The relations of a stack of non-empty masks. Tables have shape (N, N): row A, column B.

    What is measured is kept, so that one object serves a whole run over the same masks.
    """

    masks: MaskStack
    _gaps: dict[tuple[int, int], float] = field(default_factory=dict, repr=False)

    # ---- the predicates -------------------------------------------------------------------------

    def holds(self, name: RelationName) -> Table:
        """Where the relation holds by definition; False on the diagonal."""
        if name in _DIRECTIONS:
            table = self._offset(name) > self._dead_zone(name)
        elif name == "inside":
            table = self._fits_inside & (self.inside_share >= INSIDE)
        elif name == "overlapping":
            inside = self.holds("inside")
            table = (self.overlap_share >= OVERLAP) & ~inside & ~inside.T
        elif name == "touching":
            table = self.close_gaps <= TOUCH_PX
        elif name == "near":
            table = self.close_gaps <= NEAR * self._smaller_diagonal
        elif name == "on":
            inside = self.holds("inside")
            # A bowl on the front half of a table lies in the table's outline, below its centroid.
            over = inside | (self._offset("above") > 0)
            table = self.holds("touching") & over & ~inside.T
        else:
            return self.holds(MIRROR[name]).T
        return table & self._others

    def verdicts(self, name: RelationName) -> Scores:
        """Three-valued reading of the relation; -1 on the diagonal."""
        if name in _DIRECTIONS:
            doubled = 2 * self._dead_zone(name)
            scores = _scored(self._offset(name), low=-doubled, high=doubled)
        elif name == "inside":
            share = _scored(self.inside_share, *INSIDE_UNDECIDED)
            scores = np.where(self._fits_inside, share, -1)
        elif name == "overlapping":
            inside = np.maximum(self.verdicts("inside"), self.verdicts("surrounding"))
            scores = np.minimum(_scored(self.overlap_share, *OVERLAP_UNDECIDED), -inside)
        elif name == "touching":
            scores = -_scored(self.close_gaps, TOUCH_PX / SLACK, TOUCH_PX * SLACK)
        elif name == "near":
            limit = NEAR * self._smaller_diagonal
            scores = -_scored(self.close_gaps, limit / SLACK, limit * SLACK)
        elif name == "on":
            over = np.maximum(self.verdicts("inside"), self.verdicts("above"))
            over = np.minimum(over, -self.verdicts("surrounding"))
            scores = np.minimum(self.verdicts("touching"), over)
        else:
            return self.verdicts(MIRROR[name]).T
        return np.where(self._others, scores, -1).astype(np.int8)

    def verdict(self, name: RelationName, a: int, b: int) -> Verdict:
        """Whether row ``a`` stands in the relation to row ``b``."""
        return _VERDICTS[int(self.verdicts(name)[a, b])]

    def between(self, a: int, b: int, c: int) -> bool:
        """Whether the centroid of ``a`` lies in the convex hull of ``b`` and ``c``."""
        return len({a, b, c}) == 3 and bool(self._hull(b, c).covers(self._centroid(a)))

    def between_verdict(self, a: int, b: int, c: int) -> Verdict:
        """``between``, undecided within the dead zone of the hull's edge."""
        if len({a, b, c}) < 3:
            return "false"
        edge = float(self._hull(b, c).exterior.distance(self._centroid(a)))
        if edge <= DEAD_ZONE * float(self._extents[a].max()):
            return "undecided"
        return "true" if self.between(a, b, c) else "false"

    # ---- what is measured -----------------------------------------------------------------------

    @cached_property
    def inside_share(self) -> NDArray[np.float64]:
        """Share of A's pixels within B's filled outline, in [0, 1]."""
        filled = self.masks.with_masks(m.filled for m in self.masks)
        return self.masks.intersections_with(filled) / np.maximum(self.masks.areas[:, None], 1)

    @cached_property
    def overlap_share(self) -> NDArray[np.float64]:
        """Share of the smaller mask's pixels that the other has too, in [0, 1]."""
        smaller = np.minimum(self.masks.areas[:, None], self.masks.areas[None, :])
        return self.masks.intersections / np.maximum(smaller, 1)

    @cached_property
    def close_gaps(self) -> NDArray[np.float64]:
        """Gaps in pixels between pairs that could touch or be near each other; infinity for the others."""
        reach = np.maximum(TOUCH_PX, NEAR * self._smaller_diagonal) * SLACK
        gaps = np.full((len(self.masks), len(self.masks)), np.inf)
        for a, b in np.argwhere(self.box_gaps <= reach).tolist():
            if a < b:
                gaps[a, b] = gaps[b, a] = self.gap(a, b)
        return gaps

    @cached_property
    def box_gaps(self) -> NDArray[np.float64]:
        """Distance between the boxes, a lower bound of the gap; 0 where they meet."""
        low, high = self.masks.boxes[:, None, :2], self.masks.boxes[:, None, 2:]
        apart = np.maximum(low - high.transpose(1, 0, 2), low.transpose(1, 0, 2) - high)
        return np.asarray(np.hypot(*np.moveaxis(np.maximum(apart, 0), -1, 0)), np.float64)

    def gap(self, a: int, b: int) -> float:
        """Distance of the nearest pixel centres less one, at least 0; 0 where the masks share a pixel."""
        key = (min(a, b), max(a, b))
        if key not in self._gaps:
            self._gaps[key] = self._measured_gap(*key)
        return self._gaps[key]

    def nearest(self, a: int, among: Iterable[int], count: int = NEAREST) -> list[int]:
        """The ``count`` rows of ``among`` with the smallest gap to ``a``, ties by centroid distance."""
        bounds = self.box_gaps[a]
        found: list[tuple[float, float, int]] = []
        for b in sorted((b for b in among if b != a), key=lambda b: float(bounds[b])):
            # The bound only grows from here on: nothing further can be among the nearest.
            if len(found) >= count and sorted(found)[count - 1][0] < bounds[b]:
                break
            apart = math.dist(self.masks[a].centroid, self.masks[b].centroid)
            found.append((self.gap(a, b), apart, b))
        return [b for _, _, b in sorted(found)[:count]]

    # ---- helpers --------------------------------------------------------------------------------

    @cached_property
    def _others(self) -> Table:
        return ~np.eye(len(self.masks), dtype=np.bool_)

    @cached_property
    def _extents(self) -> NDArray[np.int64]:
        return self.masks.boxes[:, 2:] - self.masks.boxes[:, :2]

    @cached_property
    def _smaller_diagonal(self) -> NDArray[np.float64]:
        diagonal = np.hypot(self._extents[:, 0], self._extents[:, 1])
        return np.asarray(np.minimum(diagonal[:, None], diagonal[None, :]), np.float64)

    @cached_property
    def _fits_inside(self) -> Table:
        filled = np.array([m.filled.area for m in self.masks], np.int64)
        return self.masks.areas[:, None] < filled[None, :]

    def _offset(self, name: RelationName) -> NDArray[np.float64]:
        """How far A's centroid lies from B's in the named direction, in pixels."""
        axis, sign = _DIRECTIONS[name]
        position = self.masks.centroids[:, axis]
        return sign * (position[:, None] - position[None, :])

    def _dead_zone(self, name: RelationName) -> NDArray[np.float64]:
        extent = self._extents[:, _DIRECTIONS[name][0]]
        return np.asarray(DEAD_ZONE * np.maximum(extent[:, None], extent[None, :]), np.float64)

    def _measured_gap(self, a: int, b: int) -> float:
        if a == b or self.masks[a].intersection(self.masks[b]):
            return 0.0
        few, many = sorted((a, b), key=lambda row: len(self.masks[row].border))
        distance, _ = self._tree(many).query(self.masks[few].border)
        return max(0.0, float(distance.min()) - 1.0)

    @cached_property
    def _trees(self) -> dict[int, KDTree]:
        return {}

    def _tree(self, row: int) -> KDTree:
        if row not in self._trees:
            self._trees[row] = KDTree(self.masks[row].border)
        return self._trees[row]

    def _centroid(self, row: int) -> shapely.Point:
        return shapely.Point(self.masks[row].centroid)

    def _hull(self, b: int, c: int) -> shapely.Polygon:
        centres = np.concatenate((self.masks[b].border, self.masks[c].border))
        # Half a pixel more on every side: the hull is that of the pixels' squares, and never a line.
        corners = np.concatenate(
            [centres + np.array(d) for d in ((-0.5, -0.5), (-0.5, 0.5), (0.5, -0.5), (0.5, 0.5))]
        )
        return shapely.MultiPoint(corners).convex_hull


def informative(geometry: Geometry, shown: Sequence[int]) -> dict[int, list[tuple[RelationName, int]]]:
    """The relations worth telling a reader, for each shown row: containing, touching, overlapping, nearest.

    All others are left to the relation tools: sixty objects have 1,770 pairs.

    Returns:
        For each row of ``shown``, pairs (relation, other row), the other row rising.
    """
    shared: tuple[RelationName, ...] = ("inside", "surrounding", "on", "under", "overlapping", "touching")
    tables = {name: geometry.holds(name) for name in (*shared, "near", *_DIRECTIONS)}
    told: dict[int, list[tuple[RelationName, int]]] = {}
    for a in shown:
        nearest = set(geometry.nearest(a, shown))
        pairs: list[tuple[RelationName, int]] = []
        for b in shown:
            names: list[RelationName] = [name for name in shared if tables[name][a, b]]
            if "on" in names or "under" in names:
                names.remove("touching")
            if b in nearest:
                names += [
                    name
                    for name in ("near", *_DIRECTIONS)
                    if tables[name][a, b] and not (name == "near" and names)
                ]
            pairs += [(name, b) for name in names]
        told[a] = pairs
    return told


def _scored(
    values: NDArray[np.float64], low: NDArray[np.float64] | float, high: NDArray[np.float64] | float
) -> Scores:
    """1 where above ``high``, -1 where below ``low``, 0 between (both bounds included)."""
    return (np.asarray(values > high, np.int8) - np.asarray(values < low, np.int8)).astype(np.int8)
