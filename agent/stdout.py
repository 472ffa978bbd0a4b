"""JSON on stdout. Apart from ``console``, so that what only prints imports no graph."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(value: Any) -> None:
    """One JSON value on stdout, a line of its own; escaped where stdout cannot encode all characters."""
    unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=not unicode), flush=True)
