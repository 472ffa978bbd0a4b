from __future__ import annotations

import pytest

from dtwinseger.twin import errors
from dtwinseger.twin.errors import BudgetSpentError, DTwinSegerError, ToolError, UnknownObjectError, UserError


def tree(kind: type[DTwinSegerError], depth: int = 0) -> list[tuple[int, str]]:
    below = [
        line
        for sub in kind.__subclasses__()
        if sub.__module__ == errors.__name__
        for line in tree(sub, depth + 1)
    ]
    return [(depth, kind.__name__), *below]


def test_the_tree_drawn_on_top_is_the_tree_of_the_classes() -> None:
    lines = (errors.__doc__ or "").split("\n\n")[1].splitlines()
    drawn = [
        (len(line[: line.index(name)]) // 4 - 1, name)
        for line in lines
        if (name := line.strip("│├└─ ").split()[0])
    ]
    assert drawn == tree(DTwinSegerError)


def test_what_a_model_can_mend_and_what_a_person_must_act_on_are_apart() -> None:
    for _, name in tree(DTwinSegerError)[1:]:
        kind = getattr(errors, name)
        assert issubclass(kind, ToolError) != issubclass(kind, UserError)


def test_an_unknown_object_names_itself_and_the_known_ones() -> None:
    assert str(UnknownObjectError(9, [1, 2])) == "no object 9; known: 1, 2"
    assert str(UnknownObjectError(9, [])) == "no object 9; known: none"
    assert UnknownObjectError(9, []).index == 9


@pytest.mark.parametrize("budget", ["steps", "calls", "seconds"])
def test_a_spent_budget_names_the_setting_that_raises_it(budget: errors.BudgetName) -> None:
    error = BudgetSpentError(budget, 6.0)
    assert error.budget == budget
    assert str(error) == (
        f"the budget of 6 {budget} is spent before an answer; raise DTWINSEGER_MAX_{budget.upper()}, "
        "or take the last state with --accept-partial"
    )
