"""A tiny SAM 2; and where ``sam2fakes`` is found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tinymodels import tiny_sam2

from dtwinseger.tools.sam2.segmenter import Sam2

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny SAM 2."""
    return tiny_sam2(tmp_path_factory.mktemp("sam2"))


@pytest.fixture(scope="session")
def sam2(folder: Path) -> Sam2:
    """It, as the settings make it."""
    return Sam2("sam2:tiny", folder, device="cpu")
