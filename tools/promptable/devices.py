"""Where a model runs, and in which numbers."""

from __future__ import annotations

from typing import Literal

import torch

from dtwinseger.twin.errors import SettingsError

Precision = Literal["auto", "float32", "bfloat16"]


def device_of(name: str) -> torch.device:
    """The device of a setting.

    Args:
        name: ``auto`` (CUDA, else MPS, else the CPU), ``cpu``, ``mps``, ``cuda`` or ``cuda:N``.

    Raises:
        SettingsError: no such device here.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise SettingsError(f"no device {name!r}; there is: auto, cpu, cuda, cuda:N, mps") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        count = torch.cuda.device_count()
        here = f"this machine has {count} CUDA devices" if count else "this machine has no CUDA device"
        raise SettingsError(f"device {name!r}: {here}; take DTWINSEGER_DEVICE=auto or cpu")
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise SettingsError(f"device {name!r}: there is none here; take DTWINSEGER_DEVICE=auto or cpu")
    if device.type not in ("cpu", "cuda", "mps"):
        raise SettingsError(f"no device {name!r}; there is: auto, cpu, cuda, cuda:N, mps")
    return device


def encoder_dtype(device: torch.device, precision: Precision) -> torch.dtype:
    """The numbers that an image encoder computes in; the rest of a model stays in float32.

    ``auto`` is bfloat16 on CUDA devices that have it in hardware, and float32 elsewhere: on a CPU a picture
    should not get other masks because the processor is newer.

    Raises:
        SettingsError: bfloat16 on a device that cannot do it.
    """
    if precision == "float32":
        return torch.float32
    able = device.type == "cpu" or (device.type == "cuda" and _in_hardware(device))
    if precision == "auto":
        return torch.bfloat16 if able and device.type == "cuda" else torch.float32
    if not able:
        raise SettingsError(f"precision bfloat16: {device} cannot do it; take DTWINSEGER_PRECISION=auto")
    return torch.bfloat16


def _in_hardware(device: torch.device) -> bool:
    """Whether a GPU computes in bfloat16 itself; torch also says yes where it is emulated, slowly."""
    return torch.version.hip is not None or torch.cuda.get_device_capability(device)[0] >= 8
