"""The command as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

COMMAND: Final = Path(sys.executable).with_name("dtwinseger")
"""As pip installed it."""
