"""What one check of ``dtwinseger doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One check. ``note``: works without it; ``broken``: the settings ask for it and it does not work."""

    subject: str
    state: Literal["ok", "note", "broken"]
    text: str
