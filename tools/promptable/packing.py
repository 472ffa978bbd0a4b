"""What is wrong with bytes that are no packed embedding."""

from __future__ import annotations

import tokenize
import zipfile
import zlib
from typing import Final

NOT_PACKED: Final = (
    *(OSError, EOFError, ValueError, TypeError, KeyError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError),
)
"""What numpy and zipfile raise on other bytes; encrypted or oddly packed ones are a ``RuntimeError``."""
