from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from dtwinseger.twin.masks import Mask, MaskStack
from dtwinseger.twin.rle import decode, encode, from_polygons, run_lengths

Dense = NDArray[np.bool_]

# Tall and narrow as well as wide, and often nearly full, so that runs go on from column to column.
masks = hnp.arrays(
    np.bool_,
    st.tuples(st.sampled_from([1, 2, 7, 40]), st.sampled_from([1, 3, 63, 64, 65, 130])),
    fill=st.booleans(),
)


def theirs(dense: Dense) -> dict[str, Any]:
    rle = coco_mask.encode(np.asfortranarray(dense.astype(np.uint8)))
    return {"size": list(rle["size"]), "counts": rle["counts"].decode()}


def decoded_by_them(rle: Mapping[str, Any]) -> Dense:
    with warnings.catch_warnings():  # pycocotools 2.0.11 under numpy 2.4
        warnings.simplefilter("ignore", DeprecationWarning)
        return np.asarray(coco_mask.decode(dict(rle)), bool)


def runs(dense: Dense) -> list[int]:
    lengths, value = [0], False
    for pixel in dense.ravel(order="F").tolist():
        if pixel != value:
            lengths.append(0)
            value = pixel
        lengths[-1] += 1
    return lengths


@given(masks)
@example(np.zeros((3, 4), np.bool_))
@example(np.ones((3, 4), np.bool_))
def test_our_encoding_is_pycocotools_bit_for_bit_and_reads_back(dense: Dense) -> None:
    mask = Mask.from_dense(dense)
    rle = encode(mask)
    assert rle == theirs(dense)
    assert decode(rle).same_as(mask)


@given(masks)
def test_run_lengths_go_down_the_columns_zeros_first(dense: Dense) -> None:
    lengths = run_lengths(Mask.from_dense(dense)).tolist()
    assert lengths == runs(dense)
    assert decode({"size": list(dense.shape), "counts": lengths}).same_as(Mask.from_dense(dense))


def test_a_run_that_reaches_the_bottom_goes_on_in_the_next_column(draw: Any) -> None:
    mask = draw(".##.", ".##.", "##..")
    assert run_lengths(mask).tolist() == [2, 6, 4]


def test_a_mask_that_reaches_the_last_pixel_ends_with_ones(draw: Any) -> None:
    assert run_lengths(draw("#.#", "..#")).tolist() == [0, 1, 3, 2]
    assert run_lengths(draw("...", "...")).tolist() == [6]
    assert run_lengths(draw("###", "###")).tolist() == [0, 6]


def test_the_real_rles_of_coco_read_and_write_back_as_they_are(test_data: Path) -> None:
    (file,) = (test_data / "rle").glob("*fakesegm100*.json")
    rles = [entry["segmentation"] for entry in json.loads(file.read_text())]
    ours = [decode(rle) for rle in rles]
    assert len(rles) == 734
    assert sum(mask.area for mask in ours) == 7_766_804
    for rle, mask in zip(rles, ours, strict=True):
        assert np.array_equal(mask.dense(), decoded_by_them(rle))
        assert encode(mask) == rle


@given(st.text("0123OPQno`", min_size=1, max_size=12), st.integers(1, 6), st.integers(1, 6))
def test_any_string_of_the_format_is_read_as_pycocotools_does_or_refused(
    counts: str, height: int, width: int
) -> None:
    rle = {"size": [height, width], "counts": counts}
    try:
        mask = decode(rle)
    except ValueError as error:
        assert "RLE" in str(error)  # noqa: PT017 - both outcomes are right
    else:
        assert np.array_equal(mask.dense(), decoded_by_them(rle))


@pytest.mark.parametrize(
    ("size", "counts"),
    [
        ([4, 4], "0"),  # no run at all: pycocotools would leave the pixels uninitialised
        ([4, 4], "P"),  # ends in the middle of a number: pycocotools would read on behind it
        ([4, 4], "`0\0"),
        ([4, 4], "é"),
        ([4, 4], ""),
        ([4, 4], "`01"),  # runs over the end
        ([4, 4], "d04H"),  # 20, 4 and -8: a negative run, though the sum is right
        ([4, 4], "ooooooooooooooo0"),
        ([4, 4], None),
        ([4, 4], 16),
        ([4, 4], [4, 13]),
        ([4, 4], [4, 12.0]),
        ([4, 4], [-1, 17]),
        ([4, 4], ["16"]),
        ([1, 1], [True]),
        ([4], "`0"),
        ([4, "4"], "`0"),
        ([4.0, 4], "`0"),
        ([True, 16], "`0"),
        ([0, 16], "`0"),
        ([4, -4], "`0"),
        ("44", "`0"),
        (None, "`0"),
        ([2**33, 2**33], "`0"),
        ([10**30, 1], [10**30]),
    ],
)
def test_what_is_not_an_rle_is_refused(size: Any, counts: Any) -> None:
    assert decode({"size": [4, 4], "counts": "`0"}).area == 0
    with pytest.raises(ValueError, match="RLE"):
        decode({"size": size, "counts": counts})


def test_polygons_are_drawn_as_coco_draws_them_and_joined() -> None:
    square, triangle = [1, 1, 4, 1, 4, 4, 1, 4], [5.5, 0.2, 9.7, 6.1, 4.9, 5.5]
    mask = from_polygons([square, triangle], 8, 12)
    theirs = np.stack([decoded_by_them(rle) for rle in coco_mask.frPyObjects([square, triangle], 8, 12)])
    assert mask.same_as(MaskStack.from_dense(theirs).union())
    assert mask.area > theirs[0].sum() == 9


@pytest.mark.parametrize("polygons", [[], [[1, 1, 2, 2]], [[1, 1, 2, 2, 3, 3, 4]]])
def test_a_polygon_needs_three_points(polygons: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="at least three points"):
        from_polygons(polygons, 8, 8)
