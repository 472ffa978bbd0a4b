"""What a camera adds: blur, a cast of colour, dark corners, noise, compression. Masks stay as they are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_Pixels = NDArray[np.uint8]


def taken(pixels: _Pixels, busy: float, rng: np.random.Generator) -> _Pixels:
    """A picture as a camera gives it.

    Args:
        busy: 0 to 1, how much of everything; at 0 edges are a little soft and no more.
    """
    made = _blurred(pixels, busy, rng).astype(np.float32)
    if rng.random() < 0.6 * busy:
        made = made * rng.normal(1, 0.08, 3).astype(np.float32)
    if rng.random() < 0.5 * busy:  # contrast, and light that all things reflect
        made = (made - 128) * rng.uniform(0.6, 1.2) + np.float32(128 + rng.normal(0, 20))
    if rng.random() < 0.25 * busy:
        made *= _corners(made.shape[:2], rng)[..., None]
    if rng.random() < 0.7 * busy:
        _add_noise(made, rng)
    shot = np.clip(made, 0, 255).astype(np.uint8)
    return _compressed(shot, int(rng.integers(30, 96))) if rng.random() < 0.5 * busy else shot


def _blurred(pixels: _Pixels, busy: float, rng: np.random.Generator) -> _Pixels:
    sigma = rng.uniform(0.3, 0.9)
    chance = rng.random()
    if chance < 0.12 * busy:
        sigma = rng.uniform(0.9, 2.2)
    elif chance < 0.2 * busy:  # the camera moved
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        angle = rng.uniform(0, np.pi)
        reach = (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
        start, end = ((length - 1) / 2 - reach), ((length - 1) / 2 + reach)
        cv2.line(kernel, np.rint(start).astype(int).tolist(), np.rint(end).astype(int).tolist(), 1.0)
        return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum()), np.uint8)
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def _corners(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)
    return np.asarray(1 - rng.uniform(0.05, 0.18) * (x * x + y * y), np.float32)


def _add_noise(made: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Mostly of lightness, as in photos; some of colour; often as coarse as after sharpening or scaling."""
    strength = np.float32(min(16.0, rng.exponential(5)))
    noise = rng.standard_normal(made.shape[:2], np.float32)
    if rng.random() < 0.4:
        noise = cv2.GaussianBlur(noise, (0, 0), 0.8) * 2.2
    made += (strength * noise)[..., None]
    if rng.random() < 0.3:
        small = rng.standard_normal((made.shape[0] // 2 + 1, made.shape[1] // 2 + 1, 3), np.float32)
        made += strength * 0.7 * cv2.resize(small, made.shape[1::-1])


def _compressed(pixels: _Pixels, quality: int) -> _Pixels:
    # Channels in OpenCV's order: lightness and colour are told apart by it.
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    assert done
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)
