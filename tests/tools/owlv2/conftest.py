"""A tiny OWLv2 and its tagger; and where ``owlfakes`` is found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tinymodels import tiny_owlv2

from dtwinseger.tools.owlv2.tagger import Owlv2Tagger

sys.path.append(str(Path(__file__).parent))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny OWLv2."""
    return tiny_owlv2(tmp_path_factory.mktemp("owl"))


@pytest.fixture
def tagger(folder: Path) -> Owlv2Tagger:
    """With its vocabulary and thresholds."""
    return Owlv2Tagger("owlv2:tiny", folder, device="cpu")
