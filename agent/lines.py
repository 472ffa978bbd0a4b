"""What others wrote, as a line for a person's terminal: models and files write what they like."""

from __future__ import annotations


def one_line(text: str) -> str:
    """The text without line breaks and other unprintable characters, such as a terminal obeys."""
    return "".join(c if c.isprintable() else " " for c in text)
