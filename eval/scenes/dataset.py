"""A folder of scenes: written so that a run that was interrupted goes on where it was.

scenes.json             version, seed, n
images/00007.jpg        the picture
twins/00007.json        its twin over all three levels, as ``segment --twin`` reads it
full/00007.json         COCO RLE of what each object would show with nothing in front, by index
records.jsonl           one ``twin.record`` line a question; its id is the scene's number, then its own
ReasonSeg/test/         the questions again in ReasonSeg's layout, those that it can draw
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track

from dtwinseger.agent.files import make_folder, write_atomically
from dtwinseger.eval.formats.reasonseg import LEAST_IOU, write_sample
from dtwinseger.eval.scenes.making import Sample, make_sample
from dtwinseger.twin.errors import BadInputError
from dtwinseger.twin.jsonio import twin_to_json
from dtwinseger.twin.record import Record
from dtwinseger.twin.rle import encode

VERSION: Final = 1
GENERATOR: Final = f"dtwinseger scenes {VERSION}"
MOST: Final = 100_000


def make(out: Path, n: int, seed: int) -> int:
    """Make the scenes 0 .. ``n`` - 1 of a seed; those that are there already are kept.

    Returns:
        The number of questions in the folder.

    Raises:
        BadInputError: numbers out of range, or the folder holds something else.
        OutputError: it cannot be written.
    """
    if not 1 <= n <= MOST:
        raise BadInputError(f"the number of scenes is from 1 to {MOST}, not {n}")
    if seed < 0:
        raise BadInputError(f"a seed is 0 or more, not {seed}")
    done = _begun(out, n, seed)
    records = out / "records.jsonl"
    lines = _lines_of(records, done)
    write_atomically(records, "".join(lines).encode())
    console = Console(stderr=True)
    missing = [number for number in range(n) if number not in done]
    with records.open("a", encoding="utf-8") as file:
        for number in track(missing, "making scenes", console=console, disable=not console.is_terminal):
            sample = make_sample(seed, number)
            written = [record.to_line() + "\n" for record in _recorded(out, sample, seed)]
            file.write("".join(written))
            file.flush()
            lines += written
            # The last file of a scene: what has it is complete.
            _write_json(_full_path(out, number), _full(sample))
    return len(lines)


def head_of(root: Path) -> dict[str, Any]:
    """What ``scenes.json`` says.

    Raises:
        BadInputError: not a folder of scenes, or of another version.
    """
    try:
        head = json.loads((root / "scenes.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInputError(
            f"{root} is no folder of scenes; make one with: dtwinseger scenes make --out {root}"
        ) from error
    if not isinstance(head, dict) or head.get("version") != VERSION:
        raise BadInputError(f"{root} holds scenes of another version; this program reads version {VERSION}")
    return head


def is_complete(root: Path) -> bool:
    """Whether all its scenes were made."""
    return len(_finished(root)) == int(head_of(root)["n"])


def _begun(out: Path, n: int, seed: int) -> set[int]:
    """The scenes that are complete in the folder, which is made if it is not there."""
    head = {"version": VERSION, "seed": seed, "n": n}
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out} is a file; give --out the name of a folder")
    if not out.exists() or not any(out.iterdir()):
        make_folder(out)
        _write_json(out / "scenes.json", head)
        return set()
    there = head_of(out)
    if there["seed"] != seed:
        raise BadInputError(f"{out} holds scenes of seed {there['seed']}; give --out another folder")
    if there["n"] > n:
        raise BadInputError(f"{out} holds {there['n']} scenes already; give --out another folder")
    _write_json(out / "scenes.json", head)
    return _finished(out)


def _finished(root: Path) -> set[int]:
    return {int(path.stem) for path in (root / "full").glob("[0-9]*.json")}


def _lines_of(records: Path, done: Iterable[int]) -> list[str]:
    """The lines of complete scenes: an interrupted one may have left some of its own, even half a line."""
    if not records.exists():
        return []
    names = {f'"id":"{number:05d}-' for number in done}
    lines = records.read_text("utf-8").splitlines(keepends=True)
    return [line for line in lines if line.endswith("\n") and any(name in line[:60] for name in names)]


def _recorded(out: Path, sample: Sample, seed: int) -> Iterable[Record]:
    """Writes the scene's picture, twin and ReasonSeg samples, and gives its records."""
    name = f"{sample.number:05d}"
    image = out / "images" / f"{name}.jpg"
    write_atomically(image, sample.jpeg)
    _write_json(out / "twins" / f"{name}.json", twin_to_json(sample.truth.twin, sample.truth.masks))
    for place, asked in enumerate(sample.asked):
        identity = f"{name}-{place}"
        gold = asked.masks.take(asked.path.twin.rows(asked.path.last.active)).union()
        folder = out / "ReasonSeg" / "test"
        sentence = asked.query.endswith((".", "?", "!"))
        drawn = write_sample(folder, identity, image, asked.query, gold.dense(), is_sentence=sentence)
        provenance = {
            "generator": GENERATOR,
            "seed": seed,
            "world": sample.world,
            "kind": asked.kind,
            "steps": asked.steps,
            "program": asked.program.to_json(),
            "distractors": list(asked.distractors),
            "names": asked.names,
            "reasonseg": bool(drawn >= LEAST_IOU),
        }
        yield Record(identity, f"images/{name}.jpg", asked.query, asked.path, asked.masks, provenance)


def _full(sample: Sample) -> dict[str, Any]:
    truth = sample.truth
    rows = zip(truth.twin.objects, truth.full, strict=True)
    return {str(obj.index): dict(encode(mask)) for obj, mask in rows}


def _full_path(out: Path, number: int) -> Path:
    return out / "full" / f"{number:05d}.json"


def _write_json(path: Path, data: Any) -> None:
    write_atomically(path, json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
