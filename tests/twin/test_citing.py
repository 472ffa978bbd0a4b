"""A criterion with a relation, a rank or a number needs a claim about every object that it decides."""

from __future__ import annotations

import pytest

from dtwinseger.twin.citing import measures_of, uncited
from dtwinseger.twin.steps import Claim, CountClaim, Decision, FilterStep, RankClaim, RelationClaim

LEFT = RelationClaim(index=1, name="left_of", to=(2,))
LARGEST = RankClaim(index=1, by="area", order="descending", position=1, among=(1, 3))


def step(criterion: str, *claims: Claim, why: str = "it is no cup") -> FilterStep:
    """Keeps 1, drops 2 and 3."""
    kept = Decision(index=1, keep=True, reason="it fits", semantics="a cup that fits")
    dropped = (Decision(index=index, keep=False, reason=why) for index in (2, 3))
    return FilterStep(step=1, criterion=criterion, decisions=(kept, *dropped), evidence=claims)


@pytest.mark.parametrize(
    "text",
    ["Left of the plate", "the LARGEST one", "the 2nd from there", "both", "3 of them", "on-top", "smaller"],
)  # fmt: skip
def test_words_of_relations_ranks_and_numbers_rest_on_measures(text: str) -> None:
    assert measures_of(text)


@pytest.mark.parametrize(
    "text", ["a red cup", "", "in front of it", "the oldest", "leftovers", "one", "bothersome", "b2"]
)
def test_other_words_do_not(text: str) -> None:
    assert not measures_of(text)


def test_a_plain_criterion_needs_no_claim() -> None:
    assert uncited(step("a cup")) == ()


@pytest.mark.parametrize("why", ["it is not left of it", "it is no cup"])
def test_every_object_needs_a_claim_kept_or_dropped(why: str) -> None:
    assert uncited(step("left of the plate", why=why)) == (1, 2, 3)
    assert uncited(step("left of the plate", LEFT, why=why)) == (3,)
    other = RelationClaim(index=3, name="left_of", to=(2,), holds=False)
    assert uncited(step("left of the plate", LEFT, other, why=why)) == ()


def test_what_others_are_related_to_may_be_dropped_by_that_but_not_kept() -> None:
    assert 2 not in uncited(step("left of the plate", LEFT))
    assert uncited(step("right of the plate", RelationClaim(index=2, name="right_of", to=(1,)))) == (1, 3)


def test_a_rank_of_one_alone_decides_of_no_other() -> None:
    alone = RankClaim(index=1, by="area", order="descending", position=1, among=(1,))
    assert uncited(step("the largest", alone)) == (2, 3)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("left of the plate", {"relation"}),
        ("the largest", {"rank"}),
        ("the 2nd", {"rank"}),
        ("two cups", {"count"}),
        ("12 cups", {"count"}),
        ("the second cup from the left", {"rank", "relation"}),
    ],
)  # fmt: skip
def test_words_call_for_their_own_kind_of_claim(text: str, kinds: set[str]) -> None:
    assert measures_of(text) == kinds


def test_a_rank_decides_of_all_that_are_dropped_for_it() -> None:
    assert uncited(step("the largest", LARGEST, why="it is smaller")) == (2,)


def test_a_rank_of_another_does_not_decide_of_what_is_kept() -> None:
    third = RankClaim(index=3, by="area", order="descending", position=3, among=(1, 2, 3))
    assert uncited(step("the largest", third)) == (1,)


def test_a_count_decides_of_all_that_are_counted() -> None:
    assert uncited(step("two cups", CountClaim(of=(1, 3), n=2), why="not one of the two")) == (2,)


def test_counting_does_not_decide_of_a_relation() -> None:
    count = CountClaim(of=(1, 2, 3), n=3)
    assert uncited(step("left of the plate", count)) == (1, 2, 3)
    assert uncited(step("the two left of the plate", count)) == (1, 2, 3)
    assert uncited(step("the two left of the plate", LEFT)) == (3,)


def test_of_a_place_in_a_row_either_a_rank_or_a_relation_decides() -> None:
    assert uncited(step("the first from the left", LARGEST)) == (2,)
    assert uncited(step("the first from the left", LEFT)) == (3,)
