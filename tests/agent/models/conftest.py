"""The server on loopback and what pulls from it, for all tests of this folder."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from pullfakes import folder, model, pull, served

__all__ = ["folder", "model", "pull", "served"]
