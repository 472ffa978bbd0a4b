"""What ``proposals.py`` measures: three ways from one embedding to the masks of everything mode."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import linear_sum_assignment
from segment_anything import SamAutomaticMaskGenerator
from segment_anything.modeling import Sam as Model
from segment_anything.utils.amg import rle_to_mask

from dtwinseger.tools.everything import grid
from dtwinseger.tools.pictures import RGBImage
from dtwinseger.tools.ports import Candidates, Encoding, Gate, Prompts
from dtwinseger.tools.promptable import masks as promptable_masks
from dtwinseger.tools.promptable.encoding import PromptableEncoding
from dtwinseger.tools.sam.architecture import PUBLISHED, build
from dtwinseger.tools.sam.checkpoint import Checkpoint, packed
from dtwinseger.tools.sam.decoding import FoldedDecoder
from dtwinseger.tools.sam.reference import PlainEncoding
from dtwinseger.tools.sam.segmenter import Sam
from dtwinseger.tools.selection import suppressed
from dtwinseger.twin.masks import Mask

PATHS = ("stock", "plain", "fast")
KEPT = 0.30
"""Share of the candidates that pass both thresholds."""
BOX_NMS = (0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
"""The first that leaves enough masks is taken: those of random weights are scattered, with boxes alike."""
SEED = 20261128
ALIKE = 0.999
"""IoU of two masks that are the same one, but for rounding."""


def random_sam(name: str) -> Model:
    """Random weights; two heads are scaled so that their answers have the range of a trained model's."""
    torch.manual_seed(SEED)
    model = build(PUBLISHED[name])
    decoder = model.mask_decoder
    with torch.inference_mode():
        embedding = torch.randn(1, 256, 64, 64)
        points = torch.rand(16, 1, 2) * 1024
        sparse, dense = model.prompt_encoder((points, torch.ones(16, 1)), None, None)
        logits, scores = decoder(embedding, model.prompt_encoder.get_dense_pe(), sparse, dense, True)
    last = decoder.iou_prediction_head.layers[-1]
    with torch.no_grad():
        factor = 0.1 / scores.std(0).mean()
        last.weight *= factor
        last.bias.copy_(0.5 - factor * (torch.cat((scores.mean(0)[:1], scores.mean(0))) - last.bias))
        for head in decoder.output_hypernetworks_mlps:
            head.layers[-1].weight *= 4 / logits.std()
            head.layers[-1].bias *= 4 / logits.std()
    return model


def prepare(
    work: Path, name: str, photo: Path, height: int, width: int, points: int, device: str, least: int
) -> dict[str, Any]:
    """Weights, embedding and thresholds in ``work``. Returns what the encoder took."""
    (work / "sam.safetensors").write_bytes(packed(Checkpoint(PUBLISHED[name], random_sam(name))))
    pixels = np.asarray(Image.open(photo).convert("RGB").resize((width, height), Image.Resampling.LANCZOS))
    seconds: Seconds = {}
    for precision in ("bfloat16", "float32"):
        sam = Sam(f"sam:{name}", work / "sam.safetensors", device=device, precision=precision)
        sam.checkpoint  # noqa: B018  (read before the clock runs)
        with timing(seconds, precision, device):
            encoding = sam.encode(pixels)
    assert isinstance(encoding, PromptableEncoding)
    np.save(work / "pixels.npy", pixels)
    (work / "embedding.npz").write_bytes(sam.pack(encoding))
    (work / "gate.json").write_text(json.dumps(thresholds(encoding, points, least)))
    return {"encoder": rounded(seconds)}


