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


def test_what_is_kept_needs_a_claim() -> None:
    assert uncited(step("left of the plate")) == (1,)
    assert uncited(step("left of the plate", LEFT)) == ()


def test_what_is_dropped_needs_one_where_its_reason_says_so() -> None:
    assert uncited(step("left of the plate", LEFT, why="it is not left of it")) == (2, 3)


def test_the_object_that_another_is_related_to_has_no_claim_by_that() -> None:
    assert 2 in uncited(step("left of the plate", LEFT, why="it is to the right"))


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
    assert uncited(step("left of the plate", count)) == (1,)
    assert uncited(step("the two left of the plate", count)) == (1,)
    assert uncited(step("the two left of the plate", LEFT)) == ()


def test_of_a_place_in_a_row_either_a_rank_or_a_relation_decides() -> None:
    assert uncited(step("the first from the left", LARGEST)) == ()
    assert uncited(step("the first from the left", LEFT)) == ()
