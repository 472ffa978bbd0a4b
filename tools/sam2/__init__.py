"""SAM 2 (Ravi et al., 2024) behind the segmenter's port. Needs the extra ``hf``."""
