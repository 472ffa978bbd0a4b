from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.ranking import TIE, UNITS, measure, rank_verdict, ranking
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.steps import Order, RankBy


def bars(*widths: int, at: int = 0) -> Geometry:
    """One bar a row, ``widths`` wide, all beginning at x = ``at``."""
    size = (2 * len(widths), 500)
    masks = [Mask.from_dense(np.ones((1, w)), origin=(at, 2 * y), size=size) for y, w in enumerate(widths)]
    return Geometry(MaskStack(*size, tuple(masks)))


def dots(*xs: int) -> Geometry:
    """Single pixels of one row at these columns."""
    masks = [Mask.from_dense(np.ones((1, 1)), origin=(x, 0), size=(1, 500)) for x in xs]
    return Geometry(MaskStack(1, 500, tuple(masks)))


def test_every_measure_has_its_unit(draw: Any) -> None:
    scene = Geometry(MaskStack(4, 5, (draw(".....", ".###.", ".#...", "....."), draw(*["....#"] * 4))))
    assert set(UNITS) == set(get_args(RankBy))
    assert measure(scene, "area", 0) == 20.0
    assert measure(scene, "x", 0) == pytest.approx((1.5 + 2.5 + 3.5 + 1.5) / 4)
    assert measure(scene, "y", 0) == pytest.approx((3 * 1.5 + 2.5) / 4)
    assert (measure(scene, "width", 0), measure(scene, "height", 0)) == (3.0, 2.0)
    assert measure(scene, "distance", 0, to=[1]) == 0.0


def test_the_distance_is_the_gap_to_the_nearest_of_several() -> None:
    scene = dots(0, 10, 14)
    assert measure(scene, "distance", 0, to=[2]) == 13
    assert measure(scene, "distance", 0, to=[2, 1]) == 9
    with pytest.raises(ValueError, match="from which objects"):
        measure(scene, "distance", 0)


def test_a_ranking_lists_rows_with_their_measures_in_the_order_asked_for() -> None:
    scene = bars(30, 10, 20)
    assert ranking(scene, "width", "ascending", [0, 1, 2]) == [(1, 10.0), (2, 20.0), (0, 30.0)]
    assert ranking(scene, "width", "descending", [0, 2]) == [(0, 30.0), (2, 20.0)]


def test_equal_gaps_are_ranked_by_the_centroids_distance() -> None:
    size = (3, 60)
    post, long, short = (
        Mask.from_dense(np.ones((1, w)), origin=(x, 1), size=size) for x, w in ((30, 1), (5, 20), (36, 2))
    )
    scene = Geometry(MaskStack(*size, (post, long, short)))
    assert scene.gap(0, 1) == scene.gap(0, 2) == 5
    assert [row for row, _ in ranking(scene, "distance", "ascending", [1, 2], to=[0])] == [2, 1]
    assert [row for row, _ in ranking(scene, "distance", "descending", [1, 2], to=[0])] == [1, 2]


@pytest.mark.parametrize(
    ("row", "position", "order", "verdict"),
    [(0, 1, "ascending", "true"), (0, 2, "ascending", "false"), (2, 3, "ascending", "true"),
     (2, 1, "descending", "true"), (1, 2, "descending", "true"), (1, 4, "ascending", "false")],
)  # fmt: skip
def test_a_claimed_position_is_checked(row: int, position: int, order: Order, verdict: str) -> None:
    assert rank_verdict(bars(10, 20, 30), row, "width", order, position, [0, 1, 2]) == verdict


@pytest.mark.parametrize(
    ("other", "first", "second"),
    # A twentieth of the larger: 200 and 190 can be told apart, 200 and 191 cannot.
    [(190, "false", "true"), (191, "undecided", "undecided"), (200, "undecided", "undecided")],
)
def test_sizes_within_a_twentieth_cannot_be_told_apart(other: int, first: str, second: str) -> None:
    assert TIE == 0.05
    scene = bars(200, other)
    assert rank_verdict(scene, 0, "width", "ascending", 1, [0, 1]) == first
    assert rank_verdict(scene, 0, "width", "ascending", 2, [0, 1]) == second


def test_places_within_a_twentieth_of_their_span_cannot_be_told_apart_wherever_they_are() -> None:
    for start in (0, 300):
        apart, close = dots(start, start + 5, start + 100), dots(start, start + 4, start + 100)
        assert rank_verdict(apart, 0, "x", "ascending", 1, [0, 1, 2]) == "true"
        assert rank_verdict(close, 0, "x", "ascending", 1, [0, 1, 2]) == "undecided"
        assert rank_verdict(close, 0, "x", "ascending", 2, [0, 1, 2]) == "undecided"
        assert rank_verdict(close, 0, "x", "ascending", 3, [0, 1, 2]) == "false"
        assert rank_verdict(close, 2, "x", "descending", 1, [0, 1, 2]) == "true"


def test_the_object_itself_counts_even_where_the_claim_forgot_it() -> None:
    assert rank_verdict(bars(10, 20, 30), 1, "width", "ascending", 2, [0, 2]) == "true"


def test_equal_measures_of_nothing_are_undecided() -> None:
    scene = dots(10, 11, 9)
    assert measure(scene, "distance", 1, [0]) == measure(scene, "distance", 2, [0]) == 0
    assert rank_verdict(scene, 1, "distance", "ascending", 1, [1, 2], [0]) == "undecided"


@given(
    st.lists(st.integers(1, 200), min_size=2, max_size=6),
    st.sampled_from(["area", "x", "width"]),
    st.sampled_from(["ascending", "descending"]),
)
def test_the_place_in_a_ranking_is_never_judged_false_and_alone_judged_true(
    widths: list[int], by: RankBy, order: Order
) -> None:
    scene, rows = bars(*widths), range(len(widths))
    for place, (row, _) in enumerate(ranking(scene, by, order, rows), 1):
        verdicts = {p: rank_verdict(scene, row, by, order, p, rows) for p in range(1, len(rows) + 1)}
        assert verdicts[place] != "false"
        assert [p for p, v in verdicts.items() if v == "true"] in ([], [place])
