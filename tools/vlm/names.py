"""What can be chosen of the tagger, by the words of the settings. Imports nothing."""

from __future__ import annotations

from typing import Literal

ViewsName = Literal["crop", "marks", "both"]
"""What a model is shown of each mask, beside an overview of all: from near, in the whole picture, or both."""

Strategy = Literal["direct", "in_context", "system"]
"""How it is asked for tags (Eq. 4): at once; with examples; first what is seen, then what it is."""