@torch.inference_mode()
def thresholds(encoding: PromptableEncoding, points: int, least: int) -> dict[str, float]:
    """Least predicted IoU and stability so that ``KEPT`` of all pass, and a box NMS that leaves enough.

    Each of the two keeps the root of ``KEPT``, one after the other; both lie between two candidates' values,
    so that rounding decides nothing.
    """
    decoder, frame = encoding.decoders(encoding.level), encoding.frame
    corners = torch.from_numpy(frame.to_model(grid(frame.height, frame.width, points))).float()[:, None]
    scores, stabilities = [], []
    for batch in corners.to(encoding.device).split(8):
        decoded = decoder(batch, single=False, min_score=-np.inf)
        scores += decoded.scores.flatten().tolist()
        for logits in decoded.logits:
            full = frame.rows @ logits @ frame.columns.T
            high, low = ((full > sign * Gate().stability_offset).sum() for sign in (1, -1))
            stabilities.append(float(high / low.clamp(min=1)))
    min_score = between(np.array(scores), KEPT**0.5)
    passing = np.array(stabilities)[np.array(scores) >= min_score]
    gate = {"min_score": min_score, "min_stability": between(passing, KEPT**0.5)}
    found = everything(encoding, points, gate)
    for box_nms in BOX_NMS:
        if len(suppressed(found.masks, found.scores, box_nms, 1.0)[0]) >= least:
            return {**gate, "box_nms": box_nms, "kept": round(len(found) / len(scores), 4)}
    raise SystemExit(f"fewer than {least} masks whatever the box NMS: it would say nothing")


def between(values: NDArray[np.float64], share: float) -> float:
    """A threshold that this share of the values passes, in the middle between two of them."""
    falling = np.sort(values)[::-1]
    place = min(len(falling) - 1, max(1, round(share * len(falling))))
    return float((falling[place - 1] + falling[place]) / 2)


def everything(encoding: Encoding, points: int, gate: Mapping[str, float]) -> Candidates:
    """The candidates of the grid that pass, before suppression."""
    prompts = Prompts(points=grid(encoding.height, encoding.width, points))
    return encoding.predict(
        prompts, Gate(min_score=gate["min_score"], min_stability=gate["min_stability"], min_area=1)
    )


def run_path(path: str, work: Path, points: int, device: str) -> None:
    """One path in this process; leaves its masks and what it took in ``work``."""
    gate = json.loads((work / "gate.json").read_text())
    pixels = np.load(work / "pixels.npy")
    sam = Sam("sam:bench", work / "sam.safetensors", device=device, plain=path == "plain")
    run = {"stock": stock, "plain": ours, "fast": ours}[path]
    seconds, masks, peak = run(sam, pixels, (work / "embedding.npz").read_bytes(), points, gate, device)
    np.savez_compressed(work / f"{path}.npz", np.packbits(np.array([m.dense() for m in masks]), axis=-1))
    told = {"seconds": rounded(seconds), "masks": len(masks), "peak_mb": round(peak, 1), "gate": gate}
    (work / f"{path}.json").write_text(json.dumps(told))


Seconds = dict[str, tuple[float, float]]
"""By stage: of the wall's clock, and of the processor."""
Ran = tuple[Seconds, list[Mask], float]


def ours(
    sam: Sam, _pixels: RGBImage, embedding: bytes, points: int, gate: Mapping[str, float], device: str
) -> Ran:
    """Our own path from the embedding to the suppressed masks."""
    encoding = sam.unpack(embedding)
    seconds: Seconds = {}
    above = Peak(device)
    with (
        timing(seconds, "all", device),
        timed(FoldedDecoder, "__call__", seconds, "decoder", device),
        timed(promptable_masks, "_enlarged", seconds, "upsampling", device),
    ):
        found = everything(encoding, points, gate)
        _, masks = suppressed(found.masks, found.scores, gate["box_nms"], 1.0)
    return seconds, list(masks), above.mb()


def stock(
    sam: Sam, pixels: RGBImage, embedding: bytes, points: int, gate: Mapping[str, float], device: str
) -> Ran:
    """The published generator over the stored embedding, its steps timed apart."""
    model = sam.checkpoint.sam
    encoding = sam.unpack(embedding)
    image = encoding.image if isinstance(encoding, PlainEncoding) else encoding.embedding["image"]
    seconds: Seconds = {}
    generator = SamAutomaticMaskGenerator(
        model,
        points_per_side=points,
        pred_iou_thresh=gate["min_score"],
        stability_score_thresh=gate["min_stability"],
        box_nms_thresh=gate["box_nms"],
        output_mode="uncompressed_rle",
    )
    with patch.object(model.image_encoder, "forward", lambda _: image):
        generator.predictor.set_image(pixels)
    # The embedding is there, and making it no part of what is timed.
    generator.predictor.set_image = lambda *_: None
    generator.predictor.reset_image = lambda: None
    above = Peak(device)
    with (
        timing(seconds, "all", device),
        timed(model.mask_decoder, "forward", seconds, "decoder", device),
        timed(model, "postprocess_masks", seconds, "upsampling", device),
    ):
        found = generator.generate(pixels)
    peak = above.mb()
    found.sort(key=lambda record: -record["predicted_iou"])
    return seconds, [Mask.from_dense(rle_to_mask(record["segmentation"])) for record in found], peak


