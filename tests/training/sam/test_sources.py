"""Pictures that training draws itself."""

from __future__ import annotations

import numpy as np

from dtwinseger.training.sam.config import ShapesData
from dtwinseger.training.sam.sources import source_of


def test_shapes_are_plain_first_and_others_are_held_out() -> None:
    data = ShapesData(kind="shapes", plain_first=5, shapes={"graded": 1, "most": 1, "groups": 0})
    source = source_of(data, 5, 0)
    plain, later = [source.trained(n) for n in range(5)], [source.trained(n) for n in range(5, 10)]
    assert {level for p in plain for level in p.levels} == {"object"}
    assert all(len(np.unique(p.pixels.reshape(-1, 3), axis=0)) == 2 for p in plain)
    assert all(len(np.unique(p.pixels.reshape(-1, 3), axis=0)) > 2 for p in later)
    trained = {p.pixels.tobytes() for p in plain + later}
    assert not trained & {p.pixels.tobytes() for p in source.held_out()}


def test_drawn_pictures_of_a_level_have_it_and_none_comes_twice() -> None:
    rare = {"sides": [40, 60], "groups": 0.1, "parts": 0.2, "most": 2}
    source = source_of(ShapesData(kind="shapes", shapes=rare), 6, 0)
    assert source.levels() == ("group", "object", "part")
    for level in source.levels():
        drawn = [source.trained(number, level) for number in range(12)]
        held = list(source.held_out(level))
        assert len(held) == 6
        assert {own for picture in drawn + held for own in picture.levels} == {level}
        assert len({picture.pixels.tobytes() for picture in drawn + held}) == 18
    assert np.array_equal(source.trained(3).pixels, source.trained(3).pixels)


def test_plain_pictures_are_for_objects_alone() -> None:
    data = ShapesData(kind="shapes", plain_first=100, shapes={"sides": [40, 60], "parts": 0.5})
    assert "part" in source_of(data, 1, 0).trained(0, "part").levels
