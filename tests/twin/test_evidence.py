from __future__ import annotations

from typing import Any

import pytest

from dtwinseger.twin.errors import ToolError, UnknownObjectError
from dtwinseger.twin.evidence import checked, described, verdict
from dtwinseger.twin.masks import MaskStack
from dtwinseger.twin.relations import Geometry
from dtwinseger.twin.schema import DigitalTwin
from dtwinseger.twin.steps import Claim, CountClaim, RankClaim, RelationClaim

Scene = tuple[DigitalTwin, Geometry]


@pytest.fixture(scope="module")
def scene(draw: Any, twin_of: Any) -> Scene:
    """2, 5 and 7 from left to right; 9 hangs a little to the left below 5. Rows are not indices."""
    twin, masks = twin_of({
        2: draw("##..........", "##..........", "............"),
        5: draw("....####....", "....####....", "............"),
        7: draw("..........##", "..........##", "............"),
        9: draw("............", "............", "....###....."),
    })  # fmt: skip
    return twin, Geometry(masks)


def relation(index: int, name: Any, *to: int, holds: bool = True) -> RelationClaim:
    return RelationClaim(index=index, name=name, to=to, holds=holds)


@pytest.mark.parametrize(
    ("claim", "wanted"),
    [
        (relation(2, "left_of", 5), "true"),
        (relation(5, "left_of", 2), "false"),
        (relation(2, "left_of", 5, 7), "true"),
        (relation(5, "left_of", 2, 7), "false"),  # one of them is wrong
        (relation(9, "left_of", 5), "undecided"),  # half a pixel, of boxes four wide
        (relation(9, "left_of", 7, 5), "undecided"),
        (relation(5, "left_of", 2, holds=False), "true"),
        (relation(2, "left_of", 5, holds=False), "false"),
        (relation(9, "left_of", 5, holds=False), "undecided"),
        (relation(5, "left_of", 2, 7, holds=False), "false"),  # it is left of 7
        (relation(2, "left_of", 2), "false"),
        (relation(5, "between", 2, 7), "true"),
        (relation(2, "between", 5, 7), "false"),
        (relation(2, "between", 5, 7, holds=False), "true"),
        (relation(5, "between", 5, 7), "false"),
        (relation(5, "on", 9), "true"),
        (RankClaim(index=7, by="x", order="descending", position=1, among=(2, 5, 7)), "true"),
        (RankClaim(index=7, by="x", order="ascending", position=1, among=(2, 5, 7)), "false"),
        (RankClaim(index=2, by="area", order="ascending", position=1, among=(2, 7)), "undecided"),
        (RankClaim(index=5, by="distance", order="ascending", position=1, among=(2, 5), to=(9,)), "true"),
        (CountClaim(of=(2, 5, 7), n=3), "true"),
        (CountClaim(of=(2, 5, 5), n=3), "false"),
        (CountClaim(of=(), n=0), "true"),
    ],
)
def test_a_claim_is_recomputed_from_the_masks(scene: Scene, claim: Claim, wanted: str) -> None:
    assert verdict(claim, *scene) == wanted


def test_checking_puts_a_verdict_beside_each_claim_and_changes_nothing_else(scene: Scene) -> None:
    claims = (relation(2, "left_of", 5), CountClaim(of=(2,), n=2, verdict="true"))
    assert checked(claims, *scene) == (
        claims[0].model_copy(update={"verdict": "true"}),
        claims[1].model_copy(update={"verdict": "false"}),
    )
    assert claims[0].verdict is None


@pytest.mark.parametrize(
    "claim",
    [
        relation(3, "left_of", 5),
        relation(2, "left_of", 3),
        relation(2, "between", 3, 5),
        RankClaim(index=3, by="x", order="ascending", position=1, among=(2,)),
        RankClaim(index=2, by="x", order="ascending", position=1, among=(2, 3)),
        RankClaim(index=2, by="distance", order="ascending", position=1, among=(2,), to=(3,)),
        CountClaim(of=(2, 3), n=2),
    ],
)
def test_a_claim_about_an_unknown_object_lists_the_known_ones(scene: Scene, claim: Claim) -> None:
    with pytest.raises(UnknownObjectError, match="no object 3; known: 2, 5, 7, 9"):
        verdict(claim, *scene)


def test_a_claim_that_cannot_be_read_says_what_it_lacks(scene: Scene) -> None:
    with pytest.raises(ToolError, match="exactly two objects"):
        verdict(relation(5, "between", 2), *scene)
    with pytest.raises(ToolError, match="exactly two objects"):
        verdict(relation(5, "between", 2, 7, 9), *scene)
    with pytest.raises(ToolError, match="needs `to`"):
        verdict(RankClaim(index=2, by="distance", order="ascending", position=1, among=(2, 5)), *scene)


def test_claims_are_described_in_words() -> None:
    assert described(relation(2, "left_of", 5, 7)) == "2 left_of 5 and 7"
    assert described(relation(2, "between", 5, 7, holds=False)) == "2 not between 5 and 7"
    rank = RankClaim(index=2, by="area", order="descending", position=3, among=(2,))
    assert described(rank) == "2 is number 3 by area (descending)"
    assert described(CountClaim(of=(2, 5, 5), n=3)) == "2 objects listed, 3 claimed"


def test_claims_about_nothing_are_true_of_an_empty_picture() -> None:
    twin = DigitalTwin.model_validate(
        {"image": {"sha256": None, "height": 4, "width": 4}, "granularity": "object"}
    )
    assert verdict(CountClaim(of=(), n=0), twin, Geometry(MaskStack(4, 4))) == "true"