def agreement(theirs: Path, ours: Path) -> dict[str, Any]:
    """How two paths' masks, best first, agree: each of theirs with the one of ours in its place.

    Scores within rounding of one another may change places. So masks that are not alike in their places are
    paired among themselves, one to one; those that come to another place are ``moved``.
    """
    with np.load(theirs) as a, np.load(ours) as b:
        first, second = a["arr_0"], b["arr_0"]
    if len(first) != len(second):
        return {
            "masks": len(first),
            "identical": -1,
            "moved": 0,
            "least_iou": 0.0,
            "differing": -1,
            "pixels": 0,
        }
    unlike = np.array(
        [n for n, pair in enumerate(zip(first, second, strict=True)) if iou(*pair) < ALIKE], int
    )
    worth = np.array([[iou(first[a], second[b]) for b in unlike] for a in unlike]).reshape(2 * unlike.shape)
    _, pairs = linear_sum_assignment(worth, maximize=True)
    second[unlike] = second[unlike[pairs]]
    differing = np.bitwise_count(first ^ second).sum((1, 2), dtype=np.int64)
    return {
        "masks": len(first),
        "identical": int((differing == 0).sum()),
        "moved": int((pairs != np.arange(len(pairs))).sum()),
        "least_iou": min(iou(*pair) for pair in zip(first, second, strict=True)),
        "differing": int(differing.sum()),
        "pixels": int(first.shape[0] * first.shape[1] * first.shape[2] * 8),
    }


def iou(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Intersection over union of two packed masks; 1 of two that are empty."""
    both, either = np.bitwise_count(first & second).sum(), np.bitwise_count(first | second).sum()
    return float(both / either) if either else 1.0


class Peak:
    """Memory above the level at which it was made, in MB: of the GPU, or of this process (Linux)."""

    def __init__(self, device: str) -> None:
        self._cuda = device.startswith("cuda")
        if self._cuda:
            torch.cuda.reset_peak_memory_stats()
            self._level = torch.cuda.memory_allocated()
        else:
            Path("/proc/self/clear_refs").write_text("5")  # the high-water mark starts again from here
            self._level = _status("VmRSS")

    def mb(self) -> float:
        """So far."""
        highest = torch.cuda.max_memory_allocated() if self._cuda else _status("VmHWM")
        return (highest - self._level) / 2**20


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"no {field} in /proc/self/status: the bench needs Linux")


def now(device: str) -> float:
    """The clock, once the device has finished what it was given."""
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    return time.perf_counter()


@contextmanager
def timing(seconds: Seconds, name: str, device: str) -> Iterator[None]:
    """Add what the block takes to a stage."""
    began, began_cpu = now(device), time.process_time()
    yield
    wall, processor = seconds.get(name, (0.0, 0.0))
    seconds[name] = (wall + now(device) - began, processor + time.process_time() - began_cpu)


@contextmanager
def timed(owner: Any, method: str, seconds: Seconds, name: str, device: str) -> Iterator[None]:
    """Add what every call of a function or method takes to a stage."""
    plain = getattr(owner, method)

    def call(*args: Any, **kwargs: Any) -> Any:
        with timing(seconds, name, device):
            return plain(*args, **kwargs)

    with patch.object(owner, method, call):
        yield


def rounded(seconds: Seconds) -> dict[str, list[float]]:
    """As JSON holds it."""
    return {name: [round(value, 3) for value in both] for name, both in seconds.items()}
