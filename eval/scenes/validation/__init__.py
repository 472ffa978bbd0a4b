"""A second opinion on scenes: every answer recomputed, by code that shares nothing with what made them."""
