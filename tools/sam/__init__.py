"""The Segment Anything Model (Kirillov et al., 2023) behind the segmenter's port. Needs the extra ``sam``."""
