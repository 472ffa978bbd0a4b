"""A folder of scenes: the same for the same seed, and finished after an interruption."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from dtwinseger.eval.scenes.dataset import head_of, is_complete, make
from dtwinseger.twin.errors import BadInputError
from dtwinseger.twin.jsonio import twin_from_json
from dtwinseger.twin.record import Record

N = 3


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("scenes") / "made"
    make(root, N, seed=5)
    return root


def contents(root: Path) -> dict[str, str]:
    return {
        str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(root.rglob("*"))
        if p.is_file() and p.name != ".lock"
    }


def test_the_same_seed_gives_the_same_files(made: Path, tmp_path: Path) -> None:
    make(tmp_path / "again", N, seed=5)
    assert contents(tmp_path / "again") == contents(made)


def test_another_seed_gives_other_pictures(made: Path, tmp_path: Path) -> None:
    make(tmp_path / "other", 1, seed=6)
    first = Path("images") / "00000.jpg"
    assert (tmp_path / "other" / first).read_bytes() != (made / first).read_bytes()


def test_every_line_is_a_record_of_a_picture_that_is_there(made: Path) -> None:
    records = [Record.from_line(line) for line in (made / "records.jsonl").read_text("utf-8").splitlines()]
    assert len({r.id for r in records}) == len(records) > N
    for record in records:
        assert record.image is not None
        picture = (made / record.image).read_bytes()
        assert record.path.twin.image.sha256 == hashlib.sha256(picture).hexdigest()
        assert (made / "ReasonSeg" / "test" / f"{record.id}.json").exists() == record.provenance["reasonseg"]


def test_the_twin_of_a_scene_has_all_levels(made: Path) -> None:
    twin, masks = twin_from_json(json.loads((made / "twins" / "00000.json").read_text("utf-8")))
    assert {o.level for o in twin.objects} >= {"object", "part"}
    full = json.loads((made / "full" / "00000.json").read_text("utf-8"))
    assert len(full) == len(twin.objects) == len(masks)


def test_an_interrupted_run_goes_on_where_it_was(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "cut"
    make(root, N, seed=5)
    (root / "full" / "00002.json").unlink()  # written last: the scene is not finished
    with (root / "records.jsonl").open("a") as file:
        file.write('{"version":1,"id":"0000')
    assert not is_complete(root)
    make(root, N, seed=5)
    assert is_complete(root)
    assert contents(root) == contents(made)


def test_more_scenes_of_the_same_seed_are_added(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "growing"
    make(root, 1, seed=5)
    make(root, N, seed=5)
    assert contents(root) == contents(made)
    assert head_of(root)["n"] == N


@pytest.mark.parametrize("lost", ["images/00001.jpg", "twins/00001.json", "full/00001.json"])
def test_a_scene_that_lost_a_file_is_made_again(made: Path, tmp_path: Path, lost: str) -> None:
    root = tmp_path / "lost"
    shutil.copytree(made, root)
    (root / lost).unlink()
    assert not is_complete(root)
    make(root, N, seed=5)
    assert sorted(contents(root)) == sorted(contents(made))
    assert sorted((root / "records.jsonl").read_bytes().splitlines()) == sorted(
        (made / "records.jsonl").read_bytes().splitlines()
    )


def test_a_finished_folder_that_lost_questions_is_made_again(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "lost"
    shutil.copytree(made, root)
    head = json.loads((root / "scenes.json").read_text())
    first, _, *others = (made / "records.jsonl").read_text().splitlines(keepends=True)
    (root / "records.jsonl").write_text("".join([first, *others]))
    assert make(root, head["n"], head["seed"]) == len(others) + 2
    assert (root / "records.jsonl").read_bytes() == (made / "records.jsonl").read_bytes()


def test_lost_questions_are_noticed(made: Path, tmp_path: Path) -> None:
    root = tmp_path / "short"
    shutil.copytree(made, root)
    lines = (root / "records.jsonl").read_bytes().splitlines(keepends=True)
    (root / "records.jsonl").write_bytes(b"".join(lines[1:]))
    assert not is_complete(root)


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    with FileLock(tmp_path / ".lock"), pytest.raises(BadInputError, match="just now"):
        make(tmp_path, 1, 1)


@pytest.mark.parametrize("text", ['{"version": 2}', '{"version": 2, "seed": 5, "n": "3"}', "[" * 100_000])
def test_a_damaged_head_is_one_clear_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "scenes.json").write_text(text)
    with pytest.raises(BadInputError, match=r"damaged|no folder of scenes"):
        make(tmp_path, 3, 5)


@pytest.mark.parametrize(("n", "seed", "text"), [(N, 6, "of seed 5"), (1, 5, "3 scenes already")])
def test_a_folder_of_other_scenes_is_left_alone(made: Path, n: int, seed: int, text: str) -> None:
    before = contents(made)
    with pytest.raises(BadInputError, match=text):
        make(made, n, seed)
    assert contents(made) == before


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (100_001, 1), (1, -1)])
def test_numbers_out_of_range_are_refused_before_anything_is_written(
    n: int, seed: int, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError):
        make(tmp_path / "never", n, seed)
    assert not (tmp_path / "never").exists()


def test_what_is_no_folder_of_scenes_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BadInputError, match="no folder of scenes"):
        make(tmp_path, 1, 1)
    with pytest.raises(BadInputError, match="is a file"):
        make(tmp_path / "notes.txt", 1, 1)
    assert (tmp_path / "notes.txt").read_text() == "mine"
