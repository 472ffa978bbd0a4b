"""Where the helpers that several folders share are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# The fakes of the graphs' tests must keep the ports' promises too.
sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "graphs")]
pytest.register_assert_rewrite("picturefiles")
