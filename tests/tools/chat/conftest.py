"""The fixtures of ``chatfakes``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from chatfakes import client_of, service

__all__ = ["client_of", "service"]
