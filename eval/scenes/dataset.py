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
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track

from dtwinseger.agent.files import alone, cannot_write, make_folder, write_atomically
from dtwinseger.eval.formats.reasonseg import LEAST_IOU, write_sample
from dtwinseger.eval.scenes.making import Sample, make_sample
from dtwinseger.twin.errors import BadInputError
from dtwinseger.twin.jsonio import twin_to_json
from dtwinseger.twin.record import Record
from dtwinseger.twin.rle import encode

VERSION: Final = 2
GENERATOR: Final = f"dtwinseger scenes {VERSION}"
MOST: Final = 100_000
HEAD: Final = "scenes.json"
RECORDS: Final = "records.jsonl"

Json = dict[str, Any]


def make(out: Path, n: int, seed: int) -> int:
    """Make the scenes 0 .. ``n`` - 1 of a seed; those that are there already are kept.

    Returns:
        The number of questions in the folder.

    Raises:
        BadInputError: numbers out of range, or the folder holds something else, or is being made just now.
        OutputError: it cannot be written.
    """
    if not 1 <= n <= MOST:
        raise BadInputError(f"the number of scenes is from 1 to {MOST}, not {n}")
    if seed < 0:
        raise BadInputError(f"a seed is 0 or more, not {seed}")
    _refuse_other(out, n, seed)
    make_folder(out)
    with alone(
        out / ".lock", BadInputError(f"somebody makes the scenes in {out} just now; wait for the end")
    ):
        for left in out.rglob(".*.part"):
            left.unlink()  # half a file of a run that was killed
        # Of a folder that was finished and has lost questions since, nothing tells whose they were.
        done = set() if _has_lost(out) else _finished(out)
        # An interrupted run may have left lines of a scene that is not finished, even half a line.
        lines = [line for line in _lines(out) if _number(line) in done]
        _write_json(out / HEAD, {"version": VERSION, "seed": seed, "n": n, "questions": None})
        write_atomically(out / RECORDS, b"".join(lines))
        count = len(lines)
        console = Console(stderr=True)
        missing = [number for number in range(n) if number not in done]
        for number in track(missing, "making scenes", console=console, disable=not console.is_terminal):
            sample = make_sample(seed, number)
            written = [record.to_line() + "\n" for record in _recorded(out, sample, seed)]
            _append(out / RECORDS, "".join(written).encode())
            count += len(written)
            # The last file of a scene: what has it is finished.
            _write_json(_full_path(out, number), _full(sample))
        _write_json(out / HEAD, {"version": VERSION, "seed": seed, "n": n, "questions": count})
    return count


def head_of(root: Path) -> Json:
    """What ``scenes.json`` says.

    Raises:
        BadInputError: not a folder of scenes, or of another version.
    """
    try:
        head = json.loads((root / HEAD).read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise BadInputError(
            f"{root} is no folder of scenes; make one elsewhere with: dtwinseger scenes make --out FOLDER"
        ) from error
    if not isinstance(head, dict) or head.get("version") != VERSION:
        raise BadInputError(f"{root} holds scenes of another version; this program reads version {VERSION}")
    if any(type(head.get(key)) is not int for key in ("seed", "n")):
        raise BadInputError(
            f"{root / HEAD} is damaged: `seed` and `n` are whole numbers; make the scenes anew"
        )
    return head


def _has_lost(root: Path) -> bool:
    """Whether it was finished and has other lines now than then."""
    if not (root / HEAD).exists():
        return False
    return head_of(root).get("questions") not in (None, len(_lines(root)))


def is_complete(root: Path) -> bool:
    """Whether all its scenes were made, and none of their questions has been lost since."""
    head = head_of(root)
    return len(_finished(root)) >= head["n"] and head.get("questions") == len(_lines(root))


def _refuse_other(out: Path, n: int, seed: int) -> None:
    """Refuse a place that holds something else than fewer scenes of this seed."""
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out} is a file; give --out the name of a folder")
    # A hidden file may be what an interrupted run left of the very first one.
    if not out.exists() or all(path.name.startswith(".") for path in out.iterdir()):
        return
    there = head_of(out)
    if there["seed"] != seed:
        raise BadInputError(f"{out} holds scenes of seed {there['seed']}; give --out another folder")
    if there["n"] > n:
        raise BadInputError(f"{out} holds {there['n']} scenes already; give --out another folder")


def _finished(root: Path) -> set[int]:
    """The scenes of which every file is there."""
    names = [path.stem for path in (root / "full").glob("[0-9]*.json")]
    others = ("images/{}.jpg", "twins/{}.json")
    whole = [name for name in names if all((root / other.format(name)).exists() for other in others)]
    return {int(name) for name in whole if name.isdigit()}


def _lines(root: Path) -> list[bytes]:
    """The whole lines of ``records.jsonl``, each with its end."""
    try:
        data = (root / RECORDS).read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise BadInputError(f"cannot read {root / RECORDS}: {error.strerror}") from error
    return [line + b"\n" for line in data.split(b"\n")[:-1]]


def _number(line: bytes) -> int | None:
    """The number of the scene that a line is about."""
    found = re.match(rb'\{"version":\d+,"id":"(\d{5})-', line)
    return None if found is None else int(found[1])


def _append(path: Path, data: bytes) -> None:
    """Append, and see to it that it is on the disk."""
    try:
        with path.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise cannot_write(path, error) from error


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


def _full(sample: Sample) -> Json:
    truth = sample.truth
    rows = zip(truth.twin.objects, truth.full, strict=True)
    return {str(obj.index): dict(encode(mask)) for obj, mask in rows}


def _full_path(out: Path, number: int) -> Path:
    return out / "full" / f"{number:05d}.json"


def _write_json(path: Path, data: Any) -> None:
    write_atomically(path, json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
