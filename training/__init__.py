"""Seg-DT, fine-tuning, SAM training. Empty so far: nothing is trained yet."""
