"""ReasonSeg's layout: the rules on the real files, and masks with holes as polygons without any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dtwinseger.eval.formats.reasonseg import LEAST_IOU, drawn, polygons_of, read_sample, write_sample
from dtwinseger.twin.errors import BadTwinError, OutputError

REAL = ("val/22758113_b762c61e62_o", "train/12580109095_4930f09414_o", "test/10126247704_3bf0c7e05c_o")


def shape(label: str, *points: tuple[float, float]) -> dict[str, Any]:
    return {"label": label, "points": [list(point) for point in points]}


def square(label: str, first: float, last: float) -> dict[str, Any]:
    return shape(label, (first, first), (last, first), (last, last), (first, last))


def redrawn(mask: np.ndarray) -> np.ndarray:
    shapes = [{"label": "target", "points": polygon.tolist()} for polygon in polygons_of(mask)]
    return drawn(shapes, (mask.shape[0], mask.shape[1]))


def rows(*text: str) -> np.ndarray:
    return np.array([[c == "#" for c in row] for row in text])


@pytest.mark.parametrize("name", REAL)
def test_the_real_files_are_drawn_as_lisas_parser_draws_them(name: str, test_data: Path) -> None:
    folder = test_data / "reasonseg"
    facts = json.loads((folder / "expected.json").read_text())[name]
    sample = read_sample(folder / f"{name}.json", (facts["height"], facts["width"]))
    expected = cv2.imread(str(folder / f"{name}.expected.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(sample.target, expected)
    assert (len(sample.queries), sample.is_sentence) == (facts["texts"], facts["is_sentence"])


def test_both_ends_of_a_shape_are_drawn() -> None:
    assert drawn([square("target", 1, 3)], (5, 5)).sum() == 9


def test_corners_are_cut_off_to_whole_pixels() -> None:
    assert np.array_equal(
        drawn([square("target", 1.9, 3.9)], (5, 5)), drawn([square("target", 1, 3)], (5, 5))
    )


@pytest.mark.parametrize("order", [1, -1])
def test_a_smaller_shape_is_painted_over_a_larger_one(order: int) -> None:
    mask = drawn([square("Ignored", 0, 4), square("anything", 1, 2)][::order], (5, 5))
    assert np.count_nonzero(mask == 1) == 4
    assert np.count_nonzero(mask == 255) == 21


def test_a_flag_is_not_drawn_and_an_empty_file_has_no_target() -> None:
    assert not drawn([square("FLAG", 0, 4)], (5, 5)).any()
    assert not drawn([], (5, 5)).any()


@pytest.mark.parametrize("flag", [{"label": "Flag", "points": []}, {"label": "flag"}])
def test_a_flag_needs_no_points(flag: dict[str, Any]) -> None:
    assert drawn([flag, square("target", 1, 3)], (5, 5)).sum() == 9


RING = rows("#####", "#...#", "#.#.#", "#...#", "#####")


def test_a_ring_is_cut_into_pieces_without_holes() -> None:
    assert len(polygons_of(RING)) == 3
    assert np.array_equal(redrawn(RING), RING)


def test_an_empty_mask_has_no_polygons() -> None:
    assert polygons_of(np.zeros((3, 3))) == []


@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12))))
def test_any_mask_is_redrawn_exactly(mask: np.ndarray) -> None:
    assert np.array_equal(redrawn(mask), mask)


def test_many_holes_are_no_matter_of_depth() -> None:
    sieve = np.ones((61, 401), np.bool_)
    sieve[1::2, 1::2] = False
    assert np.array_equal(redrawn(sieve), sieve)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "images" / "7.jpg"
    path.parent.mkdir()
    path.write_bytes(b"a picture")
    return path


def test_what_is_written_is_read_back(picture: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ReasonSeg" / "test"
    assert write_sample(folder, "7-0", picture, "the ring à gauche", RING, is_sentence=False) == 1.0
    sample = read_sample(folder / "7-0.json", (5, 5))
    assert (sample.query, sample.is_sentence) == ("the ring à gauche", False)
    assert np.array_equal(sample.target, RING)
    assert (folder / "7-0.jpg").read_bytes() == b"a picture"
    assert (folder / "7-0.jpg").samefile(picture)


def test_a_file_that_is_written_has_the_fields_of_the_real_ones(
    picture: Path, tmp_path: Path, test_data: Path
) -> None:
    write_sample(tmp_path, "7-0", picture, "the ring", RING, is_sentence=False)
    ours = json.loads((tmp_path / "7-0.json").read_text())
    theirs = json.loads((test_data / "reasonseg" / f"{REAL[0]}.json").read_text())
    assert ours.keys() == theirs.keys()
    assert ours["shapes"][0].keys() == theirs["shapes"][0].keys()


def test_writing_again_takes_the_place_of_what_was_there(picture: Path, tmp_path: Path) -> None:
    for name, query in ((picture, "old"), (tmp_path / "other.jpg", "new")):
        (tmp_path / "other.jpg").write_bytes(b"another")
        write_sample(tmp_path / "out", "7-0", name, query, RING, is_sentence=False)
    assert (tmp_path / "out" / "7-0.jpg").read_bytes() == b"another"
    assert picture.read_bytes() == b"a picture"


def test_where_links_cannot_be_made_the_picture_is_copied(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    write_sample(tmp_path / "out", "7-0", picture, "the ring", RING, is_sentence=False)
    assert (tmp_path / "out" / "7-0.jpg").read_bytes() == b"a picture"


def test_an_empty_mask_is_written_without_shapes(picture: Path, tmp_path: Path) -> None:
    assert write_sample(tmp_path, "7-0", picture, "a cow", np.zeros((5, 5)), is_sentence=False) == 1.0
    assert json.loads((tmp_path / "7-0.json").read_text())["shapes"] == []


def test_what_polygons_cannot_redraw_is_not_written(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dtwinseger.eval.formats.reasonseg.polygons_of", lambda mask: [])
    assert write_sample(tmp_path / "out", "7-0", picture, "the ring", RING, is_sentence=False) < LEAST_IOU
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_named(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        write_sample(picture / "below", "7-0", picture, "the ring", RING, is_sentence=False)


def test_a_file_in_windows_letters_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes('{"shapes": [], "text": ["café"], "is_sentence": true}'.encode("cp1252"))
    assert read_sample(path, (2, 2)).query == "café"


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"{", "is not JSON"),
        (b'\x81"', "is not JSON"),
        (b"[]", "no ReasonSeg annotation"),
        (b'{"shapes": [], "is_sentence": true}', "no ReasonSeg annotation"),
        (b'{"shapes": [], "text": [], "is_sentence": true}', "one or more queries"),
        (b'{"shapes": {}, "text": ["a"], "is_sentence": true}', "`shapes` is a list"),
        (b'{"shapes": [{"points": [[1, 2]]}], "text": ["a"], "is_sentence": true}', "with a `label`"),
        (
            b'{"shapes": [{"label": "t", "points": []}], "text": ["a"], "is_sentence": true}',
            "pairs of numbers",
        ),
        (b'{"shapes": [{"label": "t", "points": [[1, NaN]]}], "text": ["a"], "is_sentence": true}', "pairs"),
        (b'{"shapes": [{"label": "t", "points": [[1, 1e9]]}], "text": ["a"], "is_sentence": true}', "pairs"),
    ],
)
def test_a_damaged_file_is_refused_by_name(content: bytes, text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(BadTwinError, match=rf"a\.json.*{text}"):
        read_sample(path, (4, 4))


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadTwinError, match=r"cannot read .*none\.json"):
        read_sample(tmp_path / "none.json", (4, 4))
