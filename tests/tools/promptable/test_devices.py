"""Devices and numbers that there are, and those that there are not."""

from __future__ import annotations

import pytest
import torch

from dtwinseger.tools.promptable.devices import Precision, device_of, encoder_dtype
from dtwinseger.twin.errors import SettingsError

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with nothing but processors."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def with_one_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that says it has a CUDA device."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)


@pytest.mark.usefixtures("bare")
def test_auto_is_the_cpu_where_there_is_nothing_else() -> None:
    assert device_of("auto") == CPU


@pytest.mark.usefixtures("with_one_gpu")
def test_auto_is_cuda_where_there_is_one() -> None:
    assert device_of("auto") == CUDA


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("name", ["cuda", "cuda:0"])
def test_cuda_asked_for_and_absent_is_one_line_that_says_what_to_take(name: str) -> None:
    with pytest.raises(
        SettingsError, match=f"device '{name}': this machine has no CUDA device; take .*auto or cpu"
    ):
        device_of(name)


def test_auto_is_mps_on_a_mac(bare: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert device_of("auto") == device_of("mps") == torch.device("mps")


@pytest.mark.usefixtures("with_one_gpu")
def test_a_second_gpu_of_one_is_refused() -> None:
    with pytest.raises(SettingsError, match="this machine has 1 CUDA devices"):
        device_of("cuda:1")


@pytest.mark.usefixtures("bare")
def test_mps_asked_for_and_absent_is_refused() -> None:
    with pytest.raises(SettingsError, match="there is none here"):
        device_of("mps")


@pytest.mark.parametrize("name", ["gpu", "", "xla", "cuda:x"])
def test_an_unknown_device_lists_the_known_ones(name: str) -> None:
    with pytest.raises(SettingsError, match="there is: auto, cpu, cuda, cuda:N, mps"):
        device_of(name)


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("auto", torch.float32), ("float32", torch.float32), ("bfloat16", torch.bfloat16)],
)
def test_a_cpu_computes_in_float32_unless_told_otherwise(precision: Precision, dtype: torch.dtype) -> None:
    assert encoder_dtype(CPU, precision) is dtype


@pytest.mark.parametrize(("able", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_gpu_takes_bfloat16_where_it_has_it(
    monkeypatch: pytest.MonkeyPatch, able: bool, dtype: torch.dtype
) -> None:
    # Ampere is 8; older ones only emulate it, which torch calls support, too.
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda *_, **__: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (8 if able else 7, 5))
    assert encoder_dtype(CUDA, "auto") is dtype


def test_bfloat16_where_it_cannot_be_is_refused() -> None:
    with pytest.raises(SettingsError, match="mps cannot do it; take DTWINSEGER_PRECISION=auto"):
        encoder_dtype(torch.device("mps"), "bfloat16")
