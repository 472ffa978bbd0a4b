"""Prompt texts (*.md) and the small loader."""
