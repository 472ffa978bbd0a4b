"""JSON on stdout. Apart from ``console``, so that what only prints imports no graph."""

from __future__ import annotations

import json
import sys
from typing import Any


def print_json(value: Any) -> None:
    """One JSON value on stdout, a line of its own; escaped is what stdout cannot encode or nobody can see."""
    unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    text = json.dumps(value, ensure_ascii=not unicode)
    # A terminal obeys some of the characters that cannot be printed; in JSON all of them stand in strings.
    print("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text), flush=True)
