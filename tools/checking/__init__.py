"""Whether a segmenter makes sound masks: drawings whose masks are known, and what is measured on them."""
