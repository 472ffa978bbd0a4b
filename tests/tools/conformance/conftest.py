"""Where the fakes of the graphs' tests are found: they must keep the ports' promises too."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "graphs"))
